/** Where the person is in the interface, kept in the address' fragment so that a reload stays. */

/** A view. */
export type Route =
  | { readonly view: 'chat'; readonly chatId: string | null }
  | { readonly view: 'models' }
  | { readonly view: 'model'; readonly modelId: string }
  | { readonly view: 'settings' };

/** The route that a fragment stands for; anything unknown is a new chat. */
export function routeOf(fragment: string): Route {
  const [view, id] = fragment.replace(/^#\/?/, '').split('/');
  if (view === 'models' && id) return { view: 'model', modelId: decodeURIComponent(id) };
  if (view === 'models' || view === 'settings') return { view };
  return { view: 'chat', chatId: view === 'chat' && id ? decodeURIComponent(id) : null };
}

/** The fragment for a route. */
export function fragmentOf(route: Route): string {
  if (route.view === 'model') return `#/models/${encodeURIComponent(route.modelId)}`;
  if (route.view !== 'chat') return `#/${route.view}`;
  return route.chatId === null ? '#/' : `#/chat/${encodeURIComponent(route.chatId)}`;
}

class CurrentRoute {
  current = $state.raw<Route>(routeOf(globalThis.location.hash));

  constructor() {
    globalThis.addEventListener('hashchange', () => {
      this.current = routeOf(globalThis.location.hash);
    });
  }

  go(next: Route): void {
    globalThis.location.hash = fragmentOf(next);
    this.current = next;
  }
}

export const route = new CurrentRoute();
