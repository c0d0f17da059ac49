/** Limits how many statements of one kind use a pool at a time. */
import type { QueryResultRow } from 'pg';
import type { Reads } from './history-reads.ts';
import type { Statement } from './session.ts';

/**
 * Returns reads of which a number run at a time. The others wait in their order, without a limit of time: the pool would give up
 * those that wait for a connection as long as for one to a server that does not answer.
 */
export function takingTurns(reads: Reads, most: number): Reads {
  const waiting: (() => void)[] = [];
  let running = 0;
  return {
    async rows<Row extends QueryResultRow>(statement: Statement): Promise<readonly Row[]> {
      if (running < most) running++;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await reads.rows<Row>(statement);
      } finally {
        // The next one takes the place.
        const next = waiting.shift();
        if (next) next();
        else running--;
      }
    },
  };
}
