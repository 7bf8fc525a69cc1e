/**
 * `npm run bench`: measures the starter model and a file of OLMoE's real shape through the engine,
 * through the library's defaults and with llama-bench built from the same llama.cpp; the whole path
 * to a real page; and how soon a header is read and a plan made. Prints tables and writes
 * `bench/results.json`. Medians; compare ratios, not absolute times.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { benchHollow, benchStarter, starterModel } from '../tests/bench/engine-bench.ts';
import { benchHeader } from '../tests/bench/header-bench.ts';
import { benchModel } from '../tests/bench/model-bench.ts';
import { benchPage } from '../tests/bench/page-bench.ts';
import { writeRealShape } from '../tests/fixtures/gguf/real-shapes.ts';
import { appFolder, buildIfStale } from './build.mjs';
import { buildNativeIfPossible } from './native-build.mjs';
import { requireNode } from './require-node.mjs';

requireNode();
await buildIfStale();
await buildNativeIfPossible();
const folder = mkdtempSync(join(tmpdir(), 'moewe-bench-'));
const results = await measure();
rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
mkdirSync(join(appFolder, 'bench'), { recursive: true });
writeFileSync(join(appFolder, 'bench', 'results.json'), `${JSON.stringify(results, null, 2)}\n`);
console.table({
  ...modelRows('starter', results.starter, 0.85),
  ...modelRows('OLMoE shape', results.olmoe, 0.98),
  'starter, recording / not recording (aim 0.97)': rounded(results.starter.engine.recordingShare),
  'whole path / engine, same threads (aim 0.95)': rounded(results.ratios.wholePathToEngine),
  'question to first token, warm (ms)': rounded(results.page.firstTokenMs),
  'start to a page ready to type in (ms, aim 1500)':
    results.page.skipped ?? rounded(results.page.readyMs),
  'inspect a large vocabulary (ms, aim 150)': rounded(results.header.inspectMs),
  'plan (ms, aim 5)': rounded(results.header.planMs),
  'resident memory, host (MB)': rounded(results.page.hostBytes / 1e6),
  'resident memory, engine (MB)': rounded(results.starter.engine.residentBytes / 1e6),
});
process.exit(0);

async function measure() {
  const starter = await benchModel(starterModel, 400, 5, benchStarter);
  const page = await benchPage();
  const large = join(folder, 'large-vocabulary.gguf');
  writeRealShape(large, 'qwen3-30b-a3b');
  const header = await benchHeader(large);
  rmSync(large);
  const path = join(folder, 'olmoe.gguf');
  writeRealShape(path, 'olmoe-1b-7b');
  const olmoe = await benchModel(path, 32, 1, (yardstick) => benchHollow(path, 32, yardstick));
  const wholePathToEngine = ratio(page.tokensPerSecond, starter.engine.byThreads[0]);
  return {
    at: new Date().toISOString(),
    starter,
    olmoe,
    page,
    header,
    ratios: { wholePathToEngine },
  };
}

/** What is compared for one model: our choice, the best that there is, the yardstick, the library. */
function modelRows(name, { engine, llamaBench, libraryDefaults, predictedTokensPerSecond }, aim) {
  const chosen = engine.byThreads[engine.chosenThreads - 1] ?? 0;
  const rows = {
    'decode by threads (tokens/s)': engine.byThreads.map(rounded).join(' · '),
    'llama-bench by threads (tokens/s)':
      llamaBench.skipped ?? llamaBench.byThreads.map(rounded).join(' · '),
    'chosen threads': engine.chosenThreads,
    'choosing threads (ms)': rounded(engine.threadChoiceMs),
    'chosen / best of all (aim 0.95)': rounded(ratio(chosen, Math.max(...engine.byThreads))),
    [`engine / llama-bench, 1 thread (aim ${aim})`]: rounded(engine.toLlamaBench[0]),
    'engine / llama-bench, chosen threads': rounded(engine.toLlamaBench[engine.chosenThreads - 1]),
    'ours / library defaults': rounded(ratio(chosen, libraryDefaults.tokensPerSecond)),
    'predicted / measured (aim 0.7 to 1.3)': rounded(ratio(predictedTokensPerSecond, chosen)),
  };
  return Object.fromEntries(Object.entries(rows).map(([row, value]) => [`${name}, ${row}`, value]));
}

function ratio(value, reference) {
  return value && reference ? value / reference : null;
}

function rounded(value) {
  return typeof value === 'number' ? Number(value.toPrecision(3)) : value;
}
