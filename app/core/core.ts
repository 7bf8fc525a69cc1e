/**
 * Everything that needs an open database, put together. `assistant.ts` builds one when the database
 * could be opened and goes without while it could not.
 */
import { join } from 'node:path';
import { Answers } from './answers/answers.ts';
import type { GenerationParts } from './answers/generation.ts';
import type { AssistantOptions } from './assistant-options.ts';
import { ChatStore } from './chats/chat-store.ts';
import { Chats } from './chats/chats.ts';
import { forgetConversation, sweepConversations } from './chats/conversation-states.ts';
import { Database } from './database/database.ts';
import type { Engine } from './engine/engine.ts';
import { inspectModelFile } from './gguf/model-file.ts';
import { Machine } from './hardware/machine.ts';
import { MachineMemory } from './hardware/machine-memory.ts';
import type { Log } from './log.ts';
import { ModelLibrary } from './models/model-library.ts';
import { Models } from './models/models.ts';
import { ThreadChoices } from './models/thread-choices.ts';
import { AnswerRecords } from './routing/answer-records.ts';
import { RoutingStore } from './routing/routing-store.ts';
import { PlanMemory } from './plan/plan-memory.ts';
import { Plans, type PlansParts } from './plan/plans.ts';
import { SettingsStore } from './settings/settings-store.ts';
import { Turns } from './turns.ts';

/** The parts of an assistant whose database is open. */
export interface Core {
  readonly answers: Answers;
  readonly chats: Chats;
  readonly records: AnswerRecords;
  readonly machine: Machine;
  readonly models: Models;
  readonly plans: Plans;
  readonly settings: SettingsStore;
  readonly generation: GenerationParts;
  /** Ends answers (what was generated is kept), streams and the database; not the engine. */
  close(): Promise<void>;
}

/** Opens the database and builds what stands on it. Errors: those of `Database.open`. */
export function openCore(options: AssistantOptions, engine: Engine, log: Log): Core {
  const { home, resourcesFolder, threads, holdsLock } = options;
  const database = Database.open(home.database);
  const stateFolder = join(home.cache, 'conversations');
  const chats = openChats(database, stateFolder, engine);
  if (holdsLock) takeOver(chats, stateFolder);
  const settings = new SettingsStore(database);
  const turns = new Turns();
  const library = new ModelLibrary(database, {
    starterModel: join(resourcesFolder, 'starter-model', 'starter-moe.Q8_0.gguf'),
    folder: home.models,
  });
  const threadChoices = new ThreadChoices(database);
  const { machine, plans } = planParts(options, database, {
    engine,
    library,
    threadChoices,
    occupied: () => models.occupied,
  });
  const models: Models = new Models({
    library,
    plans,
    engine,
    settings,
    threadChoices,
    turns,
    threads,
    stateFolder,
  });
  const generation: GenerationParts = { models, engine, turns };
  const onDefect = (thrown: unknown, where: string) =>
    log.write({ event: 'defect', detail: `${where}: ${describe(thrown)}` });
  const records = new AnswerRecords(new RoutingStore(database), chats);
  const answers = new Answers({ ...generation, database, chats, records, settings, onDefect });
  return {
    answers,
    chats,
    records,
    machine,
    models,
    plans,
    settings,
    generation,
    close: async () => {
      await answers.close();
      models.end();
      settings.changes.end();
      records.close();
      try {
        chats.close();
      } finally {
        database[Symbol.dispose]();
      }
    },
  };
}

function openChats(database: Database, stateFolder: string, engine: Engine): Chats {
  return new Chats(new ChatStore(database), (chatId) => {
    // The engine first: it could write the state once more.
    void engine.forget(chatId).then(() => forgetConversation(stateFolder, chatId));
  });
}

/** Tidies up after a process that ended in the middle of something. */
function takeOver({ store }: Chats, stateFolder: string): void {
  store.interruptUnfinished();
  const ids = store.list().map(({ id }) => id);
  sweepConversations(stateFolder, ids);
}

function planParts(
  { home, threads }: AssistantOptions,
  database: Database,
  parts: Pick<PlansParts, 'library' | 'threadChoices' | 'occupied'> & { engine: Engine },
): Pick<Core, 'machine' | 'plans'> {
  const { engine } = parts;
  const remembered = new MachineMemory(database);
  const machine = new Machine({ engine, memory: remembered, modelsFolder: home.models });
  const memory = new PlanMemory(database);
  const inspect = inspectModelFile;
  return { machine, plans: new Plans({ ...parts, machine, memory, inspect, threads }) };
}

function describe(thrown: unknown): string {
  return thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
}
