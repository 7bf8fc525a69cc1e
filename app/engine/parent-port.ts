/**
 * The way to the process that started this one: `process.send` under Node's `fork`, `parentPort`
 * under Electron's `utilityProcess`.
 */
import type { Port } from '../rpc/port.ts';

/** What Electron puts on `process` in a utility process (electron.d.ts, `ParentPort`). */
interface ElectronParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
}

/** The port to the parent. Under Node it closes when the parent ends or lets go. */
export function parentPort(): Port {
  const electronPort = (process as { parentPort?: ElectronParentPort }).parentPort;
  return electronPort ? fromElectron(electronPort) : fromFork();
}

function fromElectron(port: ElectronParentPort): Port {
  return {
    send: (message) => port.postMessage(message),
    onMessage: (listener) => port.on('message', ({ data }) => listener(data)),
    // Electron ends utility processes together with the app.
    onClose: () => undefined,
  };
}

function fromFork(): Port {
  return {
    send: (message) => {
      // The callback keeps a vanished parent from throwing here: `disconnect` follows.
      if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
    },
    onMessage: (listener) => process.on('message', listener),
    onClose: (listener) => process.on('disconnect', listener),
  };
}
