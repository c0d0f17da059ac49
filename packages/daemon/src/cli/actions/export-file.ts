/** The file of an export that was interrupted: finds its last complete row, and removes what follows. */
import type { FileHandle } from 'node:fs/promises';
import { FaultError } from '@sidetone/core';
import { CSV_LINE_END } from '../../export/csv.ts';
import type { ExportContent, ExportFormat } from '../../export/contents.ts';
import { createEncoder } from '../../export/encoders.ts';

/** The end of the file in which the last row is looked for, bytes; doubled until it is found. */
const FIRST_TAIL_BYTES = 65_536;

const LINE_ENDS = { jsonl: '\n', csv: CSV_LINE_END } as const satisfies Record<ExportFormat, string>;

const CURSORS = {
  jsonl: (record: string) => (JSON.parse(record) as { cursor?: unknown }).cursor,
  csv: (record: string) => record.slice(record.lastIndexOf(',') + 1),
} as const satisfies Record<ExportFormat, (record: string) => unknown>;

/** Whether a text without a complete row is the beginning of an export. */
const BEGINNINGS = {
  jsonl: (text: string) => text === '' || text.startsWith('{'),
  csv: (text: string, content: ExportContent) => createEncoder(content, 'csv').head.startsWith(text),
} as const satisfies Record<ExportFormat, (text: string, content: ExportContent) => boolean>;

/** The cursor of a row; the last cell of the head of CSV is the name of the column. */
const CURSOR = /^[\w-]{8,}$/;

/**
 * Truncates the file after its last complete row, and returns the cursor of that row; undefined, and an empty file, if it has
 * none. @throws {FaultError} INPUT_INVALID if the file is not an export of this format.
 */
export async function cutAfterLastRow(
  file: FileHandle,
  content: ExportContent,
  format: ExportFormat,
): Promise<string | undefined> {
  const { size } = await file.stat();
  const lineEnd = LINE_ENDS[format];
  for (let bytes = FIRST_TAIL_BYTES; ; bytes *= 2) {
    const from = Math.max(0, size - bytes);
    const tail = Buffer.alloc(size - from);
    await file.read(tail, 0, tail.length, from);
    const end = tail.lastIndexOf(lineEnd);
    // -1 for an end of the row before that is not in the tail.
    const before = end <= 0 ? -1 : tail.lastIndexOf(lineEnd, end - 1);
    if (before === -1 && from > 0) continue;
    const start = before === -1 ? 0 : before + lineEnd.length;
    if (end === -1 && !BEGINNINGS[format](tail.toString('utf8'), content)) throw notAnExport(format);
    const cursor = end === -1 ? undefined : cursorIn(tail.toString('utf8', start, end), format);
    await file.truncate(cursor === undefined ? 0 : from + end + lineEnd.length);
    return cursor;
  }
}

function cursorIn(record: string, format: ExportFormat): string | undefined {
  let cursor: unknown;
  try {
    cursor = CURSORS[format](record);
  } catch {
    // Not a record of this format.
  }
  if (cursor === 'cursor') return undefined;
  if (typeof cursor === 'string' && CURSOR.test(cursor)) return cursor;
  throw notAnExport(format);
}

const notAnExport = (format: ExportFormat): FaultError =>
  new FaultError('INPUT_INVALID', `--continue: the file is not an export as ${format}`);
