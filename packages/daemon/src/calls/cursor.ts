/** Cursors: opaque positions in the event log, valid only for the log that issued them. */
import { FaultError } from '@sidetone/core';
import type { EventLog } from './ports.ts';

export interface Cursors {
  encode(position: number): string;
  /** @throws {FaultError} CURSOR_INVALID unless this log issued the cursor. */
  decode(cursor: string): number;
}

const SHAPE = /^([\w-]+)\.([0-9a-z]{1,11})$/;

export function createCursors(log: Pick<EventLog, 'logId' | 'latest'>): Cursors {
  return {
    encode: (position) => `${log.logId}.${position.toString(36)}`,
    decode(cursor) {
      const [, logId, digits] = SHAPE.exec(cursor) ?? [];
      if (logId === undefined || digits === undefined) {
        throw new FaultError('CURSOR_INVALID', 'the cursor is malformed');
      }
      if (logId !== log.logId)
        throw new FaultError('CURSOR_INVALID', 'the cursor belongs to another database');
      const position = Number.parseInt(digits, 36);
      if (position > log.latest())
        throw new FaultError('CURSOR_INVALID', 'the cursor is ahead of the event log');
      return position;
    },
  };
}
