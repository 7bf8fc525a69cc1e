/** A chat completion as programs ask for it, brought into Moewe's own form. */
import { z } from 'zod';
import type { Sampling } from '../../contract/answers.ts';
import type { PromptMessage } from '../../contract/engine.ts';

const content = z.union([
  z.string(),
  z.array(z.object({ type: z.literal('text'), text: z.string() })),
]);

const role = z.enum(['system', 'developer', 'user', 'assistant']);

/** Fields that we do not know are ignored, as other servers do. */
const wireForm = z.object({
  model: z.string().nullish(),
  messages: z.array(z.object({ role, content: content.nullish() })).min(1),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
  temperature: z.number().min(0).max(5).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  seed: z.number().int().nonnegative().nullish(),
  max_tokens: z.number().int().positive().nullish(),
  max_completion_tokens: z.number().int().positive().nullish(),
});

/** What is to be completed, and how the answer is sent. */
export interface CompletionRequest {
  readonly messages: readonly PromptMessage[];
  readonly model: string | undefined;
  readonly sampling: Sampling;
  readonly maxTokens: number | undefined;
  readonly stream: boolean;
  readonly includeUsage: boolean;
}

/** Parses and translates a request. */
export const completionRequest = wireForm.transform((asked): CompletionRequest => {
  const sampling: Sampling = {
    temperature: asked.temperature ?? undefined,
    topP: asked.top_p ?? undefined,
    seed: asked.seed ?? undefined,
  };
  return {
    messages: asked.messages.map((message) => ({
      role: message.role === 'developer' ? 'system' : message.role,
      text: textOf(message.content),
    })),
    model: asked.model ?? undefined,
    sampling,
    maxTokens: asked.max_completion_tokens ?? asked.max_tokens ?? undefined,
    stream: asked.stream ?? false,
    includeUsage: asked.stream_options?.include_usage ?? false,
  };
});

function textOf(given: z.infer<typeof content> | null | undefined): string {
  if (typeof given === 'string') return given;
  return (given ?? []).map(({ text }) => text).join('\n');
}
