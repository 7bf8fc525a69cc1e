/** The contract's entries, each handed to the part that knows the answer. */
import type { AssistantContract } from '../contract/assistant.ts';
import type { Handlers } from '../rpc/serve.ts';
import type { AppControl } from './app-control.ts';
import type { AssistantOptions } from './assistant-options.ts';
import { checkedLink } from './checked-link.ts';
import { MoeweError } from '../contract/errors.ts';
import { routingHandlers } from './routing/routing-handlers.ts';
import { planHandlers } from './plan/plan-handlers.ts';

/** Handlers that fail with the reason while the database can't be opened. */
export function assistantHandlers(
  app: AppControl,
  { home, host, version }: AssistantOptions,
): Handlers<AssistantContract> {
  const core = () => app.requireCore();
  return {
    app: {
      about: () => ({ version, home: home.folder, models: home.models, host: host.kind }),
      watch: (_, { signal }) => app.watch(signal),
      setDatabaseAside: () => app.setDatabaseAside(),
      reopen: () => app.reopen(),
    },
    answers: {
      ask: (question) => core().answers.ask(question),
      stop: ({ answerId }) => core().answers.stop(answerId),
      retry: ({ answerId, modelId }) => core().answers.retry(answerId, modelId),
    },
    chats: {
      list: () => core().chats.store.list(),
      watchList: (_, { signal }) => core().chats.watchList(signal),
      show: ({ id }) => core().chats.show(id),
      open: ({ id }, { signal }) => core().chats.open(id, signal),
      rename: ({ id, title }) => core().chats.rename(id, title),
      remove: ({ id }) => core().chats.remove(id),
      chooseLeaf: ({ id, leafId }) => core().chats.chooseLeaf(id, leafId),
      search: ({ text }) => core().chats.store.search(text),
    },
    models: {
      list: () => core().models.library.list(),
      watch: (_, { signal }) => core().models.watch(signal),
      add: ({ path }) => core().models.add(path),
      remove: ({ id }, { signal }) => core().models.remove(id, signal),
      choose: ({ id }, { signal }) => core().models.choose(id, signal),
      unload: (_, { signal }) => core().models.unload(signal),
    },
    inspection: { ofModel: ({ id }) => core().models.library.inspect(id) },
    routing: routingHandlers(() => core().records),
    ...planHandlers(core),
    settings: {
      get: () => core().settings.get(),
      watch: (_, { signal }) => core().settings.watch(signal),
      change: (change) => core().settings.change(change),
    },
    host: hostHandlers(host),
  };
}

function hostHandlers(host: AssistantOptions['host']): Handlers<AssistantContract>['host'] {
  return {
    capabilities: () => host.capabilities,
    openExternal: ({ link }) => host.openExternal(checkedLink(link)),
    pickFile: () => {
      requireAbility(host.capabilities.pickFile, 'pickFile');
      return host.pickModelFile();
    },
    showFile: ({ path }) => {
      requireAbility(host.capabilities.showFile, 'showFile');
      return host.showFile(path);
    },
  };
}

function requireAbility(offered: boolean, ability: string): void {
  if (!offered) throw new MoeweError('notOffered', { ability });
}
