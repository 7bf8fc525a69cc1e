/**
 * The expert strips of one open chat. Bars come by the thousand, so they lie in plain arrays; only
 * their number is state, and who draws looks at what is new.
 */
import type { ChatEvent } from '../../app/contract/chats.ts';
import type { RoutingAbsence, StripToken } from '../../app/contract/routing.ts';
import type { CoreAccess } from '../session/core.ts';

export class AnswerStrip {
  readonly tokens: StripToken[] = [];
  /** How many bars there are. */
  count = $state(0);
  /** Why there is no strip; null where there is one, and while that is not known. */
  absence = $state<RoutingAbsence | null>(null);
  /** Grows when bars that were there changed: everything has to be drawn anew. */
  edition = $state(0);
  asked = false;

  /** Takes bars whose first one stands at `from`; false where bars before it are missing. */
  add(from: number, tokens: readonly StripToken[]): boolean {
    if (from > this.tokens.length) return false;
    this.absence = null;
    this.tokens.push(...tokens.slice(this.tokens.length - from));
    this.count = this.tokens.length;
    return true;
  }

  replace(tokens: readonly StripToken[]): void {
    this.tokens.splice(0, Infinity, ...tokens);
    this.count = tokens.length;
    this.edition += 1;
  }
}

export class AnswerStrips {
  readonly #session: CoreAccess;
  readonly #strips: Record<string, AnswerStrip> = {};

  constructor(session: CoreAccess) {
    this.#session = session;
  }

  of(answerId: string): AnswerStrip {
    this.#strips[answerId] ??= new AnswerStrip();
    return this.#strips[answerId];
  }

  take({ messageId, from, tokens }: Extract<ChatEvent, { type: 'strip' }>): void {
    if (!this.of(messageId).add(from, tokens)) void this.load(messageId, true);
  }

  /** Asks for what is there, once. A failure leaves the strip out: it is no reason for a notice. */
  async load(answerId: string, again = false): Promise<void> {
    const strip = this.of(answerId);
    if (strip.asked && !again) return;
    strip.asked = true;
    try {
      const told = await this.#session.core.routing.strip({ answerId });
      if (told.state === 'absent') strip.absence = told.reason;
      // Bars that came meanwhile are newer than the reply.
      else if (told.tokens.length >= strip.count) strip.replace(told.tokens);
    } catch {
      strip.asked = false;
    }
  }

  /** After a new connection everything is asked for again when it is seen. */
  forget(): void {
    for (const strip of Object.values(this.#strips)) strip.asked = false;
  }
}
