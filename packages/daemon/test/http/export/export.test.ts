/** Exports over HTTP. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CallId } from '@sidetone/core';
import { beforeEach, describe, expect, test } from 'vitest';
import { auditLog } from '../../../src/store/schema.ts';
import * as tokens from '../../../src/tokens.ts';
import { databaseOf, startTestDaemon, until, type TestDaemon } from '../../support/daemon.ts';
import { event, numberedUtterance } from '../../support/harness.ts';
import { tempDir } from '../../support/temp-dir.ts';

const root = tempDir();
let it: TestDaemon;
let runs = 0;

async function start(settings: Record<string, unknown> = {}): Promise<void> {
  const dir = join(root, String(runs++));
  mkdirSync(dir);
  it = await startTestDaemon(dir, settings);
  for (let i = 0; i < 3; i++) {
    const call = `c${i}`;
    const at = Date.UTC(2024, 0, 1 + i);
    it.emit(
      event('call.started', { details: { direction: 'INBOUND', from: `+1415555010${i}` } }, { call, at }),
    );
    it.emit(event('call.status', { status: 'IN_PROGRESS' }, { call, at: at + 1000 }));
    it.emit(numberedUtterance(i, call));
    it.emit(
      event(
        'call.ended',
        { end: { category: i === 1 ? 'BUSY' : 'CUSTOMER_ENDED' } as never },
        { call, at: at + 3000 },
      ),
    );
  }
  await it.committed();
}

beforeEach(() => start());

const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(it.url(path), { headers });

/** Returns the parsed lines of an export. */
async function lines(path: string): Promise<Record<string, unknown>[]> {
  const response = await get(path);
  expect(response.status).toBe(200);
  return (await response.text())
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

const filter = (value: unknown): string => `filter=${encodeURIComponent(JSON.stringify(value))}`;

describe('rows', () => {
  test('of calls are JSON lines, the oldest first, and continue after a cursor', async () => {
    const all = await lines('export/calls.jsonl');
    expect(all).toMatchObject([
      { providerCallId: 'c0', from: '+14155550100', durationMs: 2000, createdAt: '2024-01-01T00:00:00.000Z' },
      { providerCallId: 'c1', end: { category: 'BUSY' } },
      { providerCallId: 'c2' },
    ]);
    expect(await lines(`export/calls.jsonl?after=${all[0]!['cursor'] as string}`)).toEqual(all.slice(1));
    expect(await lines(`export/calls.jsonl?after=${all[2]!['cursor'] as string}`)).toEqual([]);
  });

  test('of calls are those of the filter of the API', async () => {
    const selected = async (value: unknown): Promise<unknown[]> =>
      (await lines(`export/calls.jsonl?${filter(value)}`)).map(({ providerCallId }) => providerCallId);
    expect(await selected({ endCategories: ['BUSY'] })).toEqual(['c1']);
    expect(await selected({ createdAfter: '2024-01-02T00:00:00Z' })).toEqual(['c1', 'c2']);
    expect(await selected({ number: '415 555 0102' })).toEqual(['c2']);
  });

  test('of calls are CSV, with a head unless an export is continued', async () => {
    const response = await get('export/calls.csv');
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="calls.csv"');
    const [head, ...records] = (await response.text()).trimEnd().split('\r\n');
    expect(head).toMatch(/^id,providerId,providerCallId,.*,cursor$/);
    expect(records).toHaveLength(3);
    const cursor = records[1]!.split(',').at(-1)!;
    expect(await (await get(`export/calls.csv?after=${cursor}`)).text()).toBe(`${records[2]}\r\n`);
  });

  test('of utterances and events have their call, and the events the cursor of subscriptions', async () => {
    const utterances = await lines('export/utterances.jsonl');
    expect(utterances).toMatchObject([0, 1, 2].map((i) => ({ text: expect.stringContaining(String(i)) })));
    expect(await lines(`export/utterances.jsonl?after=${utterances[0]!['cursor'] as string}`)).toEqual(
      utterances.slice(1),
    );
    const events = await lines(`export/events.jsonl?${filter({ endCategories: ['BUSY'] })}`);
    expect(new Set(events.map(({ callId }) => callId))).toEqual(new Set([utterances[1]!['callId']]));
    const { data } = await it.query(
      `{ call(id: "${utterances[1]!['callId'] as string}") { events { nodes { cursor type } } } }`,
    );
    expect(events.map(({ eventCursor, type }) => ({ cursor: eventCursor, type }))).toEqual(
      data.call.events.nodes,
    );
  });

  test('are written to the audit log once for each export', async () => {
    await lines('export/utterances.jsonl');
    await get('export/calls.csv').then((response) => response.text());
    const { db } = databaseOf(it);
    const entries = db.select({ action: auditLog.action, details: auditLog.details }).from(auditLog).all();
    expect(entries).toEqual([
      { action: 'EXPORT', details: JSON.stringify({ content: 'utterances', format: 'jsonl' }) },
      { action: 'EXPORT', details: JSON.stringify({ content: 'calls', format: 'csv' }) },
    ]);
  });

  test.each([
    ['filter={', 'INPUT_INVALID: filter: expected a JSON object'],
    [filter({ wrong: 1 }), 'INPUT_INVALID: filter: Field "wrong" is not defined'],
    [filter({ endCategories: ['NONE'] }), 'INPUT_INVALID: filter.endCategories.0: Value "NONE"'],
    [filter({ createdAfter: 'today' }), 'INPUT_INVALID: filter.createdAfter: '],
    ['after=x', 'CURSOR_INVALID: after: expected a cursor of an export'],
    ['limit=5', 'INPUT_INVALID: limit: expected one of filter, after'],
  ])('are rejected with the reason: %s', async (query, message) => {
    const response = await get(`export/calls.jsonl?${query}`);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain(message);
  });

  test('are sent to a limited number of clients at once', async () => {
    const history = it.daemon.parts.resolve(tokens.HISTORY);
    const original = history.calls.bind(history);
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    let waiting = 0;
    (history as { calls: typeof original }).calls = async (...args) => {
      waiting++;
      await released;
      return original(...args);
    };
    const first = [get('export/calls.jsonl'), get('export/events.jsonl')];
    await until(() => waiting === 2, 'two exports run');
    const third = await get('export/calls.jsonl');
    expect([third.status, third.headers.get('retry-after')]).toEqual([429, '1']);
    expect(await third.text()).toContain('LIMIT_EXCEEDED: limit reached: limits.exports (2)');
    release();
    for (const response of await Promise.all(first)) expect(response.status).toBe(200);
    expect((await get('export/calls.jsonl')).status).toBe(200);
  });

  test('require the scope read', async () => {
    await start({
      auth: { tokens: [{ name: 'listener', token: 'token-of-the-listener-0123', scopes: ['listen'] }] },
    });
    expect((await get('export/calls.jsonl')).status).toBe(401);
    const authorization = 'Bearer token-of-the-listener-0123';
    const response = await get('export/calls.jsonl', { authorization });
    expect([response.status, await response.text()]).toEqual([403, expect.stringContaining('scope READ')]);
    expect((await get('calls/call_1/transcript.vtt', { authorization })).status).toBe(403);
  });
});

test('telephone numbers are masked for tokens that may not see them', async () => {
  const token = 'token-of-the-supervisor-0123';
  await start({ auth: { tokens: [{ name: 'supervisor', token, scopes: ['read', 'masked-numbers'] }] } });
  it.emit(event('utterance.final', { party: 'CUSTOMER', text: 'call me at 98765 43210' }, { call: 'c0' }));
  it.emit(event('call.report', { summary: 'wants 98765 43210' }, { call: 'c0' }));
  await it.committed();
  const authorization = `Bearer ${token}`;
  const text = async (path: string): Promise<string> => (await get(path, { authorization })).text();
  const [call] = (await text('export/calls.jsonl'))
    .split('\n')
    .map((line) => JSON.parse(line || '{}') as CallRow);
  expect(call!.from).toBe('+•••••••••00');
  for (const content of ['calls', 'events', 'utterances'])
    for (const format of ['jsonl', 'csv']) {
      const exported = await text(`export/${content}.${format}`);
      expect(exported).not.toMatch(/1415555|98765/);
      expect(exported).toMatch(/•00|•10/);
    }
  expect(await text(`calls/${call!.id}/transcript.srt`)).toMatch(/call me at ••••• •••10/);
  for (const search of [{ number: '415 555 0102' }, { said: '98765 43210' }])
    expect((await get(`export/calls.jsonl?${filter(search)}`, { authorization })).status).toBe(403);
});

interface CallRow {
  readonly id: string;
  readonly from: string;
}

describe('a transcript', () => {
  test('is text, WebVTT or SubRip', async () => {
    const callId = (await lines('export/calls.jsonl'))[2]!['id'] as CallId;
    const [line] = (await lines('export/utterances.jsonl')).filter((each) => each['callId'] === callId);
    const text = async (format: string): Promise<string> => {
      const response = await get(`calls/${callId}/transcript.${format}`);
      expect(response.headers.get('content-disposition')).toBe(`attachment; filename="${callId}.${format}"`);
      return response.text();
    };
    expect(await text('txt')).toMatch(new RegExp(`^\\[00:00:\\d\\d\\] \\w+: ${line!['text'] as string}\n$`));
    expect(await text('vtt')).toMatch(/^WEBVTT\n\n.+\n00:00:\d\d\.\d{3} --> 00:00:\d\d\.\d{3}\n<v \w+>.+\n$/);
    expect(await text('srt')).toMatch(/^1\n00:00:\d\d,\d{3} --> 00:00:\d\d,\d{3}\n\w+: .+\n$/);
  });

  test('of an unknown call is not found', async () => {
    const response = await get('calls/call_unknown/transcript.srt');
    expect([response.status, await response.text()]).toEqual([
      404,
      expect.stringContaining('CALL_NOT_FOUND'),
    ]);
  });
});
