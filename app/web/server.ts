/**
 * The browser host's server: the same interface over loopback HTTP and a WebSocket, and the API for
 * other programs. Every request passes the guard before anything is started for it.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { MoeweError } from '../contract/errors.ts';
import type { Assistant } from '../core/assistant.ts';
import { bundleFile } from '../core/bundle-files.ts';
import { pageHeaders } from '../core/page-policy.ts';
import { Api } from './api/api.ts';
import { refusalPage } from './refusal.ts';
import { isForeign, type GuardedAddress } from './request-guard.ts';
import { randomSecret, Session } from './session.ts';
import { socketPort } from './socket-port.ts';

/** Four attachments of the largest size, as JSON. */
const messageLimitBytes = 32 * 1024 * 1024;
const mostSockets = 32;

/** How to listen. */
export interface ServerOptions {
  readonly assistant: Assistant;
  readonly rendererFolder: string;
  /** `127.0.0.1` unless the person gave another address. */
  readonly host: string;
  /** 0: a free port. */
  readonly port: number;
  /** Absent: a random one. */
  readonly apiKey?: string | undefined;
}

/** A listening server. */
export interface RunningServer {
  /** The address to open, with the token. */
  readonly url: string;
  readonly apiUrl: string;
  readonly apiKey: string;
  close(): Promise<void>;
}

/** Listens. Errors: `portTaken`, `addressUnusable`. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { assistant, host, apiKey = randomSecret() } = options;
  const server = createServer({ requestTimeout: 60_000, headersTimeout: 10_000 });
  const port = await listen(server, host, options.port);
  const address: GuardedAddress = { port, listenHost: host };
  const session = new Session(port);
  const api = new Api(assistant, apiKey);
  const sockets = new WebSocketServer({ noServer: true, maxPayload: messageLimitBytes });
  server.on('request', (request, response) => {
    void answer(request, response, { address, session, api, folder: options.rendererFolder });
  });
  server.on('upgrade', (request, socket, head) => {
    const full = sockets.clients.size >= mostSockets;
    const { pathname } = urlOf(request);
    const welcome = !isForeign(request.headers, address) && session.isOpen(request.headers);
    if (!welcome || full || pathname !== '/socket') return refuseUpgrade(socket);
    sockets.handleUpgrade(request, socket, head, (client) => assistant.serve(socketPort(client)));
  });
  const shown = host.includes(':') ? `[${host}]` : host;
  const origin = `http://${shown}:${port}`;
  return {
    url: `${origin}/open/${session.token}`,
    apiUrl: `${origin}/v1`,
    apiKey,
    close: () =>
      new Promise((resolve) => {
        for (const client of sockets.clients) client.terminate();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Answering {
  readonly address: GuardedAddress;
  readonly session: Session;
  readonly api: Api;
  readonly folder: string;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { address, session, api, folder }: Answering,
): Promise<void> {
  const { pathname } = urlOf(request);
  if (isForeign(request.headers, address)) {
    refuse(request, response);
    return;
  }
  if (pathname.startsWith('/v1/')) return api.answer(request, response);
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    refuse(request, response);
    return;
  }
  const token = /^\/open\/([\w-]+)$/.exec(pathname)?.[1];
  if (token !== undefined) {
    const cookie = session.exchange(token);
    if (cookie === null) {
      refuse(request, response);
      return;
    }
    response.writeHead(303, { ...pageHeaders, Location: '/', 'Set-Cookie': cookie }).end();
    return;
  }
  if (!session.isOpen(request.headers)) {
    refuse(request, response);
    return;
  }
  const file = await bundleFile(folder, pathname);
  if (file === null) {
    response.writeHead(404, pageHeaders).end();
    return;
  }
  const caching = file.immutable ? 'public, max-age=31536000, immutable' : 'no-store';
  response.writeHead(200, { ...pageHeaders, 'Content-Type': file.type, 'Cache-Control': caching });
  response.end(request.method === 'HEAD' ? undefined : file.body);
}

function refuse(request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(403, { ...pageHeaders, 'Content-Type': 'text/html; charset=utf-8' });
  response.end(refusalPage(request.headers['accept-language']));
}

function refuseUpgrade(socket: Duplex): void {
  socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
}

function urlOf(request: IncomingMessage): URL {
  const path = request.url ?? '/';
  const base = 'http://moewe';
  return URL.canParse(path, base) ? new URL(path, base) : new URL(base);
}

function listen(
  server: ReturnType<typeof createServer>,
  host: string,
  port: number,
): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (thrown: NodeJS.ErrnoException) => {
      const { code } = thrown;
      if (code === 'EADDRINUSE' || code === 'EACCES') {
        reject(new MoeweError('portTaken', { host, port }, { cause: thrown }));
      } else if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
        reject(new MoeweError('addressUnusable', { host }, { cause: thrown }));
      } else reject(thrown);
    });
    server.on('clientError', (_, socket: Socket) => socket.destroy());
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}
