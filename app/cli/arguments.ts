/** Turns the words of a command line into a command, or into what is wrong with them. Pure. */
import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import { byteCount } from './byte-count.ts';

/** What every command takes. */
export interface CommonOptions {
  readonly json: boolean;
  readonly home: string | undefined;
  readonly lang: string | undefined;
}

/** Options of `ask`. */
export interface AskOptions {
  readonly question: string;
  readonly model: string | undefined;
  readonly system: string | undefined;
  readonly maxTokens: number | undefined;
  readonly temperature: number | undefined;
  readonly seed: number | undefined;
  readonly threads: number | undefined;
  readonly save: boolean;
}

/** Options of `bench`: tokens to read and to write, and how often. */
export interface BenchOptions {
  readonly model: string | undefined;
  readonly prompt: number;
  readonly tokens: number;
  readonly repeat: number;
}

/** Options of `routing`. */
export interface RoutingOptions {
  readonly question: string;
  readonly model: string | undefined;
  readonly system: string | undefined;
  readonly maxTokens: number | undefined;
  readonly threads: number | undefined;
}

/** Options of `serve`. */
export interface ServeOptions {
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly apiKey: string | undefined;
  readonly threads: number | undefined;
}

/** Options of `plan`. */
export interface PlanOptions {
  /** A path, or an id or name of the library. */
  readonly file: string;
  readonly context: number | undefined;
  /** Bytes. */
  readonly ram: number | undefined;
  readonly vram: number | undefined;
}

/** What is to be done. */
export type Command =
  | { readonly name: 'help' | 'version' }
  | ({ readonly name: 'ask' } & AskOptions)
  | ({ readonly name: 'routing' } & RoutingOptions)
  | ({ readonly name: 'bench' } & BenchOptions)
  | ({ readonly name: 'serve' } & ServeOptions)
  | ({ readonly name: 'plan' } & PlanOptions)
  | { readonly name: 'inspect'; readonly reference: string }
  | { readonly name: 'models list' | 'chats list' }
  | { readonly name: 'models add'; readonly path: string }
  | { readonly name: 'models remove' | 'chats show'; readonly id: string }
  | { readonly name: 'chats search'; readonly text: string };

/** What is wrong with a command line. */
export type UsageProblem =
  | { readonly problem: 'unknownCommand'; readonly command: string }
  | { readonly problem: 'missingArgument' | 'extraArgument'; readonly argument: string }
  | { readonly problem: 'badOption'; readonly option: string }
  | { readonly problem: 'badValue'; readonly option: string; readonly value: string };

export type ParsedArguments =
  | { readonly common: CommonOptions; readonly command: Command }
  | { readonly common: CommonOptions; readonly usage: UsageProblem };

