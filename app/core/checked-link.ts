/** Which links may leave the app. A model writes links too, so none is trusted. */
import { MoeweError } from '../contract/errors.ts';

const schemes = new Set(['http:', 'https:', 'mailto:']);

/** The link in its normal form. Throws `linkRefused` unless it is http, https or mailto. */
export function checkedLink(link: string): string {
  const url = URL.canParse(link) ? new URL(link) : null;
  if (url === null || !schemes.has(url.protocol)) {
    throw new MoeweError('linkRefused', { link: link.slice(0, 200) });
  }
  return url.href;
}
