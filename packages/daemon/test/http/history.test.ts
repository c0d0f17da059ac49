/** Queries of history over HTTP: results and errors. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { MAX_ASSISTANTS } from '../../src/history/stats-bucket.ts';
import { startTestDaemon, type TestDaemon } from '../support/daemon.ts';
import { event, numberedUtterance } from '../support/harness.ts';
import { tempDir } from '../support/temp-dir.ts';

const root = tempDir();
let it: TestDaemon;
let runs = 0;

beforeEach(async () => {
  const dir = join(root, String(runs++));
  mkdirSync(dir);
  it = await startTestDaemon(dir, { limits: { pageSize: 20 } });
  for (let i = 0; i < 6; i++) {
    const call = `c${i}`;
    const at = Date.UTC(2024, 0, 1 + i);
    it.emit(
      event('call.started', { details: { direction: 'INBOUND', from: `+1415555010${i}` } }, { call, at }),
    );
    if (i % 2 === 0) {
      it.emit(event('call.status', { status: 'IN_PROGRESS' }, { call, at: at + 1000 }));
      it.emit(numberedUtterance(i, call));
      it.emit(event('call.ended', { end: { category: 'BUSY' } }, { call, at: at + 2000 + i }));
    }
  }
  await it.committed();
});

const codeOf = async (query: string): Promise<unknown> => {
  const { errors } = await it.query(query);
  return errors?.map(({ extensions: { code, argument } }) => [code, argument]);
};

describe('calls', () => {
  test('are sorted by orderBy, with calls without a value at the lower end', async () => {
    const names = async (field: string, direction: string): Promise<string> => {
      const { data } = await it.query(
        `{ calls(orderBy: { field: ${field}, direction: ${direction} }) { nodes { providerCallId } } }`,
      );
      return data.calls.nodes.map((call: { providerCallId: string }) => call.providerCallId).join(' ');
    };
    expect(await names('CREATED_AT', 'ASC')).toBe('c0 c1 c2 c3 c4 c5');
    expect(await names('ENDED_AT', 'DESC')).toMatch(/^c4 c2 c0 /);
    expect(await names('ENDED_AT', 'ASC')).toMatch(/ c0 c2 c4$/);
    expect(await names('DURATION', 'DESC')).toMatch(/^c4 c2 c0 /);
  });

  test('are paged in both directions, across the boundary to calls without a value', async () => {
    const page = async (args: string) => {
      const { data, errors } = await it.query(
        `{ calls(orderBy: { field: DURATION, direction: DESC }, ${args}) {
          edges { cursor node { providerCallId } } totalCount
          pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`,
      );
      expect(errors).toBeUndefined();
      return data.calls;
    };
    const first = await page('first: 4');
    const second = await page(`first: 4, after: "${first.pageInfo.endCursor}"`);
    const back = await page(`last: 4, before: "${second.pageInfo.startCursor}"`);
    expect(first.edges).toHaveLength(4);
    expect(second.edges).toHaveLength(2);
    expect(first.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
    expect(second.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    expect(back.edges).toEqual(first.edges);
    expect(first.totalCount).toBe(6);
  });

  test('reject a cursor of another order or list', async () => {
    const { data } = await it.query(
      '{ calls(first: 1) { pageInfo { endCursor } } searchTranscripts(query: "words") { pageInfo { endCursor } } }',
    );
    const cursors: string[] = [data.calls.pageInfo.endCursor, data.searchTranscripts.pageInfo.endCursor];
    const forged = Buffer.from('Call CREATED_AT DESC\n\ncall_x').toString('base64url');
    for (const cursor of [...cursors, forged, 'nonsense', '']) {
      const query = `{ calls(orderBy: { field: CREATED_AT, direction: ASC }, after: "${cursor}") { nodes { id } } }`;
      const { errors } = await it.query(query);
      expect(errors?.[0]).toMatchObject({
        message: expect.stringContaining('same order'),
        extensions: { code: 'CURSOR_INVALID', argument: 'after' },
      });
    }
    expect(await codeOf(`{ calls(before: "${forged}") { nodes { id } } }`)).toEqual([
      ['CURSOR_INVALID', 'before'],
    ]);
    expect(await codeOf(`{ calls(after: "${cursors[0]}") { nodes { id } } }`)).toBeUndefined();
  });

  test.each([
    ['{ number: "+1 (415) 555-0104" }', 'c4'],
    ['{ number: "1415", endCategories: [BUSY], minDurationMs: 1003 }', 'c4'],
    ['{ said: "WORDS 2" }', 'c2'],
    ['{ said: "?" }', ''],
    [
      '{ number: null, tags: null, said: null, live: null, providerIds: null, createdBefore: "2024-01-02T00:00:00Z" }',
      'c0',
    ],
  ])('that match %s are %s', async (filter, names) => {
    const { data, errors } = await it.query(`{ calls(filter: ${filter}) { nodes { providerCallId } } }`);
    expect(errors).toBeUndefined();
    expect(data.calls.nodes.map((call: { providerCallId: string }) => call.providerCallId).join(' ')).toBe(
      names,
    );
  });

  test.each([
    ['{ number: "" }', 'filter.number'],
    ['{ number: "agent" }', 'filter.number'],
    ['{ number: "1%" }', 'filter.number'],
    [`{ number: "${'1'.repeat(21)}" }`, 'filter.number'],
    [`{ said: "${'a'.repeat(501)}" }`, 'filter.said'],
    [`{ tags: [${'"a",'.repeat(101)}] }`, 'filter.tags'],
  ])('reject the filter %s with the path of the field', async (filter, argument) => {
    expect(await codeOf(`{ calls(filter: ${filter}) { nodes { id } } }`)).toEqual([
      ['INPUT_INVALID', argument],
    ]);
    expect(await codeOf(`{ callStats(filter: ${filter}) { calls } }`)).toEqual([['INPUT_INVALID', argument]]);
  });
});

test('returns tags and notes of a call', async () => {
  const id = await it.aCall();
  await it.query(`mutation { tagCall(callId: "${id}", add: ["b", "a"]) { id } }`);
  await it.query(`mutation { addNote(callId: "${id}", text: "look here", offsetMs: 5) { id } }`);
  const { data } = await it.query(
    `{ call(id: "${id}") { tags notes { text offsetMs author } } calls(filter: { tags: [" a "] }) { nodes { id } } }`,
  );
  expect(data.call).toEqual({
    tags: ['b', 'a'],
    notes: [{ text: 'look here', offsetMs: 5, author: 'local' }],
  });
  expect(data.calls.nodes).toEqual([{ id }]);
});

describe('nodes', () => {
  test('are returned in the order of their ids, with null for unknown ids', async () => {
    const id = await it.aCall();
    await it.query(`mutation { endCall(input: { callId: "${id}" }) { command { id } } }`);
    const { data: known } = await it.query(
      `{ call(id: "${id}") { commands { nodes { id } } } searchTranscripts(query: "words", first: 1) { nodes { utterance { id } } } }`,
    );
    const command = known.call.commands.nodes[0].id;
    const utterance = known.searchTranscripts.nodes[0].utterance.id;
    const ids = ['test', 'utt_unknown', utterance, id, command, '', 'unknown', id];
    const { data, errors } = await it.query('query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }', {
      ids,
    });
    expect(errors).toBeUndefined();
    expect(data.nodes).toEqual([
      { __typename: 'Provider', id: 'test' },
      null,
      { __typename: 'Utterance', id: utterance },
      { __typename: 'Call', id },
      { __typename: 'Command', id: command },
      null,
      null,
      { __typename: 'Call', id },
    ]);
  });

  test('are limited to limits.pageSize', async () => {
    const many = (count: number): string => `{ nodes(ids: [${'"x" '.repeat(count)}]) { id } }`;
    expect(await codeOf(many(20))).toBeUndefined();
    expect(await codeOf(many(21))).toEqual([['INPUT_INVALID', 'ids']]);
  });
});

describe('searchTranscripts', () => {
  test('returns snippets and utterances, newest first, in pages', async () => {
    const search = async (args: string) => {
      const { data, errors } = await it.query(
        `{ searchTranscripts(query: "words", ${args}) {
          nodes { snippet utterance { text call { providerCallId } } } pageInfo { hasNextPage hasPreviousPage endCursor } } }`,
      );
      expect(errors).toBeUndefined();
      return data.searchTranscripts;
    };
    const first = await search('first: 2');
    expect(first.nodes).toEqual([
      { snippet: '[words] 4', utterance: { text: 'words 4', call: { providerCallId: 'c4' } } },
      { snippet: '[words] 2', utterance: { text: 'words 2', call: { providerCallId: 'c2' } } },
    ]);
    const second = await search(`first: 2, after: "${first.pageInfo.endCursor}"`);
    expect(second.nodes.map(({ snippet }: { snippet: string }) => snippet)).toEqual(['[words] 0']);
    expect(second.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    expect((await search('filter: { number: "14155550102" }')).nodes).toHaveLength(1);
  });

  test('accepts any text up to the limit', async () => {
    const search = 'query ($query: String!) { searchTranscripts(query: $query) { nodes { snippet } } }';
    for (const query of ['', '"', 'words NOT 4', '\0\u202e', '"words', 'a'.repeat(500), '(*^:-']) {
      expect((await it.query(search, { query })).errors, query).toBeUndefined();
    }
    const { errors } = await it.query(search, { query: 'a'.repeat(501) });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'INPUT_INVALID', argument: 'query', maximum: 500 });
  });
});

test('callStats returns totals, counts and a series', async () => {
  const { data } = await it.query(
    `{ callStats(bucket: DAY) { calls live totalDurationMs averageDurationMs
        byProvider { provider { id } calls } byEndCategory { category calls } series { at calls totalDurationMs } }
       none: callStats(filter: { tags: ["x"] }, bucket: HOUR) { calls averageDurationMs byProvider { calls } series { at } }
       ended: callStats(filter: { live: false }) { calls series { at } } }`,
  );
  expect(data.callStats).toMatchObject({
    calls: 6,
    live: 3,
    totalDurationMs: 3006,
    averageDurationMs: 1002,
    byProvider: [{ provider: { id: 'test' }, calls: 6 }],
    byEndCategory: [{ category: 'BUSY', calls: 3 }],
  });
  expect(data.callStats.series).toHaveLength(6);
  expect(data.callStats.series[4]).toEqual({
    at: '2024-01-05T00:00:00.000Z',
    calls: 1,
    totalDurationMs: 1004,
  });
  expect(data.none).toEqual({ calls: 0, averageDurationMs: null, byProvider: [], series: [] });
  expect(data.ended).toEqual({ calls: 3, series: [] });
  it.emit(event('call.started', {}, { call: 'late', at: Date.UTC(2025, 0, 1) }));
  await it.committed();
  const { errors } = await it.query('{ callStats(bucket: HOUR) { series { at } } }');
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'INPUT_INVALID', argument: 'bucket', maximum: 1000 });
});

test('callStats follows the calendar of a time zone, splits the series, and sums costs', async () => {
  it.emit(event('call.report', { cost: { amount: 0.1, currency: 'USD' } }, { call: 'c0' }));
  it.emit(event('call.report', { cost: { amount: 0.2, currency: 'USD' } }, { call: 'c2' }));
  it.emit(event('call.report', { cost: { amount: 3, currency: 'INR' } }, { call: 'c4' }));
  await it.committed();
  const { data } = await it.query(
    `{ callStats(bucket: DAY, timeZone: "Asia/Kolkata", splitBy: END_CATEGORY) {
        series { at calls } splitSeries { key calls points { at calls } }
        costs { amount currency } durationPercentiles { p50Ms p90Ms p95Ms } }
       none: callStats(filter: { tags: ["x"] }) { costs { amount } durationPercentiles { p50Ms } splitSeries { key } } }`,
  );
  const { series, splitSeries, costs, durationPercentiles } = data.callStats;
  expect(series).toHaveLength(6);
  expect(series[0]).toEqual({ at: '2023-12-31T18:30:00.000Z', calls: 1 });
  expect(splitSeries).toMatchObject([
    { key: null, calls: 3 },
    { key: 'BUSY', calls: 3 },
  ]);
  expect(splitSeries[1].points.map(({ calls }: { calls: number }) => calls)).toEqual([1, 0, 1, 0, 1, 0]);
  expect(costs).toEqual([
    { amount: 3, currency: 'INR' },
    { amount: 0.3, currency: 'USD' },
  ]);
  for (const ms of Object.values(durationPercentiles)) {
    expect(ms).toBeGreaterThan(950);
    expect(ms).toBeLessThan(1055);
  }
  expect(data.none).toEqual({ costs: [], durationPercentiles: null, splitSeries: [] });
  it.emit(
    event('call.started', { details: { createdAt: Date.UTC(9999, 0, 1) } }, { call: 'far', at: Date.now() }),
  );
  await it.committed();
  expect(await codeOf('{ callStats(bucket: MONTH, timeZone: "Asia/Kolkata") { series { at } } }')).toEqual([
    ['INPUT_INVALID', 'bucket'],
  ]);
  const { errors } = await it.query('{ callStats(timeZone: "Mars/Olympus") { calls } }');
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'INPUT_INVALID', argument: 'timeZone' });
});

test('an end that is named later replaces an unknown one, in the call, its filter and the totals', async () => {
  const call = 'vague';
  const at = Date.UTC(2024, 0, 1);
  it.emit(event('call.started', {}, { call, at }));
  it.emit(event('call.ended', { end: { category: 'UNKNOWN' } }, { call, at: at + 1000 }));
  await it.committed();
  it.emit(event('call.ended', { end: { category: 'REJECTED' } }, { call, at: at + 2000 }));
  it.emit(event('call.ended', { end: { category: 'UNKNOWN' } }, { call, at: at + 3000 }));
  await it.committed();
  const { data } = await it.query(
    `{ calls(filter: { endCategories: [REJECTED] }) { totalCount nodes { end { category } endedAt } }
       unknown: calls(filter: { endCategories: [UNKNOWN] }) { totalCount }
       callStats { byEndCategory { category calls } } }`,
  );
  expect(data.calls).toEqual({
    totalCount: 1,
    nodes: [{ end: { category: 'REJECTED' }, endedAt: new Date(at + 1000).toISOString() }],
  });
  expect(data.unknown.totalCount).toBe(0);
  expect(data.callStats.byEndCategory).toEqual([
    { category: 'BUSY', calls: 3 },
    { category: 'REJECTED', calls: 1 },
  ]);
});

test('callStats splits by the busiest assistants, and calls are found by theirs', async () => {
  const at = Date.UTC(2024, 0, 1);
  const places = Array.from({ length: MAX_ASSISTANTS + 5 }, (_, i) => i);
  for (const i of places) {
    const assistant = i === 0 ? { providerAssistantId: 'as_0' } : { name: `A${i}` };
    const calls = i === 0 ? 3 : i <= MAX_ASSISTANTS - 1 ? 2 : 1;
    for (let n = 0; n < calls; n++)
      it.emit(event('call.started', { details: { assistant } }, { call: `a${i}-${n}`, at }));
  }
  await it.committed();
  const { data } = await it.query(
    `{ callStats(bucket: DAY, timeZone: "Asia/Kolkata", splitBy: ASSISTANT) { calls splitSeries { key calls } }
       mine: calls(filter: { assistants: ["as_0", "A24"] }) { totalCount } }`,
  );
  const [others, first, ...rest] = data.callStats.splitSeries as { key: string | null; calls: number }[];
  expect(others).toEqual({ key: null, calls: 6 + 5 });
  expect(first).toEqual({ key: 'as_0', calls: 3 });
  expect(rest.map(({ calls }) => calls)).toEqual(Array.from({ length: MAX_ASSISTANTS - 1 }, () => 2));
  expect(data.mine.totalCount).toBe(4);
});

test('pages through the events of a call, filtered by type', async () => {
  const { data } = await it.query('{ calls(filter: { said: "words 4" }) { nodes { id } } }');
  const id = data.calls.nodes[0].id as string;
  const events = async (args: string) => {
    const result = await it.query(
      `{ call(id: "${id}") { events(${args}) { edges { cursor node { type } } pageInfo { hasNextPage hasPreviousPage endCursor } } } }`,
    );
    expect(result.errors).toBeUndefined();
    return result.data.call.events;
  };
  const all = await events('first: 20');
  const types = all.edges.map(({ node }: { node: { type: string } }) => node.type);
  expect(types).toEqual(expect.arrayContaining(['CALL_STARTED', 'UTTERANCE_FINALIZED', 'CALL_ENDED']));
  const seen: string[] = [];
  let after = '';
  for (;;) {
    const page = await events(`first: 2${after}`);
    seen.push(...page.edges.map(({ node }: { node: { type: string } }) => node.type));
    if (!page.pageInfo.hasNextPage) break;
    after = `, after: "${page.pageInfo.endCursor}"`;
  }
  expect(seen).toEqual(types);
  const some = await events('types: [CALL_ENDED, UTTERANCE_FINALIZED]');
  expect(some.edges.map(({ node }: { node: { type: string } }) => node.type)).toEqual(
    types.filter((type: string) => /ENDED|FINALIZED/.test(type)),
  );
});
