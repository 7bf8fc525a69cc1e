/** Which experts the router chose: for each token and layer of an answer, and in sum. */
import { z } from 'zod';
import { call } from './call.ts';

/**
 * The record of evaluated tokens. `experts` and `weights` are base64 of unsigned bytes in the order
 * token, layer, place (the router's first choice first): ids take two bytes each (little-endian),
 * weights one byte each (255 is a weight of 1). A weight is the share of the token's experts in that
 * layer, so the weights of one token and layer add up to about 255.
 */
export const routingRecord = z.object({
  /** Layers with experts, in order. */
  layers: z.array(z.number().int().nonnegative()),
  /** Routed experts a layer. */
  expertCount: z.number().int().positive(),
  /** Experts chosen for a token in a layer. */
  usedCount: z.number().int().positive(),
  tokens: z.array(z.object({ text: z.string(), role: z.enum(['prompt', 'answer']) })),
  experts: z.string(),
  weights: z.string(),
});
export type RoutingRecord = z.infer<typeof routingRecord>;

/** How often each expert worked, layer by layer: `counts[i][e]` for `layers[i]` and expert `e`. */
export const routingCounts = z.object({
  layers: z.array(z.number().int().nonnegative()),
  expertCount: z.number().int().positive(),
  usedCount: z.number().int().positive(),
  /** Tokens that were counted. */
  tokens: z.number().int().nonnegative(),
  counts: z.array(z.array(z.number().int().nonnegative())),
});
export type RoutingCounts = z.infer<typeof routingCounts>;

/** Why an answer has no record. */
export const routingAbsence = z.enum(['dense', 'noNativeBuild', 'notRecorded', 'switchedOff']);
export type RoutingAbsence = z.infer<typeof routingAbsence>;

/** One bar of the expert strip. */
export const stripToken = z.object({
  text: z.string(),
  /**
   * How sure the router was, 0 to 1: the strongest chosen expert's share, averaged over the layers;
   * 0 where all chosen experts weigh the same.
   */
  certainty: z.number().min(0).max(1),
  /** True where the token took an expert that this model rarely uses. */
  rare: z.boolean(),
});
export type StripToken = z.infer<typeof stripToken>;

/** The strip under one answer. */
export const expertStrip = z.discriminatedUnion('state', [
  z.object({ state: z.literal('recorded'), tokens: z.array(stripToken) }),
  z.object({ state: z.literal('absent'), reason: routingAbsence }),
]);
export type ExpertStrip = z.infer<typeof expertStrip>;

export const answerRouting = z.discriminatedUnion('state', [
  z.object({ state: z.literal('recorded'), record: routingRecord }),
  z.object({ state: z.literal('absent'), reason: routingAbsence }),
]);
export type AnswerRouting = z.infer<typeof answerRouting>;

export const routingContract = {
  /** The strip of one answer, as far as it is written; `chats.open` tells of each further token. */
  strip: call(z.object({ answerId: z.string() }), expertStrip),
  /** The record of one answer, as far as it is written. */
  ofAnswer: call(z.object({ answerId: z.string() }), answerRouting),
  /** Sums over an answer, its whole chat, or everything that its model ever answered here. */
  counts: call(
    z.object({ answerId: z.string(), over: z.enum(['answer', 'chat', 'ever']) }),
    routingCounts.nullable(),
  ),
} as const;
