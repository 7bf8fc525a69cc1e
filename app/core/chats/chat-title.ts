/** The first title of a chat. */

const longest = 60;

/** The first words of the first question, cut at a word. */
export function chatTitle(question: string): string {
  const line = question.trim().replaceAll(/\s+/g, ' ');
  if (line.length <= longest) return line;
  const cut = line.slice(0, longest + 1);
  const lastSpace = cut.lastIndexOf(' ');
  return `${lastSpace > longest / 2 ? cut.slice(0, lastSpace) : line.slice(0, longest)}…`;
}
