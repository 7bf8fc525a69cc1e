/** Opens the way to the core: a MessagePort in the desktop app, a WebSocket in the browser. */
import { pageBridgeName, pagePortMessage, type PageBridge } from '../../app/contract/page-port.ts';
import type { Port } from '../../app/rpc/port.ts';

/** Resolves with an open port; rejects when the core can't be reached now. */
export function openPort(): Promise<Port> {
  const bridge = (window as unknown as Record<string, PageBridge | undefined>)[pageBridgeName];
  return bridge ? openMessagePort(bridge) : openSocket();
}

function openMessagePort(bridge: PageBridge): Promise<Port> {
  return new Promise((resolve) => {
    const receive = (event: MessageEvent<unknown>) => {
      const [port] = event.ports;
      if (event.source !== window || event.data !== pagePortMessage || !port) return;
      window.removeEventListener('message', receive);
      resolve({
        send: (message) => port.postMessage(message),
        onMessage: (listener) => {
          port.onmessage = (carried: MessageEvent<unknown>) => listener(carried.data);
        },
        onClose: (listener) => port.addEventListener('close', listener),
      });
    };
    window.addEventListener('message', receive);
    bridge.requestPort();
  });
}

function openSocket(): Promise<Port> {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  const socket = new WebSocket(`${scheme}://${location.host}/socket`);
  const port: Port = {
    send: (message) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
    },
    onMessage: (listener) => {
      socket.addEventListener('message', ({ data }) => listener(JSON.parse(String(data))));
    },
    onClose: (listener) => socket.addEventListener('close', listener),
  };
  return new Promise((resolve, reject) => {
    socket.addEventListener('open', () => resolve(port), { once: true });
    socket.addEventListener('close', () => reject(new Error('closed')), { once: true });
  });
}
