/**
 * A process that answers as node-llama-cpp does when nobody tells it anything: its own loop, its own
 * number of threads. Arguments: the model's path, the most seconds to spend. Prints tokens a second.
 */
import { getLlama, LlamaLogLevel } from 'node-llama-cpp';

const [, , path = '', seconds = '10'] = process.argv;
const llama = await getLlama({ build: 'never', logLevel: LlamaLogLevel.error });
const model = await llama.loadModel({ modelPath: path });
const context = await model.createContext({ contextSize: 2048 });
const sequence = context.getSequence();
const options = { temperature: 5, topK: 400, seed: 3, yieldEogToken: true };
const decoding = sequence.evaluate(model.tokenize('Tell me'), options);
// The first token ends the prompt; time runs from there.
await decoding.next();
const begin = performance.now();
let tokens = 0;
while (tokens < 400 && performance.now() - begin < Number(seconds) * 1000) {
  await decoding.next();
  tokens += 1;
}
const tookMs = performance.now() - begin;
process.stdout.write(
  `${JSON.stringify({ tokensPerSecond: (tokens / tookMs) * 1000, threads: context.currentThreads })}\n`,
);
process.exit(0);
