/** The person's choices, with language and theme applied to the page at once. */
import { settings, type Settings } from '../../app/contract/settings.ts';
import { overwriteGetLocale } from '../../app/words/generated/runtime.js';
import { localeFor, type Locale } from '../../app/words/locale.ts';
import { attempt } from '../session/notice.svelte.ts';
import type { Core, CoreAccess } from '../session/core.ts';

/** Language and theme are also kept by the page: the first paint comes before the connection. */
const storageKey = 'moewe.appearance';

export class Preferences {
  current = $state<Settings>(settings.parse(remembered()));
  readonly locale: Locale = $derived(
    this.current.language === 'system' ? localeFor(navigator.languages) : this.current.language,
  );
  readonly #session: CoreAccess;

  constructor(session: CoreAccess) {
    this.#session = session;
    overwriteGetLocale(() => this.locale);
  }

  /** Puts language and theme on the page; call it in an effect. */
  apply(): void {
    const { documentElement: page } = document;
    const { theme, language } = this.current;
    page.lang = this.locale;
    if (theme === 'system') delete page.dataset['theme'];
    else page.dataset['theme'] = theme;
    localStorage.setItem(storageKey, JSON.stringify({ theme, language }));
  }

  /** Shown at once and taken back if it can't be kept. */
  async change(change: Partial<Settings>): Promise<void> {
    const before = this.current;
    this.current = { ...before, ...change };
    const kept = await attempt(() => this.#session.core.settings.change(change));
    this.current = kept ?? before;
  }

  async follow(core: Core): Promise<void> {
    for await (const current of core.settings.watch()) this.current = current;
  }
}

function remembered(): unknown {
  try {
    return JSON.parse(localStorage.getItem(storageKey) ?? '{}');
  } catch {
    return {};
  }
}
