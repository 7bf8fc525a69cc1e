/** Asking and answering: what a message is, and the events while an answer is written. */
import { z } from 'zod';
import { call } from './call.ts';
import { errorFacts } from './errors.ts';
import { answeringModel } from './models.ts';

/** A text that goes with a question. */
export const attachment = z.object({ name: z.string().min(1), text: z.string() });
export type Attachment = z.infer<typeof attachment>;

/** The largest attachment, in bytes of UTF-8. The model's own context is usually smaller. */
export const attachmentLimitBytes = 4 * 1024 * 1024;

/** How tokens are chosen. What is not given is the model's or the settings' default. */
export const sampling = z.object({
  /** 0 always takes the most likely token. */
  temperature: z.number().min(0).max(5).optional(),
  topK: z.number().int().nonnegative().optional(),
  topP: z.number().min(0).max(1).optional(),
  minP: z.number().min(0).max(1).optional(),
  seed: z.number().int().nonnegative().optional(),
  /** Makes tokens of the last 64 less likely: 1 is no penalty. */
  repeatPenalty: z.number().min(0).max(10).optional(),
  /** Taken once from the logit of every token that was generated before; 0 is no penalty. */
  presencePenalty: z.number().min(-10).max(10).optional(),
  /** Taken for each time that a token was generated before; 0 is no penalty. */
  frequencyPenalty: z.number().min(-10).max(10).optional(),
});
export type Sampling = z.infer<typeof sampling>;

/** Why an answer ended. */
export const stopReason = z.enum(['endOfAnswer', 'tokenLimit', 'contextFull', 'stopped']);
export type StopReason = z.infer<typeof stopReason>;

/** What an answer cost. */
export const answerStats = z.object({
  /** Tokens of the whole prompt: instructions, earlier messages, question. */
  promptTokens: z.number().int().nonnegative(),
  /** Tokens of the prompt that had to be evaluated; the rest was still there. */
  evaluatedPromptTokens: z.number().int().nonnegative(),
  answerTokens: z.number().int().nonnegative(),
  /** Time that this answer waited for its model to load; 0 if it was loaded. */
  loadMs: z.number().nonnegative(),
  /** From the question's arrival at the engine to the first token. */
  timeToFirstTokenMs: z.number().nonnegative(),
  promptTokensPerSecond: z.number().nonnegative(),
  /** Decode speed, without the prompt. */
  tokensPerSecond: z.number().nonnegative(),
  threads: z.number().int().positive(),
  backend: z.string(),
});
export type AnswerStats = z.infer<typeof answerStats>;

/** Where a message stands. A question is always `finished`. */
export const messageStatus = z.discriminatedUnion('state', [
  /** Nothing generated yet: the model loads, or another answer is written first. */
  z.object({ state: z.literal('waiting') }),
  /** The prompt is evaluated; `progress` from 0 to 1. */
  z.object({ state: z.literal('evaluating'), progress: z.number().min(0).max(1) }),
  z.object({ state: z.literal('streaming') }),
  z.object({
    state: z.literal('finished'),
    stopReason,
    /** Null for questions. */
    stats: answerStats.nullable(),
  }),
  /** Moewe was closed or ended in mid-answer. The text is what had been generated. */
  z.object({ state: z.literal('interrupted') }),
  z.object({ state: z.literal('failed'), error: errorFacts }),
]);
export type MessageStatus = z.infer<typeof messageStatus>;

/** A question or an answer. Messages form a tree: each names the one it follows. */
export const message = z.object({
  id: z.string(),
  chatId: z.string(),
  parentId: z.string().nullable(),
  role: z.enum(['user', 'assistant']),
  text: z.string(),
  /** What the model thought before it answered; empty for most models. */
  reasoning: z.string(),
  attachments: z.array(attachment),
  status: messageStatus,
  /** The model that answered; null for questions and until a model is known. */
  model: answeringModel.nullable(),
  /** ms since 1970. */
  createdAt: z.number().int(),
});
export type Message = z.infer<typeof message>;

/** What is asked. */
export const question = z.object({
  /** Absent: a new chat. */
  chatId: z.string().optional(),
  /** The message that the question follows; absent: the end of the chat's current branch. */
  parentId: z.string().nullable().optional(),
  text: z.string(),
  attachments: z.array(attachment).default([]),
  /** Absent: the chosen model. An id of the library. */
  modelId: z.string().optional(),
  /** Absent: the instructions of the settings. */
  instructions: z.string().optional(),
  sampling: sampling.default({}),
  maxTokens: z.number().int().positive().optional(),
});
export type Question = z.input<typeof question>;

/** Where a question and its answer were stored. */
export const asked = z.object({
  chatId: z.string(),
  questionId: z.string(),
  answerId: z.string(),
});
export type Asked = z.infer<typeof asked>;

export const answersContract = {
  /** Stores the question, starts its answer and returns at once; `chats.open` shows the answer. */
  ask: call(question, asked),
  /** Ends an answer within one token. Returns when it has ended; a finished one is left alone. */
  stop: call(z.object({ answerId: z.string() }), z.void()),
  /** Answers the same question again, on a branch of its own. */
  retry: call(z.object({ answerId: z.string(), modelId: z.string().optional() }), asked),
} as const;
