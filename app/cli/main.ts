/** The terminal host's composition root: one command line, one assistant, one exit code. */
import { errorFactsOf } from '../contract/errors.ts';
import { appPlaces } from '../core/app-places.ts';
import { openAssistant, type Assistant } from '../core/assistant.ts';
import { nodeEngineProcess } from '../core/engine/node-engine-process.ts';
import { defaultHomeFolder, homeAt, type Home } from '../core/home.ts';
import { Log } from '../core/log.ts';
import { m } from '../words/generated/messages.js';
import { environmentLanguages, localeFor } from '../words/locale.ts';
import { parseArguments, type Command } from './arguments.ts';
import { ask } from './commands/ask.ts';
import { bench } from './commands/bench.ts';
import { inspect } from './commands/inspect.ts';
import { listChats, searchChats, showChat } from './commands/chats.ts';
import { addModel, listModels, removeModel } from './commands/models.ts';
import { routing } from './commands/routing.ts';
import { plan } from './commands/plan.ts';
import { serve } from './commands/serve.ts';
import { exitCodeOf, exitCodes, type ExitCode } from './exit-code.ts';
import { terminalHost } from './terminal-host.ts';
import { Terminal } from './terminal.ts';
import { usageSentence } from './usage-sentence.ts';

/**
 * Runs `moewe WORDS…` and returns its exit code. `appFolder` is the folder of package.json. Never
 * throws: a failure is a sentence on stderr.
 */
export async function runCli(appFolder: string, words: readonly string[]): Promise<ExitCode> {
  const parsed = parseArguments(words);
  const { json, home: homeFolder, lang } = parsed.common;
  const languages = lang === undefined ? environmentLanguages(process.env) : [lang];
  const terminal = new Terminal(localeFor(languages), json);
  endQuietlyWithReader();
  if ('usage' in parsed) {
    terminal.note(usageSentence(parsed.usage, terminal.locale));
    return exitCodes.usage;
  }
  const home = homeAt(homeFolder ?? defaultHomeFolder());
  try {
    return await run(parsed.command, appFolder, home, terminal);
  } catch (thrown) {
    const facts = errorFactsOf(thrown);
    if (facts.code === 'internal') {
      new Log(home.logs).write({ event: 'defect', detail: String(facts.data['detail']) });
    }
    terminal.error(facts);
    return exitCodeOf(facts.code);
  }
}

async function run(
  command: Command,
  appFolder: string,
  home: Home,
  terminal: Terminal,
): Promise<ExitCode> {
  switch (command.name) {
    case 'help':
      terminal.print(`${m.terminal_help({}, { locale: terminal.locale })}\n`);
      return exitCodes.done;
    case 'version':
      terminal.print(`${appPlaces(appFolder).version}\n`);
      return exitCodes.done;
    case 'serve':
      return serve(appFolder, home, command, terminal);
    case 'inspect':
      await inspect(command.reference, terminal, () =>
        openTerminalAssistant(appFolder, home, undefined),
      );
      return exitCodes.done;
    default: {
      const threads = 'threads' in command ? command.threads : undefined;
      await using assistant = openTerminalAssistant(appFolder, home, threads);
      return await runWith(assistant, command, terminal);
    }
  }
}

async function runWith(
  assistant: Assistant,
  command: Exclude<Command, { name: 'help' | 'version' | 'serve' | 'inspect' }>,
  terminal: Terminal,
): Promise<ExitCode> {
  switch (command.name) {
    case 'ask':
      return ask(assistant, command, terminal);
    case 'bench':
      await bench(assistant, command, terminal);
      break;
    case 'routing':
      return routing(assistant, command, terminal);
    case 'plan':
      await plan(assistant, command, terminal);
      break;
    case 'models list':
      await listModels(assistant, terminal);
      break;
    case 'models add':
      await addModel(assistant, command.path, terminal);
      break;
    case 'models remove':
      await removeModel(assistant, command.id, terminal);
      break;
    case 'chats list':
      await listChats(assistant, terminal);
      break;
    case 'chats show':
      await showChat(assistant, command.id, terminal);
      break;
    case 'chats search':
      await searchChats(assistant, command.text, terminal);
      break;
  }
  return exitCodes.done;
}

/** A command does not hold the home: it may run beside the app. */
function openTerminalAssistant(
  appFolder: string,
  home: Home,
  threads: number | undefined,
): Assistant {
  const { version, resourcesFolder, engineEntry } = appPlaces(appFolder);
  return openAssistant({
    home,
    resourcesFolder,
    version,
    host: terminalHost,
    startEngineProcess: nodeEngineProcess(engineEntry),
    threads,
    holdsLock: false,
    preloadsModel: false,
  });
}

/** `moewe … | head` closes our stdout when it has seen enough: that is no failure. */
function endQuietlyWithReader(): void {
  process.stdout.on('error', (thrown: NodeJS.ErrnoException) => {
    if (thrown.code === 'EPIPE') process.exit(exitCodes.done);
    throw thrown;
  });
}
