/**
 * The API that many programs speak: chat completions and the list of models in OpenAI's form. It is
 * opened by its key alone, never by a browser's cookie.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { errorFactsOf, type ErrorFacts } from '../../contract/errors.ts';
import type { Assistant } from '../../core/assistant.ts';
import { errorSentence } from '../../words/error-sentence.ts';
import { secretsEqual } from '../request-guard.ts';
import { completionRequest, type CompletionRequest } from './completion-request.ts';
import { sendCompletion, streamCompletion } from './completion-response.ts';

const bodyLimitBytes = 32 * 1024 * 1024;

export class Api {
  readonly #assistant: Assistant;
  readonly #key: string;

  constructor(assistant: Assistant, key: string) {
    this.#assistant = assistant;
    this.#key = key;
  }

  /** Answers a request below `/v1/` that has passed the guard. */
  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const given = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    if (!secretsEqual(given, this.#key)) {
      sendError(response, 401, 'invalid_api_key', 'The API key is wrong or missing.');
      return;
    }
    const route = `${request.method ?? ''} ${(request.url ?? '').split('?')[0] ?? ''}`;
    try {
      if (route === 'GET /v1/models') await this.#models(response);
      else if (route === 'POST /v1/chat/completions') await this.#complete(request, response);
      else sendError(response, 404, 'not_found', 'There is no such resource.');
    } catch (thrown) {
      failWith(response, errorFactsOf(thrown));
    }
  }

  async #models(response: ServerResponse): Promise<void> {
    const models = await this.#assistant.client.models.list();
    const ready = models.filter(({ state }) => state === 'ready');
    const data = ready.map(({ id }) => ({ id, object: 'model', created: 0, owned_by: 'moewe' }));
    sendJson(response, 200, { object: 'list', data });
  }

  async #complete(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = await readRequest(request);
    if (typeof asked === 'string') {
      sendError(response, 400, 'invalid_request_error', asked);
      return;
    }
    const left = new AbortController();
    response.on('close', () => left.abort());
    const { messages, model, sampling, maxTokens } = asked;
    const events = this.#assistant.complete({ messages, model, sampling, maxTokens }, left.signal);
    if (asked.stream) await streamCompletion(response, events, asked);
    else await sendCompletion(response, events);
  }
}

/** The request, or what is wrong with it. */
async function readRequest(request: IncomingMessage): Promise<CompletionRequest | string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > bodyLimitBytes) return 'The request is too large.';
    pieces.push(piece);
  }
  try {
    const parsed = completionRequest.safeParse(JSON.parse(Buffer.concat(pieces).toString('utf8')));
    return parsed.success ? parsed.data : parsed.error.message;
  } catch {
    return 'The request is not JSON.';
  }
}

const statusByCode: Partial<Record<ErrorFacts['code'], number>> = {
  modelUnknown: 404,
  modelFileMissing: 404,
  questionTooLong: 400,
  questionEmpty: 400,
};

/** A stream that has begun can only be broken off; its end then lacks the closing event. */
function failWith(response: ServerResponse, facts: ErrorFacts): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const { happened, todo } = errorSentence(facts, 'en');
  sendError(response, statusByCode[facts.code] ?? 500, facts.code, `${happened} ${todo}`);
}

function sendError(response: ServerResponse, status: number, code: string, message: string): void {
  const type = status < 500 ? 'invalid_request_error' : 'server_error';
  sendJson(response, status, { error: { message, type, code, param: null } });
}

function sendJson(response: ServerResponse, status: number, document: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
  response.end(JSON.stringify(document));
}
