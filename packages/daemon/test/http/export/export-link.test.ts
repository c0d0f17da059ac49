/** Signed URLs of exports, over real HTTP: the rows that they grant, and nothing else. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { auditLog } from '../../../src/store/schema.ts';
import { databaseOf, startTestDaemon, type GraphqlAnswer, type TestDaemon } from '../../support/daemon.ts';
import { event } from '../../support/harness.ts';
import { tempDir } from '../../support/temp-dir.ts';

const secretOf = (name: string): string => `token-of-${name}-0123456789`;
const tokenOf = (name: string, scopes: string[]) => ({ name, token: secretOf(name), scopes });
const TOKENS = [
  tokenOf('reader', ['read']),
  tokenOf('masked', ['read', 'masked-numbers']),
  tokenOf('controller', ['control']),
];

const root = tempDir();
let runs = 0;
let it: TestDaemon;
beforeEach(async () => {
  const dir = join(root, String(runs++));
  mkdirSync(dir);
  it = await startTestDaemon(dir, { auth: { tokens: TOKENS } });
  for (const [i, category] of ['BUSY', 'CUSTOMER_ENDED', 'BUSY'].entries()) {
    const [call, at] = [`c${i}`, Date.UTC(2024, 0, 1 + i)];
    it.emit(event('call.started', { details: { direction: 'INBOUND', from: '+14155550101' } }, { call, at }));
    it.emit(event('call.ended', { end: { category } as never }, { call, at: at + 1000 }));
  }
  await it.committed();
});

async function answerTo(name: string, args: string): Promise<GraphqlAnswer> {
  const response = await fetch(it.url('graphql'), {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${secretOf(name)}` },
    body: JSON.stringify({ query: `{ exportUrl${args} { url expiresAt } }` }),
  });
  return (await response.json()) as GraphqlAnswer;
}

async function urlFor(args: string, name = 'reader'): Promise<URL> {
  const { data, errors } = await answerTo(name, args);
  expect(errors).toBeUndefined();
  const { url } = (data as { exportUrl: { url: string } }).exportUrl;
  const { pathname, search } = new URL(url);
  return new URL(it.url(pathname.slice(1)) + search);
}

const BUSY = '(filter: { endCategories: [BUSY], createdAfter: "2024-01-02T00:00:00Z" })';

test('a link downloads the rows of its filter without a token, and names its maker in the audit log', async () => {
  const response = await fetch(await urlFor(BUSY));
  expect(response.status).toBe(200);
  expect(response.headers.get('content-disposition')).toBe('attachment; filename="calls.csv"');
  const rows = (await response.text()).trim().split('\r\n');
  expect(rows).toHaveLength(2);
  expect(rows[1]).toContain('c2');
  const entries = databaseOf(it).db.select().from(auditLog).all();
  expect(entries.filter(({ action }) => action === 'EXPORT')).toMatchObject([{ by: 'reader' }]);
});

const CHANGES: readonly (readonly [what: string, change: (url: URL) => void])[] = [
  ['another filter', (url: URL) => url.searchParams.set('filter', '{}')],
  ['no filter', (url: URL) => url.searchParams.delete('filter')],
  ['a second filter', (url: URL) => url.searchParams.append('filter', '{}')],
  ['another path', (url: URL) => void (url.pathname = url.pathname.replace('calls', 'utterances'))],
  ['another expiry', (url: URL) => url.searchParams.set('expires', '99999999999')],
  ['a cursor', (url: URL) => url.searchParams.set('after', 'x')],
];

test('a link that was changed is not valid', async () => {
  for (const [what, change] of CHANGES) {
    const url = await urlFor(BUSY);
    change(url);
    const response = await fetch(url);
    const problem = [what, response.status, await response.text()];
    expect(problem).toEqual([what, 403, expect.stringContaining('MEDIA_LINK_INVALID')]);
  }
});

test('a link grants no transcript, and the numbers of its maker stay masked', async () => {
  const link = await urlFor('');
  const transcript = new URL(`${it.url('calls/call_1/transcript.txt')}${link.search}`);
  expect((await fetch(transcript)).status).toBe(401);
  const rows = await (await fetch(await urlFor('(format: JSONL)', 'masked'))).text();
  expect(rows).not.toContain('+14155550101');
  expect(rows).toContain('c0');
});

test('a link requires the scope read, and a valid filter', async () => {
  const codeOf = ({ errors }: GraphqlAnswer) => errors?.[0]?.extensions?.['code'];
  expect(codeOf(await answerTo('controller', ''))).toBe('FORBIDDEN');
  expect(codeOf(await answerTo('reader', '(filter: { number: "x" })'))).toBe('INPUT_INVALID');
  expect(codeOf(await answerTo('masked', '(filter: { number: "4155550101" })'))).toBe('FORBIDDEN');
});
