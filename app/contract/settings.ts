/** What a person can choose, with defaults. */
import { z } from 'zod';
import { call, stream } from './call.ts';

export const settings = z.object({
  /** `system` follows the language of the browser or the operating system. */
  language: z.enum(['system', 'en', 'de']).default('system'),
  theme: z.enum(['system', 'light', 'dark']).default('system'),
  /** The library's id of the model that answers; null: the newest own model, else the starter. */
  modelId: z.string().nullable().default(null),
  /** Said to the model before every chat; empty: nothing. */
  instructions: z.string().max(20_000).default(''),
  sidebarOpen: z.boolean().default(true),
  /** Whether the experts of each answer's tokens are recorded. */
  recordRouting: z.boolean().default(true),
  /** Whether the column beside a chat is shown: where the model lives, which experts answered. */
  inspectorOpen: z.boolean().default(false),
});
export type Settings = z.infer<typeof settings>;

export const settingsContract = {
  get: call(z.void(), settings),
  watch: stream(z.void(), settings),
  /** Changes what is given and leaves the rest. */
  change: call(
    z.object({
      language: settings.shape.language.unwrap().optional(),
      theme: settings.shape.theme.unwrap().optional(),
      modelId: z.string().nullable().optional(),
      instructions: z.string().max(20_000).optional(),
      sidebarOpen: z.boolean().optional(),
      recordRouting: z.boolean().optional(),
      inspectorOpen: z.boolean().optional(),
    }),
    settings,
  ),
} as const;
