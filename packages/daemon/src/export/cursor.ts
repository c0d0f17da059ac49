/** Cursors of exports: the call of a row, and for rows of calls the position of the row in its call. Pure. */
import { FaultError } from '@sidetone/core';
import type { KeysetPosition } from '../history/paging.ts';
import type { ExportContent } from './contents.ts';

export interface ExportPosition {
  /** The call. */
  readonly call: KeysetPosition & { readonly key: number };
  /** The last row of the call that was exported; undefined in an export of calls. */
  readonly row?: KeysetPosition & { readonly key: number };
}

export function encodeExportCursor(content: ExportContent, { call, row }: ExportPosition): string {
  const parts = [content, call.key, call.id, ...(row ? [row.key, row.id] : [])];
  return Buffer.from(parts.join('\n')).toString('base64url');
}

const KEY = /^-?\d{1,16}$/;

/** @throws {FaultError} CURSOR_INVALID. */
export function decodeExportCursor(content: ExportContent, cursor: string): ExportPosition {
  const [list, ...parts] = Buffer.from(cursor, 'base64url').toString('utf8').split('\n');
  const [callKey = '', callId, rowKey = '', rowId] = parts;
  const isNested = content !== 'calls';
  const isValid =
    list === content &&
    parts.length === (isNested ? 4 : 2) &&
    KEY.test(callKey) &&
    (!isNested || KEY.test(rowKey));
  if (!isValid || callId === undefined)
    throw new FaultError('CURSOR_INVALID', 'after: expected a cursor of an export of the same content', {
      details: { argument: 'after' },
    });
  const call = { key: Number(callKey), id: callId };
  return rowId === undefined ? { call } : { call, row: { key: Number(rowKey), id: rowId } };
}
