/**
 * One answer: evaluates what of the prompt is new, then samples token by token. The conversation's
 * evaluated start stays in the sequence, so the next question only adds to it.
 */
import {
  LlamaChat,
  type ChatHistoryItem,
  type LLamaChatGenerateResponseOptions,
  type LlamaChatResponseChunk,
  type LlamaContextSequence,
  type Token,
} from 'node-llama-cpp';
import type { StopReason } from '../contract/answers.ts';
import type {
  GenerateRequest,
  GenerationEvent,
  GenerationStats,
  PromptMessage,
} from '../contract/engine.ts';
import { withDefaults } from './default-sampling.ts';
import { DeltaGatherer, type Delta } from './delta-gatherer.ts';
import type { ReadyModel } from './load-model.ts';
import { promptWindow } from './prompt-window.ts';
import { Stopwatch } from './stopwatch.ts';

/** Tokens evaluated between two looks at the stop signal and two reports of progress. */
const promptStep = 128;

/** Answers questions with one loaded model; one at a time. */
export class Generator {
  readonly #ready: ReadyModel;
  readonly #sequence: LlamaContextSequence;
  readonly #chat: LlamaChat;

  constructor(ready: ReadyModel) {
    this.#ready = ready;
    this.#sequence = ready.context.getSequence();
    this.#chat = new LlamaChat({ contextSequence: this.#sequence });
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
    const watch = new Stopwatch();
    const { contextSize } = this.#ready.context;
    const window = promptWindow(request.messages, contextSize, (messages) => {
      return this.#promptTokens(messages).length;
    });
    emit({ type: 'started', promptTokens: window.tokens });
    const before = this.#sequence.tokenMeter.usedInputTokens;
    await this.#evaluate(this.#promptTokens(window.messages), emit, signal);

    // One cell of the context stays free for the token that would end the answer.
    const room = contextSize - window.tokens - 1;
    const limit = Math.min(request.maxTokens ?? room, room);
    const reason = signal.aborted
      ? 'abort'
      : await this.#decode(window.messages, request, limit, emit, watch, signal);
    const stopReason = stopReasonOf(reason, limit < room);
    // The meter counts the prompt's last token as the first step of the answer.
    const lastToken = watch.figures().answerTokens > 0 ? 1 : 0;
    const evaluated = this.#sequence.tokenMeter.usedInputTokens - before + lastToken;
    watch.promptEvaluated(evaluated);
    emit({ type: 'finished', stopReason, stats: this.#stats(watch, window.tokens, evaluated) });
  }

  /** Evaluates all but the last token in steps, so that a long prompt shows progress and stops. */
  async #evaluate(
    tokens: readonly Token[],
    emit: (event: GenerationEvent) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const before = tokens.slice(0, -1);
    if (before.length < promptStep) return;
    await this.#sequence.adaptStateToTokens(before, false);
    const kept = this.#sequence.nextTokenIndex;
    for (let at = kept; at < before.length && !signal.aborted; at += promptStep) {
      await this.#sequence.evaluateWithoutGeneratingNewTokens(before.slice(at, at + promptStep));
      const done = Math.min(at + promptStep, before.length) - kept;
      emit({ type: 'promptProgress', progress: done / (before.length - kept) });
    }
  }

  async #decode(
    messages: readonly PromptMessage[],
    { sampling }: GenerateRequest,
    maxTokens: number,
    emit: (event: GenerationEvent) => void,
    watch: Stopwatch,
    signal: AbortSignal,
  ): Promise<string> {
    const gatherer = new DeltaGatherer((delta) => emit({ type: 'delta', ...delta }));
    const options: LLamaChatGenerateResponseOptions = {
      ...withDefaults(sampling, this.#ready.model.size),
      maxTokens,
      signal,
      stopOnAbortSignal: true,
      repeatPenalty: false,
      onResponseChunk: (chunk) => {
        watch.tokens(chunk.tokens.length);
        gatherer.add(deltaOf(chunk));
      },
    };
    try {
      const { metadata } = await this.#chat.generateResponse(historyOf(messages), options);
      return metadata.stopReason;
    } catch (thrown) {
      // Before its first token the library throws the signal's reason instead of stopping.
      if (signal.aborted) return 'abort';
      throw thrown;
    } finally {
      gatherer.flush();
    }
  }

  /** The prompt as the model's own chat template writes it. */
  #promptTokens(messages: readonly PromptMessage[]): Token[] {
    const chatHistory = historyOf(messages);
    const { contextText } = this.#chat.chatWrapper.generateContextState({ chatHistory });
    return contextText.tokenize(this.#ready.model.tokenizer);
  }

  #stats(watch: Stopwatch, promptTokens: number, evaluated: number): GenerationStats {
    const { threads, backend } = this.#ready.facts;
    return { promptTokens, evaluatedPromptTokens: evaluated, ...watch.figures(), threads, backend };
  }
}

/** The library's form of a conversation, with an empty answer at the end for the model to fill. */
function historyOf(messages: readonly PromptMessage[]): ChatHistoryItem[] {
  const history = messages.map(({ role, text }): ChatHistoryItem => {
    if (role === 'assistant') return { type: 'model', response: [text] };
    return { type: role, text };
  });
  return [...history, { type: 'model', response: [] }];
}

function deltaOf(chunk: LlamaChatResponseChunk): Delta {
  if (chunk.type === undefined) return { text: chunk.text, reasoning: '' };
  return { text: '', reasoning: chunk.segmentType === 'thought' ? chunk.text : '' };
}

function stopReasonOf(reason: string, limitedByRequest: boolean): StopReason {
  if (reason === 'abort') return 'stopped';
  if (reason === 'maxTokens') return limitedByRequest ? 'tokenLimit' : 'contextFull';
  return 'endOfAnswer';
}
