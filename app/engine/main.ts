/**
 * The engine's process: one model, answering over the port to its parent. It is a process of its
 * own so that a bad file or a GPU driver can take down nothing else.
 */
import { engineContract } from '../contract/engine.ts';
import { serve } from '../rpc/serve.ts';
import { engineHandlers } from './engine.ts';
import { parentPort } from './parent-port.ts';

const port = parentPort();
serve(engineContract, engineHandlers(), port, (thrown) => {
  process.stderr.write(`${thrown instanceof Error ? (thrown.stack ?? '') : String(thrown)}\n`);
});
// Without a parent nobody waits for an answer. A native load or decode may be running in another
// thread, so this does not wait for it.
process.on('disconnect', () => process.exit(0));
