/**
 * Which messages of a conversation the model reads when not all of them fit. Pure; counting tokens
 * is handed in.
 */
import { MoeweError } from '../contract/errors.ts';
import type { PromptMessage } from '../contract/engine.ts';

/** Room that is kept for the answer, as a part of the context. */
const answerPart = 1 / 8;

/** The messages to evaluate, and how many tokens they are. */
export interface PromptWindow {
  readonly messages: readonly PromptMessage[];
  readonly tokens: number;
}

/**
 * The whole conversation if it fits. Else the oldest question goes together with its answer, until
 * the rest leaves room for an answer; instructions and the last question always stay. Throws
 * `questionTooLong` when those alone leave no room for a single token.
 */
export function promptWindow(
  messages: readonly PromptMessage[],
  contextSize: number,
  countTokens: (messages: readonly PromptMessage[]) => number,
): PromptWindow {
  const system = messages.filter(({ role }) => role === 'system');
  const wholeTokens = countTokens(messages);
  const roomy = contextSize * (1 - answerPart);
  if (wholeTokens <= roomy) return { messages, tokens: wholeTokens };
  let talk = messages.filter(({ role }) => role !== 'system');
  for (;;) {
    const next = talk.slice(1);
    const question = next.findIndex(({ role }) => role === 'user');
    const kept = [...system, ...talk];
    const tokens = countTokens(kept);
    if (tokens <= roomy) return { messages: kept, tokens };
    if (question === -1) {
      if (tokens >= contextSize - 1)
        throw new MoeweError('questionTooLong', { tokens, contextSize });
      return { messages: kept, tokens };
    }
    talk = next.slice(question);
  }
}
