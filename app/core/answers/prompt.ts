/** Turns a branch of a chat into the conversation that the model reads. Pure. */
import type { Attachment, Message } from '../../contract/answers.ts';
import type { PromptMessage } from '../../contract/engine.ts';

/**
 * Instructions, then questions and answers in order. A question whose answer never came to a word
 * (failed, stopped at once) is left out with it: templates expect the two to alternate.
 */
export function promptOf(branch: readonly Message[], instructions: string): PromptMessage[] {
  const spoken = branch.filter((message, index) => {
    const next = branch[index + 1];
    const unanswered = next !== undefined && isEmptyAnswer(next);
    return !isEmptyAnswer(message) && !unanswered;
  });
  const system: PromptMessage[] =
    instructions.trim() === '' ? [] : [{ role: 'system', text: instructions }];
  return [
    ...system,
    ...spoken.map(({ role, text, attachments }) => ({
      role,
      text: withAttachments(text, attachments),
    })),
  ];
}

/** Attachments come first, each named and fenced, so that the question stands at the end. */
function withAttachments(text: string, attachments: readonly Attachment[]): string {
  const files = attachments.map(
    (file) => `<file name=${JSON.stringify(file.name)}>\n${file.text.trimEnd()}\n</file>`,
  );
  return [...files, text].join('\n\n');
}

function isEmptyAnswer({ role, text }: Message): boolean {
  return role === 'assistant' && text === '';
}