const common = {
  json: { type: 'boolean' },
  home: { type: 'string' },
  lang: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const satisfies ParseArgsOptionsConfig;

const byCommand: Readonly<Record<string, ParseArgsOptionsConfig>> = {
  ask: {
    model: { type: 'string' },
    system: { type: 'string' },
    'max-tokens': { type: 'string' },
    temperature: { type: 'string' },
    seed: { type: 'string' },
    threads: { type: 'string' },
    'no-save': { type: 'boolean' },
  },
  bench: {
    model: { type: 'string' },
    prompt: { type: 'string' },
    tokens: { type: 'string' },
    repeat: { type: 'string' },
  },
  routing: {
    model: { type: 'string' },
    system: { type: 'string' },
    'max-tokens': { type: 'string' },
    threads: { type: 'string' },
  },
  serve: {
    host: { type: 'string' },
    port: { type: 'string' },
    'api-key': { type: 'string' },
    threads: { type: 'string' },
  },
  plan: {
    context: { type: 'string' },
    ram: { type: 'string' },
    vram: { type: 'string' },
  },
  inspect: {},
  models: {},
  chats: {},
};

class Usage extends Error {
  readonly usage: UsageProblem;
  constructor(usage: UsageProblem) {
    super(usage.problem);
    this.usage = usage;
  }
}

/** Parses the words after `moewe`. */
export function parseArguments(words: readonly string[]): ParsedArguments {
  const [commandWord] = words.filter((word) => !word.startsWith('-'));
  const options = { ...common, ...byCommand[commandWord ?? ''] };
  const { values, positionals, tokens } = parseArgs({
    args: [...words],
    options,
    allowPositionals: true,
    allowNegative: false,
    strict: false,
    tokens: true,
  });
  const given = new Given(values);
  const shared: CommonOptions = {
    json: values.json === true,
    home: typeof values.home === 'string' ? values.home : undefined,
    lang: typeof values.lang === 'string' ? values.lang : undefined,
  };
  try {
    for (const token of tokens) {
      if (token.kind !== 'option') continue;
      const option = Object.hasOwn(options, token.name)
        ? (options as ParseArgsOptionsConfig)[token.name]
        : undefined;
      const lacksValue = option?.type === 'string' && token.value === undefined;
      const extraValue = option?.type === 'boolean' && token.value !== undefined;
      if (!option || lacksValue || extraValue) {
        throw new Usage({ problem: 'badOption', option: token.rawName });
      }
    }
    given.oneOf('lang', ['en', 'de']);
    if (values.version === true) return { common: shared, command: { name: 'version' } };
    if (values.help === true || positionals.length === 0) {
      return { common: shared, command: { name: 'help' } };
    }
    return { common: shared, command: commandOf(positionals, given) };
  } catch (thrown) {
    if (thrown instanceof Usage) return { common: shared, usage: thrown.usage };
    throw thrown;
  }
}

function commandOf(positionals: readonly string[], given: Given): Command {
  const [first = '', second] = positionals;
  switch (first) {
    case 'ask':
      return {
        name: 'ask',
        question: only(positionals.slice(1), 'QUESTION'),
        ...askOptions(given),
      };
    case 'bench':
      none(positionals.slice(1));
      return {
        name: 'bench',
        model: given.text('model'),
        prompt: given.whole('prompt', 1, 1_000_000) ?? 512,
        tokens: given.whole('tokens', 2, 1_000_000) ?? 128,
        repeat: given.whole('repeat', 1, 1000) ?? 5,
      };
    case 'routing':
      return {
        name: 'routing',
        question: only(positionals.slice(1), 'QUESTION'),
        ...routingOptions(given),
      };
    case 'serve':
      none(positionals.slice(1));
      return {
        name: 'serve',
        host: given.text('host'),
        port: given.whole('port', 0, 65_535),
        apiKey: given.text('api-key'),
        threads: given.whole('threads', 1, 1024),
      };
    case 'plan':
      return {
        name: 'plan',
        file: only(positionals.slice(1), 'FILE'),
        context: given.whole('context', 1, 16_777_216),
        ram: given.bytes('ram'),
        vram: given.bytes('vram'),
      };
    case 'inspect':
      return { name: 'inspect', reference: only(positionals.slice(1), 'FILE') };
    case 'models':
    case 'chats':
      return nestedCommand(first, second, positionals.slice(2));
    case 'help':
      return { name: 'help' };
    default:
      throw new Usage({ problem: 'unknownCommand', command: first });
  }
}

function nestedCommand(
  first: 'models' | 'chats',
  second: string | undefined,
  rest: readonly string[],
): Command {
  const name = `${first} ${second ?? 'list'}`;
  switch (name) {
    case 'models list':
    case 'chats list':
      none(rest);
      return { name };
    case 'models add':
      return { name, path: only(rest, 'FILE') };
    case 'models remove':
    case 'chats show':
      return { name, id: only(rest, 'ID') };
    case 'chats search':
      return { name, text: only(rest, 'TEXT') };
    default:
      throw new Usage({ problem: 'unknownCommand', command: name });
  }
}

function askOptions(given: Given): Omit<AskOptions, 'question'> {
  return {
    ...routingOptions(given),
    temperature: given.number('temperature', 0, 5),
    seed: given.whole('seed', 0, Number.MAX_SAFE_INTEGER),
    save: !given.is('no-save'),
  };
}

function routingOptions(given: Given): Omit<RoutingOptions, 'question'> {
  return {
    model: given.text('model'),
    system: given.text('system'),
    maxTokens: given.whole('max-tokens', 1, 1_000_000),
    threads: given.whole('threads', 1, 1024),
  };
}

/** The values of options, checked when they are asked for. */
class Given {
  readonly #values: Readonly<Record<string, unknown>>;

  constructor(values: Readonly<Record<string, unknown>>) {
    this.#values = values;
  }

  is(option: string): boolean {
    return this.#values[option] === true;
  }

  text(option: string): string | undefined {
    const value = this.#values[option];
    return typeof value === 'string' ? value : undefined;
  }

  oneOf(option: string, allowed: readonly string[]): void {
    const value = this.text(option);
    if (value !== undefined && !allowed.includes(value)) this.#refuse(option, value);
  }

  number(option: string, least: number, most: number): number | undefined {
    const value = this.text(option);
    if (value === undefined) return undefined;
    const number = value.trim() === '' ? Number.NaN : Number(value);
    if (!(number >= least && number <= most)) this.#refuse(option, value);
    return number;
  }

  whole(option: string, least: number, most: number): number | undefined {
    const number = this.number(option, least, most);
    if (number !== undefined && !Number.isInteger(number)) {
      this.#refuse(option, this.text(option) ?? '');
    }
    return number;
  }

  bytes(option: string): number | undefined {
    const value = this.text(option);
    if (value === undefined) return undefined;
    return byteCount(value) ?? this.#refuse(option, value);
  }

  #refuse(option: string, value: string): never {
    throw new Usage({ problem: 'badValue', option: `--${option}`, value });
  }
}

function none(rest: readonly string[]): void {
  const [extra] = rest;
  if (extra !== undefined) throw new Usage({ problem: 'extraArgument', argument: extra });
}

function only(rest: readonly string[], argument: string): string {
  const [value, extra] = rest;
  if (value === undefined || value.trim() === '') {
    throw new Usage({ problem: 'missingArgument', argument });
  }
  if (extra !== undefined) throw new Usage({ problem: 'extraArgument', argument: extra });
  return value;
}
