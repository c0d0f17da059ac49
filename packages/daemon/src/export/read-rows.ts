/**
 * Reads the rows of an export page by page, the oldest calls first. Each page is a query of the history, which runs in a
 * reader thread; the next one is read when the client has accepted the rows of the last one.
 */
import type { Call, CallId } from '@sidetone/core';
import type { Cursors } from '../calls/cursor.ts';
import type { CallFilter } from '../calls/ports.ts';
import type { CallOrder } from '../history/call-order.ts';
import type { KeysetPosition, Page } from '../history/paging.ts';
import type { History } from '../history/ports.ts';
import { rowOfCall, rowOfEvent, rowOfUtterance, type ExportContent, type ExportRow } from './contents.ts';
import type { ExportPosition } from './cursor.ts';

/** The number of rows of one query: some milliseconds of work for the event loop. */
export const EXPORT_PAGE_ROWS = 200;
/** The number of calls whose first rows are read at once. */
export const EXPORT_PAGE_CALLS = 20;

const OLDEST_FIRST: CallOrder = { field: 'CREATED_AT', direction: 'ASC' };

export interface ExportRequest {
  readonly content: ExportContent;
  readonly filter: CallFilter;
  /** Continues after this row. */
  readonly after?: ExportPosition;
}

export interface ExportedRow {
  readonly row: ExportRow;
  readonly position: ExportPosition;
}

type RowPosition = KeysetPosition & { readonly key: number };

interface PartRow {
  readonly row: ExportRow;
  readonly position: RowPosition;
}

/** Reads a page of the rows of one call. */
type ReadPart = (callId: CallId, after: RowPosition | undefined) => Promise<Page<PartRow>>;

interface ReadDeps {
  readonly history: Pick<History, 'calls' | 'events' | 'utterances'>;
  readonly cursors: Pick<Cursors, 'encode'>;
}

/** Yields the rows of a page at a time. @throws {FaultError} the errors of the history. */
export async function* readRows(
  { content, filter, after }: ExportRequest,
  { history, cursors }: ReadDeps,
): AsyncGenerator<readonly ExportedRow[]> {
  if (content === 'calls') {
    for await (const page of readCalls(history, filter, after?.call, EXPORT_PAGE_ROWS))
      yield page.map((call) => ({ row: rowOfCall(call), position: { call: positionOf(call) } }));
    return;
  }
  const readPart = PARTS[content](history, cursors);
  if (after?.row) {
    const rest = await readPart(after.call.id as CallId, after.row);
    yield* readCall(after.call, rest, readPart);
  }
  for await (const page of readCalls(history, filter, after?.call, EXPORT_PAGE_CALLS)) {
    const parts = await Promise.all(page.map(({ id }) => readPart(id, undefined)));
    for (const [i, call] of page.entries()) yield* readCall(positionOf(call), parts[i]!, readPart);
  }
}

const PARTS = {
  events:
    (history, cursors): ReadPart =>
    async (callId, after) => {
      const window = { limit: EXPORT_PAGE_ROWS, after: after?.key ?? 0 };
      const { rows, more } = await history.events(callId, window);
      const toRow = (record: (typeof rows)[number]): PartRow => ({
        row: rowOfEvent(record, cursors.encode(record.position)),
        position: { key: record.position, id: '' },
      });
      return { rows: rows.map(toRow), more };
    },
  utterances:
    (history): ReadPart =>
    async (callId, after) => {
      const page = { limit: EXPORT_PAGE_ROWS, backward: false, ...(after && { after }) };
      const { rows, more } = await history.utterances(callId, page);
      const toRow = (stored: (typeof rows)[number]): PartRow => ({
        row: rowOfUtterance(stored),
        position: { key: stored.orderMs, id: stored.utterance.id },
      });
      return { rows: rows.map(toRow), more };
    },
} as const satisfies Record<
  Exclude<ExportContent, 'calls'>,
  (history: ReadDeps['history'], cursors: ReadDeps['cursors']) => ReadPart
>;

const positionOf = ({ createdAt, id }: Call): RowPosition => ({ key: createdAt, id });

async function* readCalls(
  history: ReadDeps['history'],
  filter: CallFilter,
  after: KeysetPosition | undefined,
  limit: number,
): AsyncGenerator<readonly Call[]> {
  let last = after;
  for (;;) {
    const page = { limit, backward: false, ...(last && { after: last }) };
    const { rows, more } = await history.calls(filter, page, OLDEST_FIRST);
    if (rows.length > 0) yield rows;
    if (!more) return;
    last = positionOf(rows.at(-1)!);
  }
}

/** Yields the rows of one call, whose first page was read. */
async function* readCall(
  call: RowPosition,
  first: Page<PartRow>,
  readPart: ReadPart,
): AsyncGenerator<readonly ExportedRow[]> {
  let { rows, more } = first;
  for (;;) {
    const page = rows.map(({ row, position }) => ({ row, position: { call, row: position } }));
    if (page.length > 0) yield page;
    if (!more) return;
    ({ rows, more } = await readPart(call.id as CallId, rows.at(-1)!.position));
  }
}
