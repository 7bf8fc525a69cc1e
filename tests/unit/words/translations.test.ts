import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const subjects = readdirSync(join(root, 'messages'))
  .filter((name) => name.endsWith('.en.json'))
  .map((name) => name.replace('.en.json', ''));

/** Words that are the same in both languages. */
const shared = new Set([
  'chats',
  'download_page',
  'terminal_serving_api',
  'stats_tokens',
  'wish_threads',
  'known_threads',
]);

function read(subject: string, locale: string): Record<string, string> {
  const text = readFileSync(join(root, 'messages', `${subject}.${locale}.json`), 'utf8');
  const messages = JSON.parse(text) as Record<string, string>;
  return Object.fromEntries(Object.entries(messages).filter(([key]) => key !== '$schema'));
}

function placeholders(message: string): string[] {
  return (message.match(/\{\w+\}/g) ?? []).toSorted();
}

describe.each(subjects)('the sentences of %s', (subject) => {
  const english = read(subject, 'en');
  const german = read(subject, 'de');

  it('are all there in both languages', () => {
    expect(Object.keys(german)).toEqual(Object.keys(english));
    expect([...Object.values(english), ...Object.values(german)]).not.toContain('');
  });

  it('take the same values in both languages', () => {
    const valuesOf = (messages: Record<string, string>) =>
      Object.entries(messages).map(([key, message]) => [key, placeholders(message)]);
    expect(valuesOf(german)).toEqual(valuesOf(english));
  });

  it('are really translated', () => {
    const same = Object.keys(english).filter(
      (key) => english[key] === german[key] && /[a-z]{4}/i.test(bare(english[key] ?? '')),
    );
    expect(same.filter((key) => !shared.has(key))).toEqual([]);
  });

  it('do not shout', () => {
    expect([...Object.values(english), ...Object.values(german)].join('')).not.toMatch(/!|Oops/);
  });
});

/** The message without its placeholders. */
function bare(message: string): string {
  return message.replaceAll(/\{\w+\}/g, '');
}

describe('the components', () => {
  const components = readdirSync(join(root, 'renderer'), {
    recursive: true,
    encoding: 'utf8',
  }).filter((name) => name.endsWith('.svelte'));

  it.each(components)('%s has no words of its own', (name) => {
    const source = readFileSync(join(root, 'renderer', name), 'utf8');
    const markup = source
      .replaceAll(/<script[\s\S]*?<\/script>|<style[\s\S]*?<\/style>|<!--[\s\S]*?-->/g, '')
      .replaceAll(/\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}/g, '')
      .replaceAll(/<[^>]*>/g, ' ');
    expect(markup.match(/[A-Za-zÄÖÜäöüß]{3,}/g) ?? []).toEqual([]);
  });
});
