/** A chat completion as programs expect it: one document, or a stream of server-sent events. */
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { AnswerStats, StopReason } from '../../contract/answers.ts';
import type { GenerationProgress } from '../../core/answers/generation.ts';
import type { CompletionRequest } from './completion-request.ts';

/** Sends the whole answer when it is there. */
export async function sendCompletion(
  response: ServerResponse,
  events: AsyncIterable<GenerationProgress>,
): Promise<void> {
  let model = '';
  let text = '';
  let reasoning = '';
  for await (const event of events) {
    if (event.type === 'started') model = event.model.id;
    if (event.type === 'delta') {
      text += event.text;
      reasoning += event.reasoning;
    }
    if (event.type !== 'finished') continue;
    const message = {
      role: 'assistant',
      content: text,
      ...(reasoning === '' ? {} : { reasoning_content: reasoning }),
    };
    const finish_reason = finishReason(event.stopReason);
    const document = {
      ...envelope('chat.completion', model),
      choices: [{ index: 0, message, finish_reason }],
      usage: usageOf(event.stats),
    };
    response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
    response.end(JSON.stringify(document));
  }
}

/** Sends each piece as it comes; headers go out with the first, so that an early error is one. */
export async function streamCompletion(
  response: ServerResponse,
  events: AsyncIterable<GenerationProgress>,
  { includeUsage }: Pick<CompletionRequest, 'includeUsage'>,
): Promise<void> {
  let head = envelope('chat.completion.chunk', '');
  const send = (choices: unknown[], more = {}) =>
    response.write(`data: ${JSON.stringify({ ...head, choices, ...more })}\n\n`);
  const delta = (content: object, finish_reason: string | null = null) =>
    send([{ index: 0, delta: content, finish_reason }]);
  for await (const event of events) {
    if (event.type === 'started') {
      head = { ...head, model: event.model.id };
      response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
      delta({ role: 'assistant', content: '' });
    }
    if (event.type === 'delta' && event.reasoning !== '') {
      delta({ reasoning_content: event.reasoning });
    }
    if (event.type === 'delta' && event.text !== '') delta({ content: event.text });
    if (event.type === 'finished') {
      delta({}, finishReason(event.stopReason));
      if (includeUsage) send([], { usage: usageOf(event.stats) });
      response.end('data: [DONE]\n\n');
    }
  }
}

function envelope(object: string, model: string) {
  const created = Math.floor(Date.now() / 1000);
  return { id: `chatcmpl-${randomUUID()}`, object, created, model };
}

function finishReason(reason: StopReason): 'stop' | 'length' {
  return reason === 'tokenLimit' || reason === 'contextFull' ? 'length' : 'stop';
}

function usageOf(stats: AnswerStats | null) {
  const prompt_tokens = stats?.promptTokens ?? 0;
  const completion_tokens = stats?.answerTokens ?? 0;
  return { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens };
}
