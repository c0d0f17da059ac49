/**
 * Cursors: opaque positions in the event log. Besides the log, a cursor names the epoch in which its event was written. The
 * epoch of a position differs after an earlier copy of the database was restored, so a cursor never skips events silently.
 */
import { FaultError } from '@sidetone/core';
import { mapNowOrLater, type NowOrLater } from '../now-or-later.ts';
import type { EventLog, LogEpoch } from './ports.ts';

/** The event log as cursors know it. */
export interface CursorLog extends Pick<EventLog, 'logId' | 'epochs'> {
  /** Returns the newest position that a client can have received from this node. */
  latest(): number;
  /** Returns the newest position of a log to which other nodes write: clients may have received later ones from them. */
  shared?(): NowOrLater<number>;
}

export interface Cursors {
  encode(position: number): string;
  /**
   * @throws {FaultError} CURSOR_INVALID unless this log issued the cursor; CURSOR_LOG_REPLACED if the events up to it are not
   * those that the client has received.
   */
  decode(cursor: string): number;
  /**
   * Checks a decoded position that another node may have issued. Readers of this node wait until they have reached it.
   * @throws {FaultError} CURSOR_INVALID if it is ahead of the log.
   */
  verify(position: number): NowOrLater<void>;
}

/** Positions before the first epoch have none: the log was empty, or an earlier release wrote them. */
const SHAPE = /^([\w-]+?)(?:\.([\w-]+))?\.([0-9a-z]{1,11})$/;

export function createCursors(log: CursorLog): Cursors {
  const { logId, epochs } = log;
  const indexes = new Map(epochs.map(({ id }, index) => [id, index]));

  /** Returns the last position of the epoch; of those before the first epoch for -1. */
  const endOf = (index: number): number => epochs[index + 1]?.startsAfter ?? newest();
  const newest = (): number => (log.shared ? Number.MAX_SAFE_INTEGER : log.latest());

  return {
    encode(position) {
      const epoch = epochs[indexOfEpoch(epochs, position)];
      return [logId, ...(epoch ? [epoch.id] : []), position.toString(36)].join('.');
    },
    decode(cursor) {
      const [, ofLog, ofEpoch, digits] = SHAPE.exec(cursor) ?? [];
      if (digits === undefined) throw invalid('is malformed');
      if (ofLog !== logId) throw invalid('belongs to another database');
      const position = Number.parseInt(digits, 36);
      const index = ofEpoch === undefined ? -1 : indexes.get(ofEpoch);
      if (index === undefined || (position > endOf(index) && index < epochs.length - 1)) throw replaced();
      if (position > endOf(index)) throw invalid('is ahead of the event log');
      if (position <= (epochs[index]?.startsAfter ?? -1)) throw invalid('is malformed');
      return position;
    },
    verify(position) {
      if (!log.shared || position <= log.latest()) return;
      return mapNowOrLater(log.shared(), (latest) => {
        if (position > latest) throw invalid('is ahead of the event log');
      });
    },
  };
}

/** Returns the index of the epoch in which the event at a position was written; -1 if it was before the first one. */
function indexOfEpoch(epochs: readonly LogEpoch[], position: number): number {
  let low = 0;
  let high = epochs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (epochs[middle]!.startsAfter < position) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

const invalid = (problem: string): FaultError => new FaultError('CURSOR_INVALID', `the cursor ${problem}`);

const replaced = (): FaultError =>
  new FaultError(
    'CURSOR_LOG_REPLACED',
    'an earlier copy of the database was restored: events up to the cursor are missing or others',
  );
