/** Says what is wrong with a command line. */
import { m } from '../words/generated/messages.js';
import type { Locale } from '../words/locale.ts';
import type { UsageProblem } from './arguments.ts';

/** The problem and where help is. */
export function usageSentence(usage: UsageProblem, locale: Locale): string {
  return m.terminal_usage({ problem: problemSentence(usage, locale) }, { locale });
}

function problemSentence(usage: UsageProblem, locale: Locale): string {
  switch (usage.problem) {
    case 'unknownCommand':
      return m.terminal_unknown_command(usage, { locale });
    case 'missingArgument':
      return m.terminal_missing_argument(usage, { locale });
    case 'extraArgument':
      return m.terminal_extra_argument(usage, { locale });
    case 'badOption':
      return m.terminal_bad_option(usage, { locale });
    case 'badValue':
      return m.terminal_bad_value(usage, { locale });
  }
}
