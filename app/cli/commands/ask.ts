/** `moewe ask`: asks, prints the answer as it comes, and keeps both as a chat unless told not to. */
import type { AnswerStats, Attachment, Sampling, StopReason } from '../../contract/answers.ts';
import { errorFromFacts, MoeweError } from '../../contract/errors.ts';
import type { AnsweringModel } from '../../contract/models.ts';
import type { Assistant } from '../../core/assistant.ts';
import { m } from '../../words/generated/messages.js';
import type { AskOptions } from '../arguments.ts';
import { interruption, showLoading } from '../answer-progress.ts';
import { exitCodes, type ExitCode } from '../exit-code.ts';
import { pipedText } from '../piped-input.ts';
import type { Terminal } from '../terminal.ts';

/** An answer as the command knows it in the end. */
interface Answered {
  readonly chatId: string | null;
  readonly answer: string;
  readonly reasoning: string;
  readonly stopReason: StopReason;
  readonly model: AnsweringModel | null;
  readonly stats: AnswerStats | null;
}

/** Runs the command. Errors: all that asking has. */
export async function ask(
  assistant: Assistant,
  options: AskOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const attachments = await attachmentsOf(terminal);
  // A model that can't be read is refused before anything is kept.
  const model = options.model === undefined ? null : await assistant.resolveModel(options.model);
  const interrupted = interruption();
  const watching = new AbortController();
  const show = terminal.json ? () => undefined : (text: string) => terminal.print(text);
  void showLoading(assistant, terminal, watching.signal);
  const order = { ...options, modelId: model?.id, attachments };
  try {
    const answered = options.save
      ? await askKept(assistant, order, show, interrupted)
      : await askUnkept(assistant, order, show, interrupted);
    if (terminal.json) terminal.document(answered);
    else terminal.print('\n');
    return answered.stopReason === 'stopped' ? exitCodes.interrupted : exitCodes.done;
  } finally {
    watching.abort();
  }
}

type Order = AskOptions & {
  readonly modelId: string | undefined;
  readonly attachments: Attachment[];
};

async function askKept(
  { client }: Assistant,
  order: Order,
  show: (text: string) => void,
  interrupted: AbortSignal,
): Promise<Answered> {
  const { question, attachments, modelId, system, maxTokens } = order;
  const { chatId, answerId } = await client.answers.ask({
    text: question,
    attachments,
    modelId,
    instructions: system,
    sampling: samplingOf(order),
    maxTokens,
  });
  // Ctrl+C may come when the answer is over and the assistant closing: then nothing is to be stopped.
  const stop = () => void client.answers.stop({ answerId }).catch(() => undefined);
  if (interrupted.aborted) stop();
  interrupted.addEventListener('abort', stop, { once: true });
  for await (const event of client.chats.open({ id: chatId })) {
    if (event.type === 'opened') show(event.messages.at(-1)?.text ?? '');
    if (event.type === 'delta') show(event.text);
    if (event.type !== 'status' && event.type !== 'opened') continue;
    const { messages } = await client.chats.show({ id: chatId });
    const answer = messages.find(({ id }) => id === answerId);
    if (answer?.status.state === 'failed') throw errorFromFacts(answer.status.error);
    if (answer?.status.state !== 'finished') continue;
    const { stopReason, stats } = answer.status;
    const { text, reasoning, model } = answer;
    return { chatId, answer: text, reasoning, stopReason, model, stats };
  }
  throw new MoeweError('connectionLost', {});
}

async function askUnkept(
  assistant: Assistant,
  order: Order,
  show: (text: string) => void,
  interrupted: AbortSignal,
): Promise<Answered> {
  const { question, attachments, modelId, system, maxTokens } = order;
  const files = attachments.map(({ name, text }) => `${name}:\n${text}`);
  const user = { role: 'user', text: [...files, question].join('\n\n') } as const;
  const messages =
    system === undefined ? [user] : [{ role: 'system', text: system } as const, user];
  const completion = { messages, model: modelId, sampling: samplingOf(order), maxTokens };
  let [answer, reasoning] = ['', ''];
  let model: AnsweringModel | null = null;
  for await (const event of assistant.complete(completion, interrupted)) {
    if (event.type === 'started') ({ model } = event);
    if (event.type === 'delta') {
      answer += event.text;
      reasoning += event.reasoning;
      show(event.text);
    }
    if (event.type !== 'finished') continue;
    const { stopReason, stats } = event;
    return { chatId: null, answer, reasoning, stopReason, model, stats };
  }
  throw new MoeweError('connectionLost', {});
}

function samplingOf({ temperature, seed }: AskOptions): Sampling {
  return { temperature, seed };
}

async function attachmentsOf({ locale }: Terminal): Promise<Attachment[]> {
  const name = m.terminal_stdin_name({}, { locale });
  const text = await pipedText(name);
  return text === null ? [] : [{ name, text }];
}
