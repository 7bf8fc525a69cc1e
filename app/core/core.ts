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
import type { Log } from './log.ts';
import { ModelLibrary } from './models/model-library.ts';
import { Models } from './models/models.ts';
import { ThreadChoices } from './models/thread-choices.ts';
import { Routing } from './routing/routing.ts';
import { RoutingStore } from './routing/routing-store.ts';
import { SettingsStore } from './settings/settings-store.ts';
import { Turns } from './turns.ts';

/** The parts of an assistant whose database is open. */
export interface Core {
  readonly answers: Answers;
  readonly chats: Chats;
  readonly models: Models;
  readonly routing: Routing;
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
  const routing: Routing = new Routing(new RoutingStore(database), (id) => chats.message(id));
  const chats = new Chats(new ChatStore(database), {
    onRemoved: (chatId) => {
      // The engine first: it could write the state once more.
      void engine.forget(chatId).then(() => forgetConversation(stateFolder, chatId));
    },
    saveWith: (answerId) => routing.save(answerId),
    onEnded: (answerId) => routing.end(answerId),
  });
  if (holdsLock) {
    chats.store.interruptUnfinished();
    const ids = chats.store.list().map(({ id }) => id);
    sweepConversations(stateFolder, ids);
  }
  const settings = new SettingsStore(database);
  const turns = new Turns();
  const library = new ModelLibrary(database, {
    starterModel: join(resourcesFolder, 'starter-model', 'starter-moe.Q8_0.gguf'),
    folder: home.models,
  });
  const threadChoices = new ThreadChoices(database);
  const models = new Models({
    library,
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
  const answers = new Answers({ ...generation, database, chats, routing, settings, onDefect });
  return {
    answers,
    chats,
    models,
    routing,
    settings,
    generation,
    close: async () => {
      await answers.close();
      models.end();
      settings.changes.end();
      try {
        chats.close();
      } finally {
        database[Symbol.dispose]();
      }
    },
  };
}

function describe(thrown: unknown): string {
  return thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
}
