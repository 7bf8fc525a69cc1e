import { request, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import type { Assistant } from '../../app/core/assistant.ts';
import { startServer } from '../../app/web/server.ts';
import { openTestAssistant } from '../integration/core/open-assistant.ts';
import { fileURLToPath } from 'node:url';

const rendererFolder = fileURLToPath(new URL('../../dist/renderer', import.meta.url));

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A server whose assistant counts whatever is started for a request. */
async function guardedServer() {
  const { assistant } = openTestAssistant();
  const started = { count: 0 };
  const counting: Assistant = {
    ...assistant,
    serve: (port) => {
      started.count += 1;
      assistant.serve(port);
    },
    complete: (...given) => {
      started.count += 1;
      return assistant.complete(...given);
    },
  };
  const server = await startServer({
    assistant: counting,
    rendererFolder,
    host: '127.0.0.1',
    port: 0,
    apiKey: 'key',
  });
  onTestFinished(() => server.close());
  const { port, pathname } = new URL(server.url);
  return { port: Number(port), open: pathname, started };
}

function send(
  port: number,
  path: string,
  headers: OutgoingHttpHeaders = {},
  { method = 'GET', body = '' } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** The status of a refused upgrade; 101 for an accepted one. */
function upgrade(port: number, headers: OutgoingHttpHeaders): Promise<number> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/socket`, { headers });
    socket.on('open', () => {
      socket.close();
      resolve(101);
    });
    socket.on('unexpected-response', (_, response) => resolve(response.statusCode ?? 0));
    socket.on('error', () => resolve(0));
  });
}

async function cookieOf(port: number, open: string): Promise<string> {
  const { headers } = await send(port, open);
  return headers['set-cookie']?.[0]?.split(';')[0] ?? '';
}

describe('the browser host', () => {
  it('exchanges the token for a cookie that scripts and other sites cannot use', async () => {
    const { port, open } = await guardedServer();
    const answer = await send(port, open);
    expect(answer.status).toBe(303);
    expect(answer.headers.location).toBe('/');
    expect(answer.headers['set-cookie']?.[0]).toMatch(/; Path=\/; HttpOnly; SameSite=Strict$/);
    expect(answer.headers['set-cookie']?.[0]).not.toContain(open.split('/').at(-1));
  });

  it('gives the page to whoever has the cookie, under a strict policy', async () => {
    const { port, open } = await guardedServer();
    const answer = await send(port, '/', { cookie: await cookieOf(port, open) });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-security-policy']).toMatch(
      /default-src 'none'; script-src 'self';/,
    );
    expect(answer.headers['content-security-policy']).not.toMatch(/script-src[^;]*unsafe/);
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
    expect(answer.body).toContain('<div id="app">');
  });

  it.each([
    ['no cookie', {}],
    ['a wrong cookie', { cookie: 'moewe=1' }],
  ])('refuses a request with %s, in words', async (_, headers) => {
    const { port } = await guardedServer();
    const answer = await send(port, '/', { ...headers, 'accept-language': 'de-DE,de;q=0.9' });
    expect(answer.status).toBe(403);
    expect(answer.body).toContain('Diese Seite braucht ihren Schlüssel');
  });

  it('refuses a wrong token', async () => {
    const { port, open } = await guardedServer();
    const wrong = `${open.slice(0, -1)}${open.endsWith('A') ? 'B' : 'A'}`;
    const answer = await send(port, wrong);
    expect(answer.status).toBe(403);
    expect(answer.headers['set-cookie']).toBeUndefined();
  });

  it.each([
    ['a rebound host name', { host: 'evil.example' }],
    ['a rebound host name with our port', { host: 'evil.example:80' }],
    ['another origin', { origin: 'https://evil.example' }],
    ['an opaque origin', { origin: 'null' }],
    ['another port of this computer as origin', { origin: 'http://127.0.0.1:1' }],
    ['a cross-site fetch', { 'sec-fetch-site': 'cross-site' }],
    ['a same-site fetch from another port', { 'sec-fetch-site': 'same-site' }],
  ])('refuses %s even with the cookie, and starts nothing', async (_, headers) => {
    const { port, open, started } = await guardedServer();
    const cookie = await cookieOf(port, open);
    expect((await send(port, '/', { cookie, ...headers })).status).toBe(403);
    expect((await send(port, open, headers)).status).toBe(403);
    expect(await upgrade(port, { cookie, ...headers })).toBe(403);
    expect(started.count).toBe(0);
  });

  it('opens the socket for its own page only', async () => {
    const { port, open, started } = await guardedServer();
    const cookie = await cookieOf(port, open);
    expect(await upgrade(port, {})).toBe(403);
    expect(started.count).toBe(0);
    const origin = `http://127.0.0.1:${port}`;
    expect(await upgrade(port, { cookie, origin })).toBe(101);
    expect(started.count).toBe(1);
  });

  it.each([
    '/../package.json',
    '/%2e%2e/package.json',
    '/..%5cpackage.json',
    '/assets/%00',
    '/nothing',
  ])('has no file at %s', async (path) => {
    const { port, open } = await guardedServer();
    expect((await send(port, path, { cookie: await cookieOf(port, open) })).status).toBe(404);
  });

  it('takes no other method than reading', async () => {
    const { port, open } = await guardedServer();
    const cookie = await cookieOf(port, open);
    expect((await send(port, '/', { cookie }, { method: 'POST' })).status).toBe(403);
  });
});

