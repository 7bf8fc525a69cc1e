/** What a generation needs of the loop behind it: our own, or the library's. */
import type { Token } from 'node-llama-cpp';
import type {
  GenerateRequest,
  GenerationEvent,
  MeasuredSpeed,
  PromptMessage,
} from '../contract/engine.ts';
import type { StopReason } from '../contract/answers.ts';
import type { Prompt } from './chat-template.ts';

/** One answer to be written. */
export interface AnswerOrder {
  readonly request: GenerateRequest;
  /** The messages that fit. */
  readonly messages: readonly PromptMessage[];
  readonly prompt: Prompt;
  /** Tokens that the answer may have. */
  readonly limit: number;
  readonly emit: (event: GenerationEvent) => void;
  readonly signal: AbortSignal;
}

/** How the answer went. */
export interface AnswerOutcome {
  readonly ending: Extract<StopReason, 'endOfAnswer' | 'stopped'> | 'limit';
  /** Tokens of the prompt that were evaluated; the others were still there. */
  readonly evaluatedPromptTokens: number;
  readonly answerTokens: number;
  /** From the call to the first token; null without one. */
  readonly firstTokenMs: number | null;
  /** From the first token to the last. */
  readonly decodeMs: number;
}

/** Writes answers, one at a time. */
export interface Answering {
  answer(order: AnswerOrder): Promise<AnswerOutcome>;
  /** Evaluates `tokens` anew and generates `answerTokens`, also where the model would end. */
  measure(tokens: readonly Token[], answerTokens: number): Promise<MeasuredSpeed>;
  /** Keeps nothing of a conversation on the disk. */
  forget(conversationId: string): Promise<void>;
}
