/**
 * A process that loads the models named in its arguments one after the other, lets each say a few
 * tokens, and prints what llama.cpp itself reports of its caches: one JSON line for each model.
 */
import { getLlama, LlamaLogLevel, type Llama } from 'node-llama-cpp';

/** What llama.cpp says of one model. */
export interface LlamaReport {
  readonly path: string;
  readonly tokens: number;
  /** The caches of keys and values in the order of their making. */
  readonly caches: readonly { readonly mebibytes: string; readonly cells: number }[];
  /** The state of recurrent layers; null where there is none. */
  readonly stateMebibytes: string | null;
  /** The states of DeepSeek V4's compressors. */
  readonly compressorMebibytes: readonly string[];
}

const contextSize = 4096;
const messages: string[] = [];

const llama = await getLlama({
  build: 'never',
  skipDownload: true,
  progressLogs: false,
  gpu: false,
  logLevel: LlamaLogLevel.debug,
  logger: (_, message) => messages.push(message),
});
for (const path of process.argv.slice(2)) {
  process.stdout.write(`${JSON.stringify(await report(llama, path))}\n`);
}
process.exit(0);

async function report(engine: Llama, path: string): Promise<LlamaReport> {
  messages.length = 0;
  const model = await engine.loadModel({ modelPath: path });
  const context = await model.createContext({ contextSize, threads: 1, flashAttention: true });
  const sequence = context.getSequence();
  const tokens: number[] = [];
  for await (const token of sequence.evaluate(model.tokenize('Hello the world'), {
    temperature: 0,
  })) {
    tokens.push(token);
    if (tokens.length === 4) break;
  }
  await model.dispose();
  const said = messages.join('\n');
  const caches = [...said.matchAll(/llama_kv_cache: size = +([\d.]+) MiB \( *(\d+) cells/g)];
  return {
    path,
    tokens: tokens.length,
    caches: caches.map(([, mebibytes = '', cells]) => ({ mebibytes, cells: Number(cells) })),
    compressorMebibytes: [
      ...said.matchAll(/llama_dsv4_comp_state: \w+ ratio.* size = +([\d.]+) MiB/g),
    ].map(([, mebibytes = '']) => mebibytes),
    stateMebibytes: /llama_memory_recurrent: size = +([\d.]+) MiB/.exec(said)?.[1] ?? null,
  };
}
