/**
 * One generation: takes of the conversation what fits, lets it be answered, and counts what that
 * cost. The next file on the way is `native-answering.ts`, or `library-answering.ts` without the
 * native build.
 */
import type { StopReason } from '../contract/answers.ts';
import type {
  GenerateRequest,
  GenerationEvent,
  GenerationStats,
  MeasuredSpeed,
} from '../contract/engine.ts';
import type { AnswerOutcome, Answering } from './answering.ts';
import { ChatTemplate } from './chat-template.ts';
import { LibraryAnswering } from './library-answering.ts';
import type { ReadyModel } from './load-model.ts';
import { NativeAnswering } from './native-answering.ts';
import { perSecond } from './per-second.ts';
import { promptWindow } from './prompt-window.ts';

/** Answers questions with one loaded model; one at a time. */
export class Generator {
  readonly #ready: ReadyModel;
  readonly #template: ChatTemplate;
  readonly #answering: Answering;

  constructor(ready: ReadyModel) {
    this.#ready = ready;
    this.#template = new ChatTemplate(ready.model);
    const { context, opened } = ready;
    this.#answering =
      context.kind === 'native' && opened.native
        ? new NativeAnswering(ready, opened.native, context.addonContext)
        : new LibraryAnswering(ready);
  }

  /**
   * Generates until the model ends, a limit is reached or `signal` aborts (within one token; also
   * while the prompt is evaluated). Throws `questionTooLong`.
   */
  async run(
    request: GenerateRequest,
    emit: (event: GenerationEvent) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const begin = performance.now();
    const { contextSize } = this.#ready.facts;
    const { messages, tokens } = promptWindow(request.messages, contextSize, (kept) => {
      return this.#template.prompt(kept).tokens.length;
    });
    emit({ type: 'started', promptTokens: tokens });
    // One cell of the context stays free for the token that would end the answer.
    const room = contextSize - tokens - 1;
    const limit = Math.min(request.maxTokens ?? room, room);
    const prompt = this.#template.prompt(messages);
    const preparationMs = performance.now() - begin;
    const outcome = await this.#answering.answer({
      request,
      messages,
      prompt,
      limit,
      emit,
      signal,
    });
    const stopReason = stopReasonOf(outcome, limit < room);
    const stats = this.#stats(outcome, tokens, preparationMs);
    emit({ type: 'finished', stopReason, stats });
  }

  /** Speed with the settings of an answer; as many tokens as fit. */
  measure(promptTokens: number, answerTokens: number): Promise<MeasuredSpeed> {
    const { model, facts } = this.#ready;
    const written = Math.min(answerTokens, facts.contextSize - 2);
    const read = Math.min(promptTokens, facts.contextSize - written - 1);
    const text = model.tokenize('The quick brown fox jumps over the lazy dog. ');
    const tokens = Array.from({ length: read }, (_, index) => text[index % text.length]);
    return this.#answering.measure(
      tokens.filter((token) => token !== undefined),
      written,
    );
  }

  forget(conversationId: string): Promise<void> {
    return this.#answering.forget(conversationId);
  }

  #stats(outcome: AnswerOutcome, promptTokens: number, preparationMs: number): GenerationStats {
    const { threads, backend } = this.#ready.facts;
    const { evaluatedPromptTokens, answerTokens, firstTokenMs, decodeMs } = outcome;
    const timeToFirstTokenMs = firstTokenMs === null ? 0 : preparationMs + firstTokenMs;
    return {
      promptTokens,
      evaluatedPromptTokens,
      answerTokens,
      timeToFirstTokenMs,
      promptTokensPerSecond: perSecond(evaluatedPromptTokens, timeToFirstTokenMs),
      // The first token belongs to the prompt's time: n tokens have n - 1 steps between them.
      tokensPerSecond: perSecond(answerTokens - 1, decodeMs),
      threads,
      backend,
    };
  }
}

function stopReasonOf({ ending }: AnswerOutcome, limitedByRequest: boolean): StopReason {
  if (ending !== 'limit') return ending;
  return limitedByRequest ? 'tokenLimit' : 'contextFull';
}
