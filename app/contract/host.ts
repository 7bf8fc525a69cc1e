/** What the host around the assistant (desktop, browser, terminal) can do. */
import { z } from 'zod';
import { call } from './call.ts';

/** Abilities that not every host has; the interface hides what is false. */
export const hostCapabilities = z.object({
  /** Shows the system's dialogue to pick a file and gives its path. */
  pickFile: z.boolean(),
  /** Shows a file in the system's file browser. */
  showFile: z.boolean(),
});
export type HostCapabilities = z.infer<typeof hostCapabilities>;

export const hostContract = {
  capabilities: call(z.void(), hostCapabilities),
  /** Opens an http, https or mailto link outside the app; anything else is `linkRefused`. */
  openExternal: call(z.object({ link: z.string().max(4096) }), z.void()),
  /** Null when the person closed the dialogue. */
  pickFile: call(z.object({ kind: z.enum(['model']) }), z.string().nullable()),
  showFile: call(z.object({ path: z.string() }), z.void()),
} as const;
