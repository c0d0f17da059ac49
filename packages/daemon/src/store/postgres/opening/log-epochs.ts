/**
 * The epochs of the event log, as in SQLite (`store/opening/log-epochs.ts`): the first of several daemons begins one when it
 * starts, and the others share it, so a cursor is valid for all of them.
 */
import { randomBytes } from 'node:crypto';
import type { QueryResultRow } from 'pg';
import type { LogEpoch } from '../../../calls/ports.ts';
import { MAX_EPOCHS } from '../../opening/log-epochs.ts';
import type { Queries } from '../connection/session.ts';

/** Begins an epoch after the newest position. An epoch in which no event was written is replaced. Call it under the lock of the head. */
export async function beginPostgresEpoch(queries: Queries): Promise<void> {
  const id = randomBytes(6).toString('base64url');
  await queries.run({
    text: `insert into log_epochs (starts_after, id) select position, $1 from log_head
      on conflict (starts_after) do update set id = excluded.id`,
    values: [id],
  });
  await queries.run({
    text: `delete from log_epochs where starts_after <
      (select starts_after from log_epochs order by starts_after desc limit 1 offset ${MAX_EPOCHS - 1})`,
  });
}

/** Returns all epochs, oldest first. */
export const postgresEpochs = (queries: Queries): Promise<readonly LogEpoch[]> =>
  queries.rows<LogEpoch & QueryResultRow>({
    text: 'select id, starts_after as "startsAfter" from log_epochs order by starts_after',
  });
