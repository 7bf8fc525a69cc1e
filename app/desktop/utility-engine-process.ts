/** Starts the engine as Electron's utility process. */
import { utilityProcess } from 'electron';
import type { EngineProcess, StartEngineProcess } from '../core/engine/engine-process.ts';

/** The last words of a process that died, for the log. */
const keptStderrCharacters = 8000;

/** `entry` is the engine's main file. */
export function utilityEngineProcess(entry: string): StartEngineProcess {
  return () => {
    const child = utilityProcess.fork(entry, [], {
      serviceName: 'Moewe engine',
      env: { ...process.env, GGML_NO_BACKTRACE: '1' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let lastWords = '';
    let ended = false;
    child.stderr?.on('data', (data: Buffer) => {
      lastWords = (lastWords + data.toString('utf8')).slice(-keptStderrCharacters);
    });
    child.on('exit', () => (ended = true));
    const engineProcess: EngineProcess = {
      send: (message) => {
        if (!ended) child.postMessage(message);
      },
      onMessage: (listener) => child.on('message', listener),
      onExit: (listener) => {
        child.on('exit', (code) => listener({ exit: `code ${code}`, lastWords }));
      },
      kill: () => child.kill(),
    };
    return engineProcess;
  };
}
