/** A real assistant with a real engine for a test, closed with the test. */
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { openAssistant, type Assistant } from '../../../app/core/assistant.ts';
import type { AssistantOptions } from '../../../app/core/assistant-options.ts';
import type { EngineProcess } from '../../../app/core/engine/engine-process.ts';
import { nodeEngineProcess } from '../../../app/core/engine/node-engine-process.ts';
import type { Home } from '../../../app/core/home.ts';
import type { Host } from '../../../app/core/host.ts';
import { engineEntry } from '../engine/supervised-engine.ts';
import { temporaryHome } from './temporary-home.ts';

const resourcesFolder = fileURLToPath(new URL('../../../resources', import.meta.url));

/** A host that can do nothing but be asked. */
const plainHost: Host = {
  kind: 'terminal',
  capabilities: { pickFile: false, showFile: false },
  openExternal: () => Promise.resolve(),
  pickModelFile: () => Promise.resolve(null),
  showFile: () => Promise.resolve(),
};

/** The assistant, its home and the engine processes that it started, the newest last. */
export function openTestAssistant({
  home = temporaryHome(),
  ...options
}: { home?: Home } & Partial<AssistantOptions> = {}): {
  assistant: Assistant;
  home: Home;
  processes: EngineProcess[];
} {
  const processes: EngineProcess[] = [];
  const start = nodeEngineProcess(engineEntry);
  const assistant = openAssistant({
    home,
    resourcesFolder,
    version: '0.0.0',
    host: plainHost,
    startEngineProcess: () => {
      const process = start();
      processes.push(process);
      return process;
    },
    threads: 1,
    holdsLock: true,
    preloadsModel: false,
    ...options,
  });
  // A test that closes it itself also looks at how that went.
  onTestFinished(() => assistant.close().catch(() => undefined));
  return { assistant, home, processes };
}
