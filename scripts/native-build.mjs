/** Builds the native layer before a start or a test where that is possible; nothing fails without it. */
import { buildNative } from '../native/build.mjs';

/** Says in one line what it does, or why the app goes without. Nothing is said when all is there. */
export async function buildNativeIfPossible() {
  const problem = await buildNative({
    report: () => console.error('Building the native layer (once, about half a minute) …'),
  });
  if (problem === null) return;
  const reason = problem.sentence ?? problem.detail;
  console.error(`Going on without the native layer (expert placement, routing). ${reason}`);
}
