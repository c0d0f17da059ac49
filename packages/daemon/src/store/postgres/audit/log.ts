/** Writes the audit log. Its last entry is locked first, so entries of several daemons form one chain. */
import type { AuditEntry, AuditLog } from '../../../access/audit.ts';
import { TAIL } from '../../audit/log.ts';
import type { Asynchronous } from '../asynchronous.ts';
import { LOCK_AUDIT } from '../connection/locks.ts';
import type { Queries, Session } from '../connection/session.ts';
import { auditLog } from '../schema.ts';
import { nameOf, rowsIn, toJson, valueOf, writable } from '../statements.ts';
import { chainOf } from './chain.ts';

const COLUMNS = writable(auditLog);

/** Appends entries after the last one. Call it in a transaction that has locked it. */
export async function appendAudit(
  queries: Queries,
  last: string | undefined,
  entries: readonly AuditEntry[],
): Promise<void> {
  const { rows, head } = chainOf(last, entries);
  await queries.run({
    name: 'audit_append',
    text: `with entries as (
        insert into audit_log (${COLUMNS.map((column) => nameOf(auditLog, column)).join(', ')})
        select ${COLUMNS.map((column) => valueOf(auditLog, column)).join(', ')} from ${rowsIn('$1', auditLog, COLUMNS)}
      )
      update meta set value = $3 where key = $2`,
    values: [toJson(rows), head.key, head.value],
  });
}

/** Runs a task that appends entries to the audit log in its transaction. */
export const withAudit = <Result>(
  session: Session,
  task: (queries: Queries, append: (...entries: AuditEntry[]) => Promise<void>) => Promise<Result>,
): Promise<Result> =>
  session.transaction(
    (queries, [last]) =>
      task(queries, (...entries) => appendAudit(queries, last?.['value'] as string | undefined, entries)),
    LOCK_AUDIT,
  );

export function createPostgresAuditLog(session: Session): Asynchronous<AuditLog> {
  return {
    append: (...entries: AuditEntry[]) => withAudit(session, (_queries, append) => append(...entries)),
    expire: (until, now) => withAudit(session, (queries, append) => expire(queries, append, until, now)),
  };
}

/** Deletes the oldest entries: all before the first one that is younger, so the rest is still a chain. */
async function expire(
  queries: Queries,
  append: (entry: AuditEntry) => Promise<void>,
  until: number,
  now: number,
): Promise<void> {
  const [last] = await queries.rows<{ seq: number; hash: string }>({
    text: `select seq, hash from audit_log
      where seq < coalesce((select min(seq) from audit_log where at > $1), 9223372036854775807) order by seq desc limit 1`,
    values: [until],
  });
  if (!last) return;
  const entries = await queries.run({ text: 'delete from audit_log where seq <= $1', values: [last.seq] });
  await queries.run({
    text: 'insert into meta (key, value) values ($1, $2) on conflict (key) do update set value = excluded.value',
    values: [TAIL, `${last.seq} ${last.hash}`],
  });
  await append({ at: now, by: 'daemon', action: 'AUDIT_EXPIRED', details: { entries, ...last } });
}
