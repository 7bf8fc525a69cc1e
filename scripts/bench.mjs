/**
 * `npm run bench`: measures the starter model through the engine, through the whole path to a real
 * page, and with llama-bench built from the same llama.cpp. Prints a table and writes
 * `bench/results.json`. Medians; compare ratios, not absolute times.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { benchEngine } from '../tests/bench/engine-bench.ts';
import { benchPage } from '../tests/bench/page-bench.ts';
import { llamaBench } from '../tests/bench/llama-bench.ts';
import { appFolder, buildIfStale } from './build.mjs';
import { buildNativeIfPossible } from './native-build.mjs';
import { requireNode } from './require-node.mjs';

requireNode();
await buildIfStale();
await buildNativeIfPossible();
const engine = await benchEngine();
const page = await benchPage();
const reference = await llamaBench();
const results = {
  at: new Date().toISOString(),
  engine,
  page,
  llamaBench: reference,
  ratios: {
    engineToLlamaBench: ratio(engine.tokensPerSecond, reference.tokensPerSecond),
    wholePathToLlamaBench: ratio(page.tokensPerSecond, reference.tokensPerSecond),
    wholePathToEngine: ratio(page.tokensPerSecond, engine.tokensPerSecond),
    chosenThreadsToOneThread: ratio(engine.chosenTokensPerSecond, engine.tokensPerSecond),
  },
};
mkdirSync(join(appFolder, 'bench'), { recursive: true });
writeFileSync(join(appFolder, 'bench', 'results.json'), `${JSON.stringify(results, null, 2)}\n`);
console.table({
  'decode, engine, 1 thread (tokens/s)': rounded(engine.tokensPerSecond),
  'decode, chosen threads (tokens/s)': rounded(engine.chosenTokensPerSecond),
  'chosen threads': engine.chosenThreads,
  'choosing threads (ms)': rounded(engine.threadChoiceMs),
  'decode, whole path (tokens/s)': rounded(page.tokensPerSecond),
  'llama-bench, 1 thread (tokens/s)': reference.skipped ?? rounded(reference.tokensPerSecond),
  'engine / llama-bench (aim 0.40)': rounded(results.ratios.engineToLlamaBench),
  'whole path / llama-bench (aim 0.40)': rounded(results.ratios.wholePathToLlamaBench),
  'whole path / engine (aim 0.95)': rounded(results.ratios.wholePathToEngine),
  'chosen / one thread (aim 1)': rounded(results.ratios.chosenThreadsToOneThread),
  'start to a page ready to type in (ms, aim 1500)': page.skipped ?? rounded(page.readyMs),
  'question to first token, warm (ms)': rounded(page.firstTokenMs),
  'resident memory, host (MB)': rounded(page.hostBytes / 1e6),
  'resident memory, engine (MB)': rounded(engine.residentBytes / 1e6),
});
process.exit(0);

function ratio(value, reference) {
  return value && reference ? value / reference : null;
}

function rounded(value) {
  return typeof value === 'number' ? Number(value.toPrecision(3)) : value;
}
