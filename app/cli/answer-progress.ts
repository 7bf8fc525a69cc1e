/** What every command that waits for an answer does meanwhile. */
import type { Assistant } from '../core/assistant.ts';
import { m } from '../words/generated/messages.js';
import type { Terminal } from './terminal.ts';

/** The first Ctrl+C ends the answer; a second one ends the process as usual. */
export function interruption(): AbortSignal {
  const interrupted = new AbortController();
  process.once('SIGINT', () => interrupted.abort());
  return interrupted.signal;
}

/** Shows on stderr how far the model is loaded, until `signal` aborts. */
export async function showLoading(
  { client }: Assistant,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const { locale } = terminal;
  const snapshots = client.models.watch();
  signal.addEventListener('abort', () => void snapshots.return?.());
  try {
    for await (const { engine, models } of snapshots) {
      if (engine.state !== 'loading') {
        terminal.clearProgress();
        continue;
      }
      const name = models.find(({ id }) => id === engine.modelId)?.name ?? engine.modelId;
      const percent = Math.round(engine.progress * 100);
      terminal.progress(
        engine.step === 'reading'
          ? m.terminal_loading({ name, percent }, { locale })
          : m.terminal_measuring({ name }, { locale }),
      );
    }
  } catch {
    // Without progress the answer is the same; its own failure is reported by who waits for it.
  }
}
