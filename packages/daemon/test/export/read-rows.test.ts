import type { Call, CallId, CallRecord } from '@sidetone/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeExportCursor, encodeExportCursor } from '../../src/export/cursor.ts';
import { EXPORT_CONTENTS, type ExportContent } from '../../src/export/contents.ts';
import { EXPORT_PAGE_ROWS, readRows, type ExportedRow } from '../../src/export/read-rows.ts';
import type { KeysetPosition, Page, PageRequest } from '../../src/history/paging.ts';

interface FakeCall {
  readonly id: string;
  readonly createdAt: number;
  readonly rows: number;
}

/** Pages of rows that are in order, as the store reads them. */
function pageOf<Row>(
  rows: readonly Row[],
  keyOf: (row: Row) => KeysetPosition,
  page: PageRequest,
): Page<Row> {
  const compare = (a: KeysetPosition, b: KeysetPosition): number =>
    a.key! - b.key! || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
  const rest = rows.filter((row) => !page.after || compare(keyOf(row), page.after) > 0);
  return { rows: rest.slice(0, page.limit), more: rest.length > page.limit };
}

function historyOf(calls: readonly FakeCall[]) {
  const sorted = calls.toSorted((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
  const rowsOf = (id: CallId): readonly number[] =>
    Array.from({ length: calls.find((call) => call.id === id)?.rows ?? 0 }, (_, i) => i + 1);
  let queries = 0;
  return {
    get queries() {
      return queries;
    },
    history: {
      calls: (_filter: object, page: PageRequest) => {
        queries++;
        const found = pageOf(sorted, ({ createdAt, id }) => ({ key: createdAt, id }), page);
        return Promise.resolve(found as unknown as Page<Call>);
      },
      events: (callId: CallId, { after, limit }: { after: number; limit: number }) => {
        queries++;
        const found = rowsOf(callId)
          .filter((position) => position > after)
          .map((position): CallRecord => ({
            position,
            callId,
            at: 0,
            fact: { type: 'CALL_TAGGED', tag: 'x' } as never,
          }));
        return Promise.resolve({ rows: found.slice(0, limit), more: found.length > limit });
      },
      utterances: (callId: CallId, page: PageRequest) => {
        queries++;
        // Two of the same time.
        const rows = rowsOf(callId).map((i) => ({
          callId,
          position: i,
          at: 0,
          orderMs: i >> 1,
          utterance: { id: String(i).padStart(6, '0'), party: 'CUSTOMER', text: 'x' } as never,
        }));
        return Promise.resolve(
          pageOf(
            rows,
            ({ orderMs, utterance }) => ({ key: orderMs, id: (utterance as { id: string }).id }),
            page,
          ),
        );
      },
    },
  };
}

async function read(
  content: ExportContent,
  { history }: ReturnType<typeof historyOf>,
  cursor?: string,
): Promise<ExportedRow[]> {
  const after = cursor === undefined ? undefined : decodeExportCursor(content, cursor);
  const all: ExportedRow[] = [];
  const pages = readRows(
    { content, filter: {}, ...(after && { after }) },
    { history, cursors: { encode: String } },
  );
  for await (const page of pages) {
    expect(page.length).toBeGreaterThan(0);
    expect(page.length).toBeLessThanOrEqual(EXPORT_PAGE_ROWS);
    all.push(...page);
  }
  return all;
}

const fakeCalls = fc.uniqueArray(
  fc.record({
    id: fc.integer({ min: 0, max: 999 }).map((id) => `call_${id}`),
    createdAt: fc.integer({ min: -5, max: 5 }),
    rows: fc.oneof(
      fc.integer({ min: 0, max: 3 }),
      fc.constantFrom(EXPORT_PAGE_ROWS - 1, EXPORT_PAGE_ROWS, 2 * EXPORT_PAGE_ROWS + 1),
    ),
  }),
  { selector: ({ id }) => id, maxLength: 45 },
);

test.each(EXPORT_CONTENTS)(
  'continues an export of %s after each row, without a gap or a repetition',
  async (content) => {
    await fc.assert(
      fc.asyncProperty(fakeCalls, fc.nat(), async (calls, at) => {
        const it = historyOf(calls);
        const all = await read(content, it);
        const expected = content === 'calls' ? calls.length : calls.reduce((sum, { rows }) => sum + rows, 0);
        expect(all).toHaveLength(expected);
        if (all.length === 0) return;
        const last = at % all.length;
        const cursor = encodeExportCursor(content, all[last]!.position);
        expect(await read(content, it, cursor)).toEqual(all.slice(last + 1));
      }),
      { numRuns: 30 },
    );
  },
);

test('continues after the calls of a row whose call was erased', async () => {
  const calls = [1, 2, 3].map((i) => ({ id: `call_${i}`, createdAt: i, rows: 2 }));
  const all = await read('events', historyOf(calls));
  const rest = await read(
    'events',
    historyOf(calls.toSpliced(1, 1)),
    encodeExportCursor('events', all[2]!.position),
  );
  expect(rest).toEqual(all.slice(4));
});

test('reads no page before the rows of the last one are requested', async () => {
  const it = historyOf(Array.from({ length: 1000 }, (_, i) => ({ id: `call_${i}`, createdAt: i, rows: 0 })));
  const pages = readRows(
    { content: 'calls', filter: {} },
    { history: it.history, cursors: { encode: String } },
  );
  await pages.next();
  expect(it.queries).toBe(1);
  await pages.return(undefined);
  expect(it.queries).toBe(1);
});

test.each([
  '',
  'x',
  Buffer.from('calls\n1').toString('base64url'),
  Buffer.from('calls\nx\ncall_1').toString('base64url'),
])('rejects a cursor that is not one of this list: %j', (cursor) => {
  expect(() => decodeExportCursor('calls', cursor)).toThrow(
    expect.objectContaining({ code: 'CURSOR_INVALID' }),
  );
  expect(() =>
    decodeExportCursor('events', encodeExportCursor('calls', { call: { key: 1, id: 'call_1' } })),
  ).toThrow(expect.objectContaining({ code: 'CURSOR_INVALID' }));
});
