/** The expert strips of one chat's answers: what is told while they grow, and what is asked for. */
import type { RoutingAbsence, StripToken } from '../../app/contract/routing.ts';
import type { CoreAccess } from '../session/core.ts';
import { joinedTokens } from './joined-tokens.ts';

/**
 * New bars are shown this often, in ms: a strip that changed in each frame would take a sixth of a
 * core from the model where no graphics card draws the page.
 */
const showEveryMs = 50;

/** One answer's strip. */
export class AnswerStrip {
  /** Grows in place: thousands of bars a second must not each become a signal. */
  tokens: StripToken[] = [];
  /** How many tokens are shown; the signal for `tokens`, which may be ahead. */
  count = $state(0);
  /** Changes when tokens were not only added. */
  revision = $state(0);
  /** Why there is no record; null while there may be one. */
  absence = $state<RoutingAbsence | null>(null);
  /** Whether it was asked for, and whether the answer had ended by then. */
  known = $state<'no' | 'growing' | 'whole'>('no');
  #timer: ReturnType<typeof setTimeout> | undefined;

  append(tokens: readonly StripToken[]): void {
    this.tokens.push(...tokens);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.count = this.tokens.length;
    }, showEveryMs);
  }

  replace(tokens: StripToken[]): void {
    this.tokens = tokens;
    this.count = tokens.length;
    this.revision += 1;
  }
}

export class AnswerStrips {
  readonly #core: CoreAccess;
  // Which answers have been asked about is no state that anything shows.
  // eslint-disable-next-line svelte/prefer-svelte-reactivity
  readonly #strips = new Map<string, AnswerStrip>();

  constructor(core: CoreAccess) {
    this.#core = core;
  }

  of(answerId: string): AnswerStrip {
    const strip = this.#strips.get(answerId) ?? new AnswerStrip();
    this.#strips.set(answerId, strip);
    return strip;
  }

  append(answerId: string, tokens: readonly StripToken[]): void {
    this.of(answerId).append(tokens);
  }

  /** The chat is told from its beginning once more: what was missed is unknown. */
  restart(): void {
    for (const strip of this.#strips.values()) {
      strip.known = 'no';
      strip.replace([]);
    }
  }

  /** Asks for what was written before; `ended`: the answer is not written any more. */
  async load(answerId: string, ended: boolean): Promise<void> {
    const strip = this.of(answerId);
    const before = strip.known;
    if (before === 'whole' || (before === 'growing' && !ended)) return;
    strip.known = ended ? 'whole' : 'growing';
    if (before === 'growing' && strip.tokens.length > 0) return;
    try {
      const found = await this.#core.core.routing.strip({ answerId });
      if (found.state === 'absent') strip.absence = found.reason;
      else if (found.tokens.length > 0) strip.replace(joinedTokens(found.tokens, strip.tokens));
    } catch {
      // Without its strip an answer is as good; a new connection asks again.
      strip.absence = 'notRecorded';
    }
  }
}
