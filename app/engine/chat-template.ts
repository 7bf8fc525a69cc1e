/**
 * A model's own way of writing a conversation down: from messages to tokens, and the markup that its
 * answers come with. The library reads the template of the file.
 */
import {
  LlamaText,
  resolveChatWrapper,
  type ChatHistoryItem,
  type ChatWrapper,
  type LlamaModel,
  type Token,
} from 'node-llama-cpp';
import type { PromptMessage } from '../contract/engine.ts';
import type { AnswerMarkup, Marker } from './answer-stream.ts';

/** A prompt ready to be evaluated. */
export interface Prompt {
  readonly tokens: readonly Token[];
  readonly markup: AnswerMarkup;
}

/**
 * gpt-oss writes into channels, of which only the last is meant for the reader (OpenAI's harmony
 * response format).
 */
const harmonyMarkers: readonly Marker[] = [
  { text: '<|channel|>analysis<|message|>', means: 'thought' },
  { text: '<|channel|>commentary<|message|>', means: 'thought' },
  { text: '<|channel|>final<|message|>', means: 'answer' },
  { text: '<|start|>assistant', means: 'nothing' },
  { text: '<|end|>', means: 'nothing' },
  { text: '<|return|>', means: 'end' },
  { text: '<|call|>', means: 'end' },
];

export class ChatTemplate {
  readonly wrapper: ChatWrapper;
  readonly #model: LlamaModel;

  constructor(model: LlamaModel) {
    this.#model = model;
    this.wrapper = resolveChatWrapper(model);
  }

  /** The conversation as the model reads it, up to where its answer begins. */
  prompt(messages: readonly PromptMessage[]): Prompt {
    const chatHistory = historyOf(messages);
    const state = this.wrapper.generateContextState({ chatHistory });
    const tokens = state.contextText.tokenize(this.#model.tokenizer);
    const stops = state.stopGenerationTriggers.map((trigger) => this.#spelled(LlamaText(trigger)));
    return { tokens, markup: this.#markup(tokens, stops) };
  }

  #markup(tokens: readonly Token[], stops: readonly string[]): AnswerMarkup {
    const ends = stops
      .filter((text) => text !== '')
      .map((text): Marker => ({ text, means: 'end' }));
    if (this.wrapper.wrapperName === 'Harmony') {
      return { markers: harmonyMarkers, beginsWithThought: false };
    }
    const thought = this.wrapper.settings.segments?.thought;
    if (!thought) return { markers: ends, beginsWithThought: false };
    const close = this.#spelled(LlamaText(thought.suffix ?? '')).trim();
    const after = close === '' ? [] : [{ text: close, means: 'answer' } as const];
    // Some templates write the beginning of the thought themselves, always.
    if (isOpenedOnStart(thought.prefix)) {
      return { markers: [...after, ...ends], beginsWithThought: true };
    }
    const open = this.#spelled(LlamaText(thought.prefix)).trim();
    const ending = this.#model.detokenize(tokens.slice(-12), true).trimEnd();
    const markers: Marker[] = [{ text: open, means: 'thought' }, ...after, ...ends];
    return { markers, beginsWithThought: ending.endsWith(open) };
  }

  /** Text with special tokens by their names; empty for what ends a turn anyway. */
  #spelled(text: LlamaText): string {
    const tokens = text.tokenize(this.#model.tokenizer);
    const [only] = tokens;
    if (tokens.length === 1 && only !== undefined && this.#model.isEogToken(only)) return '';
    return this.#model.detokenize(tokens, true);
  }
}

type ThoughtPrefix = NonNullable<
  NonNullable<ChatWrapper['settings']['segments']>['thought']
>['prefix'];

function isOpenedOnStart(
  prefix: ThoughtPrefix,
): prefix is Extract<ThoughtPrefix, { type: 'openedOnStart' }> {
  return typeof prefix === 'object' && !LlamaText.isLlamaText(prefix);
}

/** The library's form of a conversation, with an empty answer at the end for the model to fill. */
export function historyOf(messages: readonly PromptMessage[]): ChatHistoryItem[] {
  const history = messages.map(({ role, text }): ChatHistoryItem => {
    if (role === 'assistant') return { type: 'model', response: [text] };
    return { type: role, text };
  });
  return [...history, { type: 'model', response: [] }];
}
