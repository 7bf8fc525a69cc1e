/**
 * Records of answers' experts as interfaces ask for them: what is stored, and what is being written
 * at this moment.
 */
import type { Message } from '../../contract/answers.ts';
import type {
  AnswerRouting,
  ExpertStrip,
  RoutingCounts,
  RoutingAbsence,
} from '../../contract/routing.ts';
import type { Chats } from '../chats/chats.ts';
import { joined, recordOf, sameShape, type ExpertChoices } from './expert-choices.ts';
import { noCounts, routingCountsOf, withChoices, type ExpertCounts } from './expert-counts.ts';
import { LiveRouting } from './live-routing.ts';
import { rareExperts } from './rare-experts.ts';
import type { RoutingStore } from './routing-store.ts';
import { StripWriter } from './strip-writer.ts';

type Found =
  | { readonly state: 'recorded'; readonly choices: ExpertChoices }
  | { readonly state: 'absent'; readonly reason: RoutingAbsence };

export class AnswerRecords {
  readonly #store: RoutingStore;
  readonly #chats: Chats;
  readonly #live = new Map<string, LiveRouting>();

  constructor(store: RoutingStore, chats: Chats) {
    this.#store = store;
    this.#chats = chats;
  }

  /** Makes the record of a stored answer one that can be written. */
  write(stored: Message): LiveRouting {
    const live = new LiveRouting({
      saveAbsence: (reason) => this.#store.saveAbsence(stored.id, reason),
      append: (model, choices) => this.#store.append(stored.id, model, choices),
      ever: (model, { shape }) => this.#store.ever(model, shape),
      publish: (tokens) => this.#chats.tellStrip(stored, tokens),
      onSaved: () => this.#live.delete(stored.id),
    });
    this.#live.set(stored.id, live);
    return live;
  }

  /** Throws `messageUnknown`. */
  strip(answerId: string): ExpertStrip {
    const message = this.#message(answerId);
    const live = this.#live.get(answerId);
    if (live && live.absence === undefined) return { state: 'recorded', tokens: live.strip };
    const found = this.#find(message);
    if (found.state === 'absent') return found;
    const { choices } = found;
    const counts = this.#ever(message, choices) ?? ownCounts(choices);
    const tokens = new StripWriter().next(choices, rareExperts(counts));
    return { state: 'recorded', tokens };
  }

  /** Throws `messageUnknown`. */
  ofAnswer(answerId: string): AnswerRouting {
    const found = this.#find(this.#message(answerId));
    if (found.state === 'absent') return found;
    return { state: 'recorded', record: recordOf(found.choices) };
  }

  /**
   * Null where nothing was counted. A chat's answers by other models, or with another number of
   * used experts, are left out: their experts are not the same. Throws `messageUnknown`.
   */
  counts(answerId: string, over: 'answer' | 'chat' | 'ever'): RoutingCounts | null {
    const message = this.#message(answerId);
    const found = this.#find(message);
    const own = found.state === 'recorded' ? found.choices : null;
    const sum =
      over === 'ever'
        ? this.#ever(message, own)
        : over === 'chat'
          ? this.#overChat(message, own)
          : own && ownCounts(own);
    return sum && routingCountsOf(sum);
  }

  /** Saves what can be saved. */
  close(): void {
    for (const live of [...this.#live.values()]) live.close();
    this.#live.clear();
  }

  #message(answerId: string): Message {
    return this.#chats.current(answerId);
  }

  #find(message: Message): Found {
    const live = this.#live.get(message.id);
    const stored = this.#store.get(message.id);
    const saved = stored?.state === 'recorded' ? [stored.choices] : [];
    const choices = joined([...saved, ...(live?.unsaved ? [live.unsaved] : [])]);
    if (choices) return { state: 'recorded', choices };
    if (stored?.state === 'absent') return stored;
    const isDense = message.model?.experts.count === 0;
    return { state: 'absent', reason: live?.absence ?? (isDense ? 'dense' : 'notRecorded') };
  }

  #overChat({ chatId, model }: Message, own: ExpertChoices | null): ExpertCounts | null {
    if (model === null) return null;
    const { messages } = this.#chats.show(chatId);
    const records = messages
      .filter((message) => message.model?.id === model.id)
      .flatMap((message) => recordedIn(this.#find(message)));
    const shape = own?.shape ?? records.at(-1)?.shape;
    if (shape === undefined) return null;
    return records
      .filter((choices) => sameShape(choices.shape, shape))
      .reduce(withChoices, noCounts(shape));
  }

  /** What was counted, and what is counted with the next save. */
  #ever({ id, model }: Message, own: ExpertChoices | null): ExpertCounts | null {
    if (model === null) return null;
    const stored = this.#store.ever(model, own?.shape ?? null);
    const unsaved = this.#live.get(id)?.unsaved ?? null;
    if (unsaved === null) return stored;
    return withChoices(stored ?? noCounts(unsaved.shape), unsaved);
  }
}

function ownCounts(choices: ExpertChoices): ExpertCounts {
  return withChoices(noCounts(choices.shape), choices);
}

function recordedIn(found: Found): ExpertChoices[] {
  return found.state === 'recorded' ? [found.choices] : [];
}
