/** Positions in the log as clients hold them: opaque, and good for the log that made them alone. */
import { FaultError } from '@sidetone/core';
import type { EventLog } from './ports.ts';

export interface Cursors {
  encode(position: number): string;
  /** @throws {FaultError} CURSOR_INVALID when this log did not make it. */
  decode(cursor: string): number;
}

const SHAPE = /^([\w-]+)\.([0-9a-z]{1,11})$/;

export function createCursors(log: Pick<EventLog, 'logId' | 'latest'>): Cursors {
  return {
    encode: (position) => `${log.logId}.${position.toString(36)}`,
    decode(cursor) {
      const [, logId, digits] = SHAPE.exec(cursor) ?? [];
      if (logId === undefined || digits === undefined) {
        throw new FaultError('CURSOR_INVALID', 'this is not a cursor of the event log');
      }
      if (logId !== log.logId) throw new FaultError('CURSOR_INVALID', 'this cursor is of another database');
      const position = Number.parseInt(digits, 36);
      if (position > log.latest())
        throw new FaultError('CURSOR_INVALID', 'this cursor is ahead of the event log');
      return position;
    },
  };
}
