/** The store of retention: finds ended calls by their age, and removes their data in steps. */
import { WAV_HEADER_BYTES, type CallId } from '@sidetone/core';
import type {
  EndedCall,
  EndedPosition,
  Pruned,
  PruneWork,
  RetentionStore,
  StoredRecordingSize,
} from '../../../calls/retention/ports.ts';
import { PROGRESS } from '../../removal/retention.ts';
import type { Asynchronous } from '../asynchronous.ts';
import { appendAudit } from '../audit/log.ts';
import { LOCK_AUDIT, withHeadAndAudit } from '../connection/locks.ts';
import type { Queries, Session } from '../connection/session.ts';
import { callsWith, prune } from './pruner.ts';

const ENDED = `ended_at is not null and ended_at <= $1 and status = 'ENDED'
  and ($2::bigint is null or (ended_at, id) > ($2::bigint, $3))`;

const endedAfter = (after: EndedPosition | undefined, until: number): readonly unknown[] => [
  until,
  after?.endedAt ?? null,
  after?.id ?? '',
];

export function createPostgresRetention(session: Session): Asynchronous<RetentionStore> {
  return {
    endedCalls: (after, until, limit) =>
      session.rows<EndedCall & Record<string, unknown>>({
        name: 'ended_calls',
        text: `select id, provider_id as "providerId", ended_at as "endedAt", hold is not null as "isHeld"
          from calls where ${ENDED} order by ended_at, id limit $4`,
        values: [...endedAfter(after, until), limit],
      }),
    async countEnded(after, until, limit) {
      const [row] = await session.rows<{ n: number }>({
        text: `select count(*) as n from (select 1 from calls where ${ENDED} limit $4) as ended`,
        values: [...endedAfter(after, until), limit],
      });
      return row!.n;
    },
    thatHave: (kind, callIds) => callsWith(session, kind, callIds),
    // Removing calls changes the totals, as commits do.
    prune: (work) =>
      work.kind === 'CALLS'
        ? withHeadAndAudit(session, (queries, last) => pruneCalls(queries, work, last))
        : session.transaction(
            (queries, [last]) => pruneCalls(queries, work, last?.['value'] as string | undefined),
            LOCK_AUDIT,
          ),
    async progress(key) {
      const [row] = await session.rows<{ value: string }>({
        text: 'select value from meta where key = $1',
        values: [PROGRESS],
      });
      return row && (JSON.parse(row.value) as Readonly<Record<string, EndedPosition>>)[key];
    },
    async setProgress(reached) {
      await session.run({
        text: 'insert into meta (key, value) values ($1, $2) on conflict (key) do update set value = excluded.value',
        values: [PROGRESS, JSON.stringify(reached)],
      });
    },
    recordings: (after, limit) =>
      session.rows<StoredRecordingSize & Record<string, unknown>>({
        text: `select r.call_id as "callId", coalesce(r.bytes, 0) + ${WAV_HEADER_BYTES} as bytes, c.hold is not null as "isHeld"
          from recordings as r left join calls as c on c.id = r.call_id
          where r.state <> 'RECORDING' and r.call_id > $1 order by r.call_id limit $2`,
        values: [after ?? '', limit],
      }),
  };
}

async function pruneCalls(queries: Queries, work: PruneWork, lastEntry: string | undefined): Promise<Pruned> {
  const { kind, callIds, rows, at, reason, cutoff } = work;
  const held = await heldOf(queries, callIds);
  const pruned: CallId[] = [];
  let removed = 0;
  let finished = 0;
  for (const callId of callIds) {
    if (removed >= rows) break;
    const limit = rows - removed;
    const isHeld = held.has(callId);
    const count = isHeld ? 0 : await prune(queries, kind, { callId, limit, now: at });
    if (!isHeld && (count > 0 || kind === 'CALLS')) pruned.push(callId);
    removed += count;
    // It may have more rows.
    if (count >= limit) break;
    finished += 1;
  }
  if (pruned.length > 0) {
    const details = {
      kind,
      reason,
      calls: pruned.length,
      rows: removed,
      ...(cutoff !== undefined && { cutoff }),
    };
    await appendAudit(queries, lastEntry, [{ at, by: 'daemon', action: 'RETENTION', details }]);
  }
  return { calls: pruned, rows: removed, left: callIds.slice(finished) };
}

async function heldOf(queries: Queries, callIds: readonly CallId[]): Promise<ReadonlySet<CallId>> {
  const rows = await queries.rows<{ id: CallId }>({
    text: 'select id from calls where id = any($1) and hold is not null',
    values: [callIds],
  });
  return new Set(rows.map(({ id }) => id));
}
