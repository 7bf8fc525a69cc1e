/** Which addresses of a model's text become links. The core checks again before it opens one. */

const schemes = new Set(['http:', 'https:', 'mailto:']);

/** The address in its normal form; null for anything but web and e-mail. */
export function safeLink(address: string): string | null {
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  return schemes.has(url.protocol) ? url.href : null;
}
