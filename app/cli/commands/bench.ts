/** `moewe bench`: how fast a model reads and writes here, with the settings that a chat would take. */
import type { Assistant } from '../../core/assistant.ts';
import { m } from '../../words/generated/messages.js';
import { formatDecimal } from '../../words/numbers.ts';
import type { BenchOptions } from '../arguments.ts';
import type { Terminal } from '../terminal.ts';

/** Runs the command. Errors: those of loading a model. */
export async function bench(
  assistant: Assistant,
  { model: reference, prompt, tokens, repeat }: BenchOptions,
  terminal: Terminal,
): Promise<void> {
  const measurement = { promptTokens: prompt, answerTokens: tokens, times: repeat };
  const interrupted = new AbortController();
  process.once('SIGINT', () => interrupted.abort());
  const { model, loaded, samples } = await assistant.measure(
    reference,
    measurement,
    interrupted.signal,
  );
  const { threads, backend } = loaded;
  const promptTokensPerSecond = median(samples.map((sample) => sample.promptTokensPerSecond));
  const tokensPerSecond = median(samples.map((sample) => sample.tokensPerSecond));
  const { id, name } = model;
  if (terminal.json) {
    const speeds = { promptTokensPerSecond, tokensPerSecond, samples };
    terminal.document({ model: { id, name }, threads, backend, ...speeds });
    return;
  }
  const { locale } = terminal;
  const said = {
    name,
    threads: String(threads),
    backend,
    reading: formatDecimal(promptTokensPerSecond, 1, locale),
    writing: formatDecimal(tokensPerSecond, 1, locale),
    times: String(samples.length),
  };
  terminal.print(`${m.terminal_bench(said, { locale })}\n`);
}

/** The middle value; 0 of none. */
function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
