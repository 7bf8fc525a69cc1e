/**
 * Memory bandwidth without the native build: one worker thread a core adds up numbers. It reads
 * lower than native code where memory is faster than JavaScript adds, some 15 GB/s a core.
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
// Four sums: one alone would wait for each addition.
function sumOf(numbers) {
  let a = 0, b = 0, c = 0, d = 0;
  for (let i = 0; i + 3 < numbers.length; i += 4) {
    a += numbers[i];
    b += numbers[i + 1];
    c += numbers[i + 2];
    d += numbers[i + 3];
  }
  return a + b + c + d;
}
// Once before the clock starts: then the loop is compiled.
let sum = sumOf(numbers);
let read = 0;
const begin = performance.now();
while (performance.now() - begin < workerData.ms) {
  sum += sumOf(numbers);
  read += numbers.byteLength;
}
const bytesPerSecond = read / ((performance.now() - begin) / 1000);
// The sum is sent, so that no compiler leaves it out.
parentPort.postMessage({ bytesPerSecond, sum });
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
