/** Chats: the list, one open chat as it grows, and what can be done with them. */
import { z } from 'zod';
import { message, messageStatus } from './answers.ts';
import { call, stream } from './call.ts';
import { answeringModel } from './models.ts';
import { stripToken } from './routing.ts';

/** A chat in the list. */
export const chat = z.object({
  id: z.string(),
  /** The first words of the first question until the person gives another title. */
  title: z.string(),
  /** ms since 1970. */
  createdAt: z.number().int(),
  updatedAt: z.number().int(),
  /** The last message of the branch that is shown; null for a chat without messages. */
  leafId: z.string().nullable(),
});
export type Chat = z.infer<typeof chat>;

/** A change of the list. The first event is always the whole list, newest first. */
export const chatListEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('all'), chats: z.array(chat) }),
  z.object({ type: z.literal('changed'), chat }),
  z.object({ type: z.literal('removed'), id: z.string() }),
]);
export type ChatListEvent = z.infer<typeof chatListEvent>;

/**
 * What happens in one open chat. The first event is always `opened` with everything that is there,
 * also the text generated so far of an answer in progress; each later event adds to that.
 */
export const chatEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('opened'), chat, messages: z.array(message) }),
  z.object({ type: z.literal('chat'), chat }),
  /** A new message, or one that changed as a whole. */
  z.object({ type: z.literal('message'), message }),
  /** More text of an answer; at most 60 a second. */
  z.object({
    type: z.literal('delta'),
    messageId: z.string(),
    text: z.string(),
    reasoning: z.string(),
  }),
  /** More bars of an answer's expert strip, a little behind or before their text. */
  z.object({ type: z.literal('strip'), messageId: z.string(), tokens: z.array(stripToken) }),
  /** The answer moved on; text and reasoning stay as they are. */
  z.object({
    type: z.literal('status'),
    messageId: z.string(),
    status: messageStatus,
    model: answeringModel.nullable(),
  }),
  /** The text could not be saved just now (full disk); null when it could be again. */
  z.object({ type: z.literal('unsaved'), path: z.string().nullable() }),
  z.object({ type: z.literal('removed') }),
]);
export type ChatEvent = z.infer<typeof chatEvent>;

/** A place in a chat that a search found. */
export const searchHit = z.object({
  chat,
  messageId: z.string().nullable(),
  /** Text around the hit; the hit itself lies between U+0002 and U+0003. */
  excerpt: z.string(),
});
export type SearchHit = z.infer<typeof searchHit>;

const byId = z.object({ id: z.string() });

export const chatsContract = {
  list: call(z.void(), z.array(chat)),
  watchList: stream(z.void(), chatListEvent),
  /** A chat with all its messages (all branches), oldest first. */
  show: call(byId, z.object({ chat, messages: z.array(message) })),
  open: stream(byId, chatEvent),
  rename: call(z.object({ id: z.string(), title: z.string().min(1).max(200) }), chat),
  remove: call(byId, z.void()),
  /** Shows another branch: the one that `leafId` ends. */
  chooseLeaf: call(z.object({ id: z.string(), leafId: z.string() }), chat),
  search: call(z.object({ text: z.string().min(1).max(500) }), z.array(searchHit)),
} as const;
