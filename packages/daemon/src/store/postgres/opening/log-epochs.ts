/** The epochs of the event log: each start of a daemon begins one, as in SQLite (`store/opening/log-epochs.ts`). */
import { randomBytes } from 'node:crypto';
import type { QueryResultRow } from 'pg';
import type { LogEpoch } from '../../../calls/ports.ts';
import { MAX_EPOCHS } from '../../opening/log-epochs.ts';
import { LOCK_HEAD } from '../connection/locks.ts';
import type { Session } from '../connection/session.ts';
import { rejectUnfinished } from '../../to-postgres/progress-row.ts';

/**
 * Begins an epoch after the newest position and returns all, oldest first. An epoch in which no event was written is replaced.
 * @throws {FaultError} MIGRATION_UNFINISHED
 */
export function beginPostgresEpoch(session: Session): Promise<readonly LogEpoch[]> {
  return session.transaction(async (queries) => {
    await rejectUnfinished(queries, session.server);
    // No event is written between the read of the position and the end of the transaction.
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
    return queries.rows<LogEpoch & QueryResultRow>({
      text: 'select id, starts_after as "startsAfter" from log_epochs order by starts_after',
    });
  }, LOCK_HEAD);
}
