/**
 * Memory bandwidth without the native build: one worker thread a core adds up numbers. It reads
 * lower than native code does, by a third and more, since JavaScript adds one number at a time.
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

const measuringMs = 400;

/** All threads together read more than the caches of a desktop processor hold. */
const allBytes = 512 * 1024 * 1024;

/** Runs in the worker; a string, since it has to work inside a bundle too. */
const program = `
const { parentPort, workerData } = require('node:worker_threads');
const numbers = new Float64Array(workerData.bytes / 8).fill(1);
const begin = performance.now();
let sum = 0;
let read = 0;
while (performance.now() - begin < workerData.ms) {
  for (let i = 0; i < numbers.length; i += 1) sum += numbers[i];
  read += numbers.byteLength;
}
parentPort.postMessage({ bytesPerSecond: read / ((performance.now() - begin) / 1000), sum });
`;

/** Bytes a second; null where no worker could run. */
export async function scriptBandwidth(
  threads = availableParallelism(),
  ms = measuringMs,
): Promise<number | null> {
  const bytes = Math.ceil(allBytes / threads / 8) * 8;
  try {
    const speeds = await Promise.all(Array.from({ length: threads }, () => measure(bytes, ms)));
    const all = speeds.reduce((total, speed) => total + speed, 0);
    return all > 0 ? Math.round(all) : null;
  } catch {
    return null;
  }
}

function measure(bytes: number, ms: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const worker = new Worker(program, { eval: true, workerData: { bytes, ms } });
  worker.on('message', ({ bytesPerSecond }: { bytesPerSecond: number }) => {
    resolve(bytesPerSecond);
  });
  worker.on('error', reject);
  return promise.finally(() => void worker.terminate());
}
