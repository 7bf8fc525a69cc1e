/**
 * The engine's process as the core sees it, whoever started it: `child_process.fork` under Node,
 * `utilityProcess` in Electron.
 */

/** How a process ended. */
export interface ProcessExit {
  /** In short: `signal SIGABRT`, `code 1`. */
  readonly exit: string;
  /** The end of what it wrote to stderr, for the log only. */
  readonly lastWords: string;
}

/** One engine process. Messages are plain data, in order. */
export interface EngineProcess {
  /** Sends one message; does nothing once the process has ended. */
  send(message: unknown): void;
  /** Sets the one listener for messages. */
  onMessage(listener: (message: unknown) => void): void;
  /** Sets the one listener for the process' end; called once, also when it never started. */
  onExit(listener: (exit: ProcessExit) => void): void;
  /** Ends the process at once. `onExit` is still called. */
  kill(): void;
}

/** Starts an engine process. Each host brings its own. */
export type StartEngineProcess = () => EngineProcess;
