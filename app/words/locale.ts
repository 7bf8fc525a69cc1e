/** The two languages, and how a system's or a browser's preference is turned into one of them. */
import { baseLocale, isLocale, type Locale } from './generated/runtime.js';

export type { Locale };

/** The first preferred language that Moewe speaks (`de-AT` counts as `de`); else English. */
export function localeFor(preferred: readonly string[]): Locale {
  for (const tag of preferred) {
    const language = tag.toLowerCase().split(/[-_.]/)[0];
    if (isLocale(language)) return language;
  }
  return baseLocale;
}

/** Languages that a terminal's environment asks for, most specific variable first. */
export function environmentLanguages(environment: NodeJS.ProcessEnv): string[] {
  const { LC_ALL, LC_MESSAGES, LANG } = environment;
  return [LC_ALL, LC_MESSAGES, LANG].filter((tag): tag is string => Boolean(tag));
}
