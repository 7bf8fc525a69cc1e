/** A WebSocket as a port for typed calls: JSON texts both ways. */
import type { WebSocket } from 'ws';
import type { Port } from '../rpc/port.ts';

/** What is not JSON ends the connection: our own page sends nothing else. */
export function socketPort(socket: WebSocket): Port {
  return {
    send: (message) => {
      if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message));
    },
    onMessage: (listener) => {
      socket.on('message', (data: Buffer, isBinary) => {
        const message = isBinary ? undefined : parsed(data.toString('utf8'));
        if (message === undefined) socket.close(1007);
        else listener(message);
      });
    },
    onClose: (listener) => socket.on('close', listener),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
