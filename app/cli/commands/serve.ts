/** `moewe serve`: the browser host until Ctrl+C. */
import type { Home } from '../../core/home.ts';
import { startBrowserHost } from '../../web/main.ts';
import { m } from '../../words/generated/messages.js';
import type { ServeOptions } from '../arguments.ts';
import { exitCodes, type ExitCode } from '../exit-code.ts';
import type { Terminal } from '../terminal.ts';

/** Runs the command. Errors: those of `startBrowserHost`. */
export async function serve(
  appFolder: string,
  home: Home,
  options: ServeOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { locale } = terminal;
  const running = await startBrowserHost({ appFolder, home, ...options });
  const { url, apiUrl, apiKey } = running;
  if (terminal.json) terminal.document({ url, apiUrl, apiKey });
  else {
    terminal.print(`${m.terminal_serving({ url }, { locale })}\n\n`);
    terminal.print(`${m.terminal_serving_api({ apiUrl, apiKey }, { locale })}\n`);
  }
  const { host } = options;
  if (host !== undefined && !/^(127\.|localhost$|::1$)/.test(host)) {
    terminal.note(m.terminal_serving_openly({ host }, { locale }));
  }
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => resolve());
    }
  });
  await running.close();
  return exitCodes.done;
}
