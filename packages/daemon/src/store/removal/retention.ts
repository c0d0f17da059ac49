/** The store of retention: finds ended calls by their age, and removes their data in steps. */
import { WAV_HEADER_BYTES, type CallId } from '@sidetone/core';
import { and, asc, eq, gt, isNotNull, lte, ne, sql, type SQL } from 'drizzle-orm';
import type { AtOnce } from '../../now-or-later.ts';
import type { EndedPosition, Pruned, RetentionStore } from '../../calls/retention/ports.ts';
import { createAuditWriter } from '../audit/log.ts';
import { isAnyOf, type Db } from '../db.ts';
import type { Eraser } from './eraser.ts';
import { createPruner } from './pruner.ts';
import { calls, meta, recordings } from '../schema.ts';
import { StoreHealth } from '../store-health.ts';

/** Key in `meta` of how far each rule was applied. */
export const PROGRESS = 'retention';

/** @param eraser that of the ledger: erasures and retention share one scrub of the file */
export function createRetentionStore(
  db: Db,
  eraser: Eraser,
  health = new StoreHealth(),
): AtOnce<RetentionStore> {
  const pruner = createPruner(db, eraser);
  const audit = createAuditWriter(db);

  function progress(): Readonly<Record<string, EndedPosition>> {
    const stored = db.select().from(meta).where(eq(meta.key, PROGRESS)).get()?.value;
    return stored === undefined ? {} : (JSON.parse(stored) as Readonly<Record<string, EndedPosition>>);
  }

  function prune({
    kind,
    callIds,
    rows,
    at,
    reason,
    cutoff,
  }: Parameters<RetentionStore['prune']>[0]): Pruned {
    const held = heldOf(db, callIds);
    const pruned: CallId[] = [];
    let removed = 0;
    let finished = 0;
    for (const callId of callIds) {
      if (removed >= rows) break;
      const limit = rows - removed;
      const isHeld = held.has(callId);
      const count = isHeld ? 0 : pruner.prune[kind](callId, limit, at);
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
      audit({ at, by: 'daemon', action: 'RETENTION', details });
    }
    return { calls: pruned, rows: removed, left: callIds.slice(finished) };
  }

  return {
    endedCalls: (after, until, limit) =>
      health.read(() =>
        db
          .select({ id: calls.id, providerId: calls.providerId, endedAt: calls.endedAt, hold: calls.hold })
          .from(calls)
          .where(endedIn(after, until))
          .orderBy(asc(calls.endedAt), asc(calls.id))
          .limit(limit)
          .all()
          .map(({ hold, endedAt, ...call }) => ({ ...call, endedAt: endedAt!, isHeld: hold !== null })),
      ),
    countEnded: (after, until, limit) =>
      health.read(
        () =>
          db.get<{ n: number }>(
            sql`select count(*) as n from (select 1 from calls where ${endedIn(after, until)} limit ${limit})`,
          ).n,
      ),
    thatHave: (kind, callIds) => health.read(() => callIds.filter((callId) => pruner.has(kind, callId))),
    prune: (work) => health.write(db, () => prune(work)),
    progress: (key) => health.read(() => progress()[key]),
    setProgress(reached) {
      const value = JSON.stringify(reached);
      health.write(db, () =>
        db
          .insert(meta)
          .values({ key: PROGRESS, value })
          .onConflictDoUpdate({ target: meta.key, set: { value } })
          .run(),
      );
    },
    recordings: (after, limit) =>
      health.read(() =>
        db
          .select({ callId: recordings.callId, bytes: recordings.bytes, hold: calls.hold })
          .from(recordings)
          .leftJoin(calls, eq(calls.id, recordings.callId))
          .where(and(ne(recordings.state, 'RECORDING'), after && gt(recordings.callId, after)))
          .orderBy(asc(recordings.callId))
          .limit(limit)
          .all()
          .map(({ callId, bytes, hold }) => ({
            callId,
            bytes: (bytes ?? 0) + WAV_HEADER_BYTES,
            isHeld: hold !== null,
          })),
      ),
  };
}

const endedIn = (after: EndedPosition | undefined, until: number): SQL | undefined =>
  and(
    isNotNull(calls.endedAt),
    lte(calls.endedAt, until),
    eq(calls.status, 'ENDED'),
    after && sql`(${calls.endedAt}, ${calls.id}) > (${after.endedAt}, ${after.id})`,
  );

function heldOf(db: Db, callIds: readonly string[]): ReadonlySet<string> {
  const isHeld = and(isAnyOf(calls.id, callIds), isNotNull(calls.hold));
  return new Set(
    db
      .select({ id: calls.id })
      .from(calls)
      .where(isHeld)
      .all()
      .map(({ id }) => id),
  );
}
