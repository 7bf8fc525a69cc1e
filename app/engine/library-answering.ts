/**
 * The library's own loop, for machines without the native build: each token goes through JavaScript.
 * The conversation's evaluated start stays in the sequence, so the next question only adds to it.
 */
import {
  LlamaChat,
  type LLamaChatGenerateResponseOptions,
  type LlamaChatResponseChunk,
  type LlamaContextSequence,
  type Token,
} from 'node-llama-cpp';
import type { MeasuredSpeed } from '../contract/engine.ts';
import type { AnswerOrder, AnswerOutcome, Answering } from './answering.ts';
import { historyOf } from './chat-template.ts';
import { isPenalised, penalisedTokens, withDefaults } from './default-sampling.ts';
import { DeltaGatherer, type Delta } from './delta-gatherer.ts';
import { grammarOf } from './json-grammar.ts';
import { KeptConversations } from './kept-conversations.ts';
import type { ReadyModel } from './load-model.ts';
import { perSecond } from './per-second.ts';
import { Stopwatch } from './stopwatch.ts';

/** Tokens evaluated between two looks at the stop signal and two reports of progress. */
const promptStep = 128;

export class LibraryAnswering implements Answering {
  readonly #ready: ReadyModel;
  readonly #sequence: LlamaContextSequence;
  readonly #chat: LlamaChat;
  readonly #kept: KeptConversations;

  constructor(ready: ReadyModel) {
    if (ready.context.kind !== 'library') throw new Error('a context of the library is needed');
    this.#ready = ready;
    this.#sequence = ready.context.context.getSequence();
    this.#chat = new LlamaChat({ contextSequence: this.#sequence });
    this.#kept = new KeptConversations(ready.stateFolder, ready.stateKey, {
      length: () => this.#sequence.nextTokenIndex,
      save: async (path) => {
        await this.#sequence.saveStateToFile(path);
      },
      // Written by this very app for this very file; a damaged one is refused by llama.cpp.
      load: (path) => this.#sequence.loadStateFromFile(path, { acceptRisk: true }),
    });
  }

  forget(conversationId: string): Promise<void> {
    return this.#kept.forget(conversationId);
  }

  async answer(order: AnswerOrder): Promise<AnswerOutcome> {
    const { prompt, request, signal } = order;
    await this.#kept.switchTo(request.conversationId);
    const watch = new Stopwatch();
    const before = this.#sequence.tokenMeter.usedInputTokens;
    await this.#evaluate(prompt.tokens, order);
    const reason = signal.aborted ? 'abort' : await this.#decode(order, watch);
    const figures = watch.figures();
    // The meter counts the prompt's last token as the first step of the answer.
    const lastToken = figures.answerTokens > 0 ? 1 : 0;
    return {
      ...figures,
      ending: endingOf(reason),
      evaluatedPromptTokens: this.#sequence.tokenMeter.usedInputTokens - before + lastToken,
    };
  }

  async measure(tokens: readonly Token[], answerTokens: number): Promise<MeasuredSpeed> {
    await this.#sequence.clearHistory();
    const begin = performance.now();
    await this.#sequence.evaluateWithoutGeneratingNewTokens(tokens.slice(0, -1));
    const promptMs = performance.now() - begin;
    const decoding = this.#sequence.evaluate(tokens.slice(-1), { yieldEogToken: true });
    const watch = new Stopwatch();
    for await (const token of decoding) {
      if (typeof token === 'number') watch.tokens(1);
      if (watch.figures().answerTokens >= answerTokens) break;
    }
    await this.#sequence.clearHistory();
    return {
      promptTokensPerSecond: perSecond(tokens.length, promptMs),
      tokensPerSecond: perSecond(watch.figures().answerTokens - 1, watch.figures().decodeMs),
    };
  }

  /** Evaluates all but the last token in steps, so that a long prompt shows progress and stops. */
  async #evaluate(tokens: readonly Token[], { emit, signal }: AnswerOrder): Promise<void> {
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

  async #decode(order: AnswerOrder, watch: Stopwatch): Promise<string> {
    const { messages, emit, signal } = order;
    const gatherer = new DeltaGatherer((delta) => emit({ type: 'delta', ...delta }));
    const options = await this.#options(order);
    try {
      const { metadata } = await this.#chat.generateResponse(historyOf(messages), {
        ...options,
        onResponseChunk: (chunk) => {
          watch.tokens(chunk.tokens.length);
          gatherer.add(deltaOf(chunk));
        },
      });
      return metadata.stopReason;
    } catch (thrown) {
      // Before its first token the library throws the signal's reason instead of stopping.
      if (signal.aborted) return 'abort';
      throw thrown;
    } finally {
      gatherer.flush();
    }
  }

  async #options(order: AnswerOrder): Promise<LLamaChatGenerateResponseOptions> {
    const { request, limit, signal } = order;
    const { model, opened } = this.#ready;
    const chosen = withDefaults(request.sampling, model.size);
    const { repeatPenalty: penalty, presencePenalty, frequencyPenalty, ...sampling } = chosen;
    const grammar = await grammarOf(opened.llama, request.jsonSchema);
    return {
      ...sampling,
      maxTokens: limit,
      signal,
      stopOnAbortSignal: true,
      repeatPenalty: isPenalised(chosen)
        ? { penalty, presencePenalty, frequencyPenalty, lastTokens: penalisedTokens }
        : false,
      ...(grammar === null ? {} : { grammar }),
    };
  }
}

function deltaOf(chunk: LlamaChatResponseChunk): Delta {
  if (chunk.type === undefined) return { text: chunk.text, reasoning: '' };
  return { text: '', reasoning: chunk.segmentType === 'thought' ? chunk.text : '' };
}

function endingOf(reason: string): AnswerOutcome['ending'] {
  if (reason === 'abort') return 'stopped';
  return reason === 'maxTokens' ? 'limit' : 'endOfAnswer';
}
