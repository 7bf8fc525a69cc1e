/**
 * One generation from model to last token, for chats and for conversations that are not kept: waits
 * for its turn, loads the model if needed, passes on what the engine says.
 */
import { MoeweError } from '../../contract/errors.ts';
import type { AnsweringModel, LoadedModel, Model } from '../../contract/models.ts';
import type { GenerateRequest, PromptMessage } from '../../contract/engine.ts';
import type { AnswerStats, Sampling, StopReason } from '../../contract/answers.ts';
import type { RoutingAbsence, RoutingRecord } from '../../contract/routing.ts';
import type { Engine } from '../engine/engine.ts';
import type { Models } from '../models/models.ts';
import type { Turns } from '../turns.ts';

/** What is generated from what. */
export interface GenerationOrder {
  readonly model: Model;
  readonly messages: readonly PromptMessage[];
  readonly sampling: Sampling;
  readonly maxTokens: number | undefined;
  /** The chat, so that its evaluated state can be kept; null for what is not kept. */
  readonly conversationId: string | null;
  /** Which evaluated tokens' experts are told. */
  readonly routing: GenerateRequest['routing'];
}

/** What happens on the way. A generation that was stopped before its first token has no stats. */
export type GenerationProgress =
  | {
      readonly type: 'started';
      readonly model: AnsweringModel;
      /** Why no routing will be told; null: it will. */
      readonly routingAbsence: RoutingAbsence | null;
    }
  | { readonly type: 'promptProgress'; readonly progress: number }
  | { readonly type: 'delta'; readonly text: string; readonly reasoning: string }
  | { readonly type: 'routing'; readonly record: RoutingRecord }
  | {
      readonly type: 'finished';
      readonly stopReason: StopReason;
      readonly stats: AnswerStats | null;
    };

/** The parts that a generation needs. */
export interface GenerationParts {
  readonly models: Models;
  readonly engine: Engine;
  readonly turns: Turns;
}

/** Runs one generation. Aborting `signal` ends it with `stopped`, also while it waits or loads. */
export async function* generate(
  parts: GenerationParts,
  order: GenerationOrder,
  signal: AbortSignal,
): AsyncGenerator<GenerationProgress, void> {
  let end: (() => void) | undefined;
  try {
    end = await parts.turns.take(signal);
    yield* generateInTurn(parts, order, signal);
  } catch (thrown) {
    const stopped = signal.aborted && thrown instanceof MoeweError && thrown.code === 'cancelled';
    if (!stopped) throw thrown;
    yield { type: 'finished', stopReason: 'stopped', stats: null };
  } finally {
    end?.();
  }
}

async function* generateInTurn(
  { models, engine }: GenerationParts,
  { model, messages, sampling, maxTokens, conversationId, routing }: GenerationOrder,
  signal: AbortSignal,
): AsyncGenerator<GenerationProgress, void> {
  const { loaded, loadMs } = await models.load(model, signal);
  const routingAbsence = routingAbsenceOf(model, loaded, routing);
  yield { type: 'started', model: answeringModelOf(model), routingAbsence };
  const request: GenerateRequest = {
    messages: [...messages],
    sampling,
    maxTokens: maxTokens ?? null,
    jsonSchema: null,
    routing,
    conversationId,
  };
  for await (const event of engine.generate(request, signal)) {
    if (event.type === 'finished') {
      const { stopReason, stats } = event;
      models.remember(model, stats);
      yield { type: 'finished', stopReason, stats: { ...stats, loadMs } };
    } else if (event.type !== 'started') {
      yield event;
    }
  }
}

/** What an answer remembers of its model. */
export function answeringModelOf({ id, name, facts }: Model): AnsweringModel {
  const { count, used, shared } = facts?.experts ?? { count: 0, used: 0, shared: 0 };
  return {
    id,
    name,
    architecture: facts?.architecture ?? '',
    parameters: facts?.parameters ?? { total: 0, active: 0 },
    experts: { count, used, shared },
  };
}

/** What can't be changed comes first: a dense model has no experts whatever is switched on. */
function routingAbsenceOf(
  { facts }: Model,
  { nativeBuild }: LoadedModel,
  routing: GenerateRequest['routing'],
): RoutingAbsence | null {
  if (facts?.experts.count === 0) return 'dense';
  if (nativeBuild.state === 'absent') return 'noNativeBuild';
  return routing === 'off' ? 'switchedOff' : null;
}
