/**
 * Which experts wrote which answer: records it while an answer is written, keeps it with the
 * message, and tells it to whoever asks. Where there is no record there is a reason.
 */
import type { Message } from '../../contract/answers.ts';
import type { AnsweringModel, NativeBuild } from '../../contract/models.ts';
import type {
  AnswerRouting,
  ExpertStrip,
  RoutingAbsence,
  RoutingCounts,
  RoutingRecord,
  StripToken,
} from '../../contract/routing.ts';
import { AnswerRecording } from './answer-recording.ts';
import { ExpertCounts } from './expert-counts.ts';
import { rareExperts } from './rare-experts.ts';
import { answerRecordOf, joined, type RoutingBatch } from './routing-batch.ts';
import type { RoutingStore } from './routing-store.ts';
import { stripTokens } from './strip-tokens.ts';

/** Under which circumstances an answer begins. */
export interface RecordingStart {
  readonly model: AnsweringModel;
  readonly nativeBuild: NativeBuild;
  /** What the person's settings say. */
  readonly wanted: boolean;
}

export class Routing {
  readonly #store: RoutingStore;
  /** Stored messages; throws `messageUnknown`. */
  readonly #message: (id: string) => Message;
  readonly #live = new Map<string, AnswerRecording>();
  /** Reasons that are not saved yet. */
  readonly #absences = new Map<string, RoutingAbsence>();

  constructor(store: RoutingStore, message: (id: string) => Message) {
    this.#store = store;
    this.#message = message;
  }

  /** An answer begins: it will be recorded, or the reason why not is kept. */
  begin(answerId: string, { model, nativeBuild, wanted }: RecordingStart): void {
    if (model.experts.count === 0) return;
    if (!wanted) this.#absences.set(answerId, 'switchedOff');
    else if (nativeBuild.state === 'absent') this.#absences.set(answerId, 'noNativeBuild');
    else this.#live.set(answerId, new AnswerRecording(this.#store, answerId, model.id));
  }

  /** Further tokens of an answer that began; gives their bars and the place of the first one. */
  add(answerId: string, record: RoutingRecord): { from: number; tokens: StripToken[] } | null {
    return this.#live.get(answerId)?.add(record) ?? null;
  }

  /** Writes what is new of an answer; nothing for one that is not recorded. */
  save(answerId: string): void {
    this.#live.get(answerId)?.save();
    const absence = this.#absences.get(answerId);
    if (absence) this.#store.keepAbsence(answerId, absence);
    this.#absences.delete(answerId);
  }

  /** Everything of the answer is saved, or it is gone. */
  end(answerId: string): void {
    this.#live.delete(answerId);
    this.#absences.delete(answerId);
  }

  strip(answerId: string): ExpertStrip {
    const message = this.#message(answerId);
    const batch = this.#record(answerId);
    if (!batch) {
      return this.#live.has(answerId)
        ? { state: 'recorded', tokens: [] }
        : { state: 'absent', reason: this.#absence(message) };
    }
    const ever = this.#ever(message);
    const rare = rareExperts(ever?.fits(batch) ? ever : counted([batch], batch));
    return { state: 'recorded', tokens: stripTokens(batch, rare) };
  }

  ofAnswer(answerId: string): AnswerRouting {
    const message = this.#message(answerId);
    const batch = this.#record(answerId);
    return batch
      ? { state: 'recorded', record: answerRecordOf(batch) }
      : { state: 'absent', reason: this.#absence(message) };
  }

  /** Null where the answer has no record. */
  counts(answerId: string, over: 'answer' | 'chat' | 'ever'): RoutingCounts | null {
    const message = this.#message(answerId);
    const batch = this.#record(answerId);
    if (!batch) return null;
    if (over === 'answer') return counted([batch], batch).toContract();
    const ever = over === 'ever' ? this.#ever(message) : null;
    if (ever?.fits(batch)) return ever.toContract();
    return counted(this.#recordsOfChat(message), batch).toContract();
  }

  /** Counts ever, with what is being written now. */
  #ever({ id, model }: Message): ExpertCounts | null {
    return this.#live.get(id)?.counts ?? (model && this.#store.counts(model.id));
  }

  #record(answerId: string): RoutingBatch | null {
    const unsaved = this.#live.get(answerId)?.unsaved ?? [];
    return joined([...this.#store.parts(answerId), ...unsaved]);
  }

  #recordsOfChat({ id, chatId, model }: Message): RoutingBatch[] {
    const saved = model ? this.#store.partsOfChat(chatId, model.id) : [];
    return [...saved, ...(this.#live.get(id)?.unsaved ?? [])];
  }

  #absence({ id, model }: Message): RoutingAbsence {
    if (model?.experts.count === 0) return 'dense';
    return this.#absences.get(id) ?? this.#store.absence(id) ?? 'notRecorded';
  }
}

/** The sum of the batches that have the same experts as `shape`. */
function counted(batches: readonly RoutingBatch[], shape: RoutingBatch): ExpertCounts {
  const counts = new ExpertCounts(shape);
  for (const batch of batches) if (counts.fits(batch)) counts.add(batch);
  return counts;
}
