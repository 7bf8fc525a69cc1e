/** Starts the engine as a child of a Node process. */
import { fork } from 'node:child_process';
import type { EngineProcess, StartEngineProcess } from './engine-process.ts';

/** The last words of a process that died, for the log. */
const keptStderrCharacters = 8000;

/**
 * `entry` is the engine's main file. ggml's own backtrace on abort is switched off: with a debugger
 * installed it takes seconds.
 */
export function nodeEngineProcess(entry: string): StartEngineProcess {
  return () => {
    const child = fork(entry, {
      env: { ...process.env, GGML_NO_BACKTRACE: '1' },
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      windowsHide: true,
    });
    let lastWords = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      lastWords = (lastWords + text).slice(-keptStderrCharacters);
    });
    const engineProcess: EngineProcess = {
      send: (message) => {
        // An error here means that the process is gone; `exit` reports that.
        if (child.connected) child.send(message as object, () => undefined);
      },
      onMessage: (listener) => child.on('message', listener),
      onExit: (listener) => {
        let told = false;
        const tell = (exit: string) => {
          if (!told) listener({ exit, lastWords });
          told = true;
        };
        // `close` comes after `exit`, when the last words were read.
        child.on('close', (code, signal) => tell(signal ? `signal ${signal}` : `code ${code}`));
        child.on('error', ({ message }) => tell(message));
      },
      kill: () => child.kill('SIGKILL'),
    };
    return engineProcess;
  };
}
