/**
 * Chooses the number of threads by trying. More is not always faster: a tiny model is fastest on
 * one thread, since waiting threads spin against the one that hands tokens on; a large one needs
 * all cores. The library's own default can be a hundred times slower than the best.
 */

/** Decodes some tokens with `threads` threads, for about `budgetMs`; gives tokens a second. */
export type MeasureThreads = (threads: number, budgetMs: number) => Promise<number>;

/** What was tried, and the winner. */
export interface ThreadChoice {
  readonly threads: number;
  readonly samples: readonly { readonly threads: number; readonly tokensPerSecond: number }[];
}

/** More threads have to be this much faster: they cost power and the rest of the machine. */
const worthwhileGain = 1.05;

/** A candidate this much slower than the best is not tried again, nor any number above it. */
const hopeless = 0.6;

/** One sample takes about this long, so that one hiccup of the machine does not decide. */
const sampleMs = 120;

/** Numbers worth trying on a machine with `cores` cores, rising. */
export function threadCandidates(cores: number): number[] {
  const numbers = [1, 2, 4, Math.floor(cores / 2), cores - 1, cores];
  const possible = numbers.filter((threads) => threads >= 1 && threads <= cores);
  return [...new Set(possible)].sort((a, b) => a - b);
}

/**
 * Climbs through the candidates and then lets the two best run against each other, all within
 * `limitMs` of `now`. The first sample is thrown away: it reads the weights from the disk.
 */
export async function chooseThreads(
  candidates: readonly number[],
  measure: MeasureThreads,
  limitMs: number,
  now: () => number = () => performance.now(),
): Promise<ThreadChoice> {
  const deadline = now() + limitMs;
  const samples = new Map<number, number[]>();
  const take = async (threads: number) => {
    const speed = await measure(threads, Math.min(sampleMs, (deadline - now()) / 2));
    samples.set(threads, [...(samples.get(threads) ?? []), speed]);
    return speed;
  };
  const [first = 1] = candidates;
  await measure(candidates.at(-1) ?? first, 1);
  let best = 0;
  for (const threads of candidates) {
    if (samples.size > 0 && now() >= deadline) break;
    const speed = await take(threads);
    if (speed < best * hopeless) break;
    best = Math.max(best, speed);
  }
  const finalists = ranked(samples).slice(0, 2);
  const [one, two] = finalists;
  const close = one && two && two.speed > one.speed * hopeless;
  for (let round = 0; close && round < 2 && now() < deadline; round += 1) {
    for (const { threads } of finalists) if (now() < deadline) await take(threads);
  }
  return { threads: winner(samples), samples: medians(samples) };
}

function winner(samples: ReadonlyMap<number, readonly number[]>): number {
  const rising = medians(samples).sort((a, b) => a.threads - b.threads);
  let chosen = rising[0] ?? { threads: 1, tokensPerSecond: 0 };
  for (const sample of rising) {
    if (sample.tokensPerSecond > chosen.tokensPerSecond * worthwhileGain) chosen = sample;
  }
  return chosen.threads;
}

function ranked(samples: ReadonlyMap<number, readonly number[]>) {
  return medians(samples)
    .map(({ threads, tokensPerSecond }) => ({ threads, speed: tokensPerSecond }))
    .sort((a, b) => b.speed - a.speed);
}

function medians(samples: ReadonlyMap<number, readonly number[]>) {
  return [...samples].map(([threads, speeds]) => ({ threads, tokensPerSecond: median(speeds) }));
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
