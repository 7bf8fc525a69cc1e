import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChatStore } from '../../app/core/chats/chat-store.ts';
import { Database } from '../../app/core/database/database.ts';
import { startBrowser, type TestBrowser } from '../fixtures/browser.ts';
import { openPage, startTestHost, testHome } from './browser-host.ts';

let browser: TestBrowser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.browser?.close());

/** A host whose one chat holds an answer with this text. */
async function hostWithAnswer(text: string) {
  const home = testHome();
  const database = Database.open(home.database);
  const store = new ChatStore(database);
  const { id: chatId } = store.create('Stored');
  const common = { chatId, reasoning: '', attachments: [], model: null };
  const status = { state: 'finished', stopReason: 'endOfAnswer', stats: null } as const;
  const asked = store.append({ ...common, parentId: null, role: 'user', text: 'Show it', status });
  store.append({ ...common, parentId: asked.id, role: 'assistant', text, status });
  database[Symbol.dispose]();
  return startTestHost({ home });
}

const rich = `## Speed

The speed follows the **active** parameters, see [the paper](https://example.org/paper):

| model | total | active |
|:------|------:|-------:|
| small | 15.8 | 5.5 |
| large | 30.5 | 3.1 |

\`\`\`python
def active(total, used, count):
    # routed experts only
    return total * used / count
\`\`\`

With \\(k\\) of \\(n\\) experts:

\\[ a = s + \\frac{k}{n} r \\]

1. first
2. second
   - [x] done
   - [ ] open

> It costs $5 and not $6.
`;

const hostile = `<img src=x onerror="window.hit = 1"><script>window.hit = 2</script>

[click](javascript:window.hit=3) and <b onclick="window.hit=4">bold</b>

![picture](https://example.org/tracker.png)

${'> '.repeat(60)}deep

$\\href{javascript:window.hit=5}{x}$ and $\\htmlStyle{color:red}{x}$
`;

describe('markdown on the page', () => {
  it('shows headings, tables, coloured code and formulas under the strict policy', async (context) => {
    const host = await hostWithAnswer(rich);
    const { page, problems } = await openPage(browser, context, host.url);
    await page.getByRole('link', { name: 'Stored' }).click();
    const answer = page.getByRole('article', { name: 'Answer' });
    await answer.getByRole('heading', { name: 'Speed', level: 4 }).waitFor();
    expect(await answer.getByRole('cell', { name: '15.8' }).count()).toBe(1);
    await answer.locator('.katex').nth(2).waitFor();
    await expect
      .poll(() => answer.locator('pre span[style*="--code-"]').count())
      .toBeGreaterThan(5);
    expect(await answer.getByText('It costs $5 and not $6.').count()).toBe(1);
    expect(await answer.getByRole('checkbox').count()).toBe(2);
    expect(problems).toEqual([]);
  });

  it('copies code as it is written', async (context) => {
    const host = await hostWithAnswer(rich);
    const { page } = await openPage(browser, context, host.url);
    await page.getByRole('link', { name: 'Stored' }).click();
    await page.getByRole('button', { name: 'Copy the code' }).click();
    await expect
      .poll(() => page.evaluate(() => navigator.clipboard.readText()))
      .toBe(
        'def active(total, used, count):\n    # routed experts only\n    return total * used / count',
      );
  });

  it('runs and loads nothing that a model writes', async (context) => {
    const host = await hostWithAnswer(hostile);
    const { page, problems } = await openPage(browser, context, host.url);
    const requested: string[] = [];
    page.on('request', (request) => requested.push(request.url()));
    await page.getByRole('link', { name: 'Stored' }).click();
    await page.locator('.katex').first().waitFor();
    expect(await page.evaluate(() => (window as { hit?: number }).hit)).toBeUndefined();
    expect(await page.locator('a[href^="javascript:"]').count()).toBe(0);
    expect(await page.locator('article img').count()).toBe(0);
    expect(requested.filter((url) => !url.startsWith(new URL(host.url).origin))).toEqual([]);
    expect(problems).toEqual([]);
  });
});
