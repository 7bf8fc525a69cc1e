/**
 * Our own loop: prompt and answer are evaluated in native code, which hands over what there is at
 * most sixty times a second. Here is decided what stays evaluated, and what a reader sees of it.
 */
import { LlamaGrammarEvaluationState } from 'node-llama-cpp';
import type { MeasuredSpeed } from '../contract/engine.ts';
import {
  addonGrammarStateOf,
  addonModelOf,
  addonOf,
  type AddonContext,
  type AddonSampler,
  type Decoder,
  type NativeModule,
  type TokenBatch,
} from './addon.ts';
import type { AnswerOrder, AnswerOutcome, Answering } from './answering.ts';
import { AnswerStream } from './answer-stream.ts';
import { isPenalised, penalisedTokens, withDefaults } from './default-sampling.ts';
import type { Delta } from './delta-gatherer.ts';
import { grammarOf } from './json-grammar.ts';
import { KeptConversations } from './kept-conversations.ts';
import type { ReadyModel } from './load-model.ts';
import { perSecond } from './per-second.ts';
import { RoutingBatches } from './routing-batches.ts';
import { processorCores, threadUse } from './thread-use.ts';

/** The only sequence of the context. */
const sequence = 0;

/** A template may end differently the next time; a state this far before the end is safe to reuse. */
const templateTail = 24;

export class NativeAnswering implements Answering {
  readonly #ready: ReadyModel;
  readonly #decoder: Decoder;
  readonly #kept: KeptConversations;
  readonly #expertCount: number;
  /** The tokens in the sequence. */
  #evaluated: readonly number[] = [];