describe('the API', () => {
  const question = JSON.stringify({ messages: [{ role: 'user', content: 'What is a router?' }] });
  const bearer = { authorization: 'Bearer key' };

  it('is closed without its key, also to a browser with the cookie', async () => {
    const { port, open, started } = await guardedServer();
    const cookie = await cookieOf(port, open);
    const post = { method: 'POST', body: question };
    const path = '/v1/chat/completions';
    expect((await send(port, path, { cookie }, post)).status).toBe(401);
    expect((await send(port, path, { authorization: 'Bearer no' }, post)).status).toBe(401);
    expect((await send(port, path, { ...bearer, origin: 'https://e.example' }, post)).status).toBe(
      403,
    );
    expect(started.count).toBe(0);
  });

  it('completes a conversation in the form that programs expect', async () => {
    const { port } = await guardedServer();
    const post = { method: 'POST', body: question };
    const { status, body } = await send(port, '/v1/chat/completions', bearer, post);
    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({
      object: 'chat.completion',
      model: 'starter',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: expect.stringContaining('experts') as string },
          finish_reason: 'stop',
        },
      ],
      usage: { prompt_tokens: 16, completion_tokens: 24, total_tokens: 40 },
    });
  });

  it('streams a conversation as server-sent events', async () => {
    const { port } = await guardedServer();
    const asked = { ...(JSON.parse(question) as object), stream: true, max_tokens: 5 };
    const post = { method: 'POST', body: JSON.stringify(asked) };
    const { headers, body } = await send(port, '/v1/chat/completions', bearer, post);
    expect(headers['content-type']).toBe('text/event-stream');
    expect(body).toContain('"delta":{"role":"assistant","content":""}');
    expect(body).toContain('"finish_reason":"length"');
    expect(body.endsWith('data: [DONE]\n\n')).toBe(true);
  });

  it('lists the models', async () => {
    const { port } = await guardedServer();
    const { body } = await send(port, '/v1/models', bearer);
    expect(JSON.parse(body)).toMatchObject({ data: [{ id: 'starter', object: 'model' }] });
  });

  it.each([
    ['{', 400],
    ['{"messages":[]}', 400],
    ['{"model":"gpt-none","messages":[{"role":"user","content":"x"}]}', 404],
  ])('answers %s with an error document', async (body, status) => {
    const { port } = await guardedServer();
    const answer = await send(port, '/v1/chat/completions', bearer, { method: 'POST', body });
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body)).toMatchObject({
      error: { message: expect.any(String) as string },
    });
  });
});

describe('listening', () => {
  it('says when the port is taken or the address is not ours', async () => {
    const { port } = await guardedServer();
    const { assistant } = openTestAssistant();
    const common = { assistant, rendererFolder };
    await expect(startServer({ ...common, host: '127.0.0.1', port })).rejects.toMatchObject({
      code: 'portTaken',
      data: { port },
    });
    await expect(startServer({ ...common, host: '192.0.2.1', port: 0 })).rejects.toMatchObject({
      code: 'addressUnusable',
    });
  });
});
