/** The small page for a browser that came without the key: what happened and what to do. */
import { m } from '../words/generated/messages.js';
import { localeFor } from '../words/locale.ts';

/** A page in the language that the browser prefers; it loads nothing. */
export function refusalPage(acceptLanguage = ''): string {
  const tags = acceptLanguage.split(',').map((tag) => tag.split(';')[0]?.trim() ?? '');
  const locale = localeFor(tags);
  const title = m.refused_title({}, { locale });
  return `<!doctype html>
<html lang="${locale}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Moewe</title>
<h1>${title}</h1>
<p>${m.refused_todo({}, { locale })}</p>
</html>
`;
}