  constructor(ready: ReadyModel, native: NativeModule, context: AddonContext) {
    this.#ready = ready;
    this.#decoder = new native.Decoder(context, sequence);
    this.#decoder.useThreads(threadUse(ready.facts.threads, processorCores(ready.opened.llama)));
    const { expert_count: expertCount } = ready.model.fileInfo.architectureMetadata;
    this.#expertCount = expertCount ?? 0;
    const { contextSize } = ready.facts;
    this.#kept = new KeptConversations(ready.stateFolder, ready.stateKey, {
      length: () => this.#decoder.length(),
      save: async (path) => {
        const tokens = Uint32Array.from(this.#evaluated);
        await context.saveSequenceStateToFile(path, sequence, tokens);
      },
      load: async (path) => {
        // Whatever happens now, what was there is gone.
        this.#evaluated = [];
        const tokens = await context.loadSequenceStateFromFile(path, sequence, contextSize);
        this.#evaluated = [...tokens];
      },
    });
  }

  forget(conversationId: string): Promise<void> {
    return this.#kept.forget(conversationId);
  }

  async answer(order: AnswerOrder): Promise<AnswerOutcome> {
    const { request, prompt, signal } = order;
    const begin = performance.now();
    await this.#kept.switchTo(request.conversationId);
    this.#decoder.record(request.routing !== 'off' && this.#expertCount > 0);
    const batches = new RoutingBatches(this.#expertCount);
    const stop = () => this.#decoder.stop();
    signal.addEventListener('abort', stop);
    try {
      const evaluatedPromptTokens = await this.#evaluate(prompt.tokens, order, batches);
      if (signal.aborted) return { ...unanswered, evaluatedPromptTokens };
      const decoded = await this.#decode(order, batches, begin);
      return { ...decoded, evaluatedPromptTokens };
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  async measure(tokens: readonly number[], answerTokens: number): Promise<MeasuredSpeed> {
    this.#decoder.record(false);
    this.#decoder.keep(0);
    this.#evaluated = [];
    const { model, opened } = this.#ready;
    const sampler = new (addonOf(opened.llama).AddonSampler)(addonModelOf(model));
    sampler.applyConfig({ temperature: 0, topK: 1, topP: 1, minP: 0 });
    const ignore = () => undefined;
    try {
      const begin = performance.now();
      await this.#decoder.evaluate(Uint32Array.from(tokens), 'last', ignore);
      const promptMs = performance.now() - begin;
      const { tokens: count, decodeMs } = await this.#decoder.generate(
        sampler,
        answerTokens,
        ignore,
        true,
      );
      return {
        promptTokensPerSecond: perSecond(tokens.length, promptMs),
        tokensPerSecond: perSecond(count - 1, decodeMs),
      };
    } finally {
      sampler.dispose();
      this.#decoder.keep(0);
    }
  }

  /** Evaluates what of the prompt is new; returns how many tokens that were. */
  async #evaluate(
    tokens: readonly number[],
    order: AnswerOrder,
    batches: RoutingBatches,
  ): Promise<number> {
    const { request, emit, signal } = order;
    // The last token is always evaluated: its logits begin the answer.
    const wanted = Math.min(commonStart(this.#evaluated, tokens), tokens.length - 1);
    const kept = this.#decoder.keep(wanted);
    const fresh = tokens.slice(kept);
    this.#evaluated = tokens.slice(0, kept);
    const recordsAll = request.routing === 'all';
    if (recordsAll) batches.add(this.#decoder.pieces(Uint32Array.from(fresh)), 'prompt');
    const last = Math.max(1, fresh.length - templateTail);
    for (const [part, done] of [
      [fresh.slice(0, last), 0],
      [fresh.slice(last), last],
    ] as const) {
      if (part.length === 0 || signal.aborted) continue;
      const ends = done + part.length === fresh.length;
      const logits = recordsAll ? 'all' : ends ? 'last' : 'none';
      await this.#decoder.evaluate(Uint32Array.from(part), logits, (batch) => {
        this.#tellRouting(batch, batches, emit);
        emit({ type: 'promptProgress', progress: (done + batch.evaluated) / fresh.length });
      });
      this.#decoder.rememberState();
    }
    this.#evaluated = tokens.slice(0, this.#decoder.length());
    return this.#evaluated.length - kept;
  }

  async #decode(
    order: AnswerOrder,
    batches: RoutingBatches,
    begin: number,
  ): Promise<Omit<AnswerOutcome, 'evaluatedPromptTokens'>> {
    const { request, prompt, limit, emit } = order;
    const stream = new AnswerStream(prompt.markup);
    const sampler = await this.#sampler(order);
    const generated: number[] = [];
    let firstTokenMs: number | null = null;
    try {
      const result = await this.#decoder.generate(sampler, limit, (batch) => {
        if (batch.tokens.length > 0) firstTokenMs ??= performance.now() - begin;
        generated.push(...batch.tokens);
        if (request.routing !== 'off') batches.add(batch.pieces, 'answer');
        const delta = deltaOf(stream, batch);
        if (delta.text !== '' || delta.reasoning !== '') emit({ type: 'delta', ...delta });
        this.#tellRouting(batch, batches, emit);
        if (stream.ended) this.#decoder.stop();
      });
      const rest = stream.rest();
      if (rest.text !== '' || rest.reasoning !== '') emit({ type: 'delta', ...rest });
      const { tokens: answerTokens, decodeMs } = result;
      // A stop that the model's own markup asked for is an end like any other.
      const ending = stream.ended ? 'endOfAnswer' : result.ending;
      return { ending, answerTokens, firstTokenMs, decodeMs };
    } finally {
      sampler.dispose();
      const there = this.#decoder.length();
      this.#evaluated = [...this.#evaluated, ...generated].slice(0, there);
    }
  }

  async #sampler({ request }: AnswerOrder): Promise<AddonSampler> {
    const { model, opened } = this.#ready;
    const chosen = withDefaults(request.sampling, model.size);
    const { repeatPenalty, presencePenalty, frequencyPenalty, ...plain } = chosen;
    const grammar = await grammarOf(opened.llama, request.jsonSchema);
    const sampler = new (addonOf(opened.llama).AddonSampler)(addonModelOf(model));
    sampler.applyConfig({
      ...plain,
      ...(isPenalised(chosen) && {
        repeatPenalty,
        repeatPenaltyPresencePenalty: presencePenalty,
        repeatPenaltyFrequencyPenalty: frequencyPenalty,
        repeatPenaltyMaxTokens: penalisedTokens,
        repeatPenaltyTokens: new Uint32Array(),
      }),
      ...(grammar !== null && {
        grammarEvaluationState: addonGrammarStateOf(
          new LlamaGrammarEvaluationState({ model, grammar }),
        ),
      }),
    });
    return sampler;
  }

  #tellRouting({ routing }: TokenBatch, batches: RoutingBatches, emit: AnswerOrder['emit']): void {
    const record = batches.take(routing);
    if (record !== null) emit({ type: 'routing', record });
  }
}

const unanswered = { ending: 'stopped', answerTokens: 0, firstTokenMs: null, decodeMs: 0 } as const;

function deltaOf(stream: AnswerStream, { pieces, control }: TokenBatch): Delta {
  const delta = { text: '', reasoning: '' };
  for (const [index, piece] of pieces.entries()) {
    if (stream.ended) break;
    const { text, reasoning } = stream.push(piece, control[index] === 1);
    delta.text += text;
    delta.reasoning += reasoning;
  }
  return delta;
}

/** How many tokens two sequences have in common at their beginning. */
function commonStart(one: readonly number[], other: readonly number[]): number {
  const end = Math.min(one.length, other.length);
  for (let index = 0; index < end; index += 1) if (one[index] !== other[index]) return index;
  return end;
}
