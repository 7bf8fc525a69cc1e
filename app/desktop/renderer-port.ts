/**
 * Gives each page its port to the core. A page that was reloaded asks again: its earlier port is
 * closed then, and everything that was followed over it ends.
 */
import { ipcMain, type MessagePortMain } from 'electron';
import { mainPortChannel } from '../contract/page-port.ts';
import type { Port } from '../rpc/port.ts';
import { pageOrigin } from './app-protocol.ts';

/** Calls `serve` with a port for each page of ours that asks. */
export function servePages(serve: (port: Port) => void): void {
  const portByPage = new Map<number, MessagePortMain>();
  ipcMain.on(mainPortChannel, ({ sender, senderFrame, ports }) => {
    const [port] = ports;
    const ours = senderFrame !== null && senderFrame === sender.mainFrame;
    if (!port || !ours || senderFrame.origin !== pageOrigin) return;
    portByPage.get(sender.id)?.close();
    portByPage.set(sender.id, port);
    sender.once('destroyed', () => {
      port.close();
      if (portByPage.get(sender.id) === port) portByPage.delete(sender.id);
    });
    serve(portOf(port));
    port.start();
  });
}

/** Electron's port as one for typed calls. */
export function portOf(port: MessagePortMain): Port {
  let open = true;
  port.on('close', () => (open = false));
  return {
    send: (message) => {
      if (open) port.postMessage(message);
    },
    onMessage: (listener) => port.on('message', ({ data }) => listener(data)),
    onClose: (listener) => port.on('close', listener),
  };
}
