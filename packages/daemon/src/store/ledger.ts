/** The writing side of the store: facts, numbered, and all that follows from them, in one transaction. */
import {
  FaultError,
  messageOf,
  type Call,
  type CallRecord,
  type ProviderCallId,
  type ProviderId,
} from '@sidetone/core';
import Sqlite from 'better-sqlite3';
import { and, asc, eq, isNull, ne, sql } from 'drizzle-orm';
import type { CallLedger, Draft } from '../calls/ports.ts';
import type { Db } from './database.ts';
import { createEraser } from './eraser.ts';
import { createProjections } from './projections.ts';
import { rowToCall, rowToCommand, rowToUtterance } from './rows.ts';
import { calls, commands, events, listenings, streams, utterances } from './schema.ts';

/** What SQLite answers when it is not our mistake: the disk is full, broken, read-only or busy. */
const DISK_TROUBLE = /^SQLITE_(FULL|IOERR|BUSY|LOCKED|READONLY|CANTOPEN|NOMEM|PERM|PROTOCOL)/;

export function createLedger(db: Db): CallLedger {
  const projections = createProjections(db);
  const eraser = createEraser(db);
  const addEvent = db
    .insert(events)
    .values({
      callId: sql.placeholder('callId'),
      type: sql.placeholder('type'),
      at: sql.placeholder('at'),
      fact: sql.placeholder('fact'),
      dedupeKey: sql.placeholder('dedupeKey'),
    })
    .prepare();
  const byId = db
    .select()
    .from(calls)
    .where(eq(calls.id, sql.placeholder('id')))
    .prepare();
  const byProviderId = db
    .select()
    .from(calls)
    .where(
      and(
        eq(calls.providerId, sql.placeholder('providerId')),
        eq(calls.providerCallId, sql.placeholder('providerCallId')),
      ),
    )
    .prepare();
  const byKey = db
    .select({ position: events.position })
    .from(events)
    .where(and(eq(events.callId, sql.placeholder('callId')), eq(events.dedupeKey, sql.placeholder('key'))))
    .prepare();

  function add({ callId, at, fact, dedupeKey }: Draft): CallRecord {
    const { type, ...fields } = fact;
    const { lastInsertRowid } = addEvent.run({
      callId,
      type,
      at,
      fact: fields,
      dedupeKey: dedupeKey ?? null,
    });
    const record = { position: Number(lastInsertRowid), callId, at, fact };
    projections.apply(record);
    return record;
  }

  const byCommandKey = db
    .select()
    .from(commands)
    .where(
      and(
        eq(commands.requestedBy, sql.placeholder('requestedBy')),
        eq(commands.idempotencyKey, sql.placeholder('key')),
      ),
    )
    .prepare();

  const asCall = (row: typeof calls.$inferSelect | undefined): Call | undefined => row && rowToCall(row);

  return {
    commit: (drafts) =>
      writing(db, () => {
        const records = drafts.map(add);
        const changed = new Map(drafts.map(({ callId, call }) => [callId, call]));
        for (const call of changed.values()) projections.putCall(call);
        return records;
      }),
    putCommand: (command) => writing(db, () => projections.putCommand(command, null)),
    commandByKey(requestedBy, key) {
      const row = byCommandKey.get({ requestedBy, key });
      return row && rowToCommand(row);
    },
    erase: (callId) => writing(db, () => eraser.erase(callId)),
    isScrubDue: () => eraser.isScrubDue(),
    scrub: () => eraser.scrub(),
    get: (id) => asCall(byId.get({ id })),
    find: (providerId: ProviderId, providerCallId: ProviderCallId) =>
      asCall(byProviderId.get({ providerId, providerCallId })),
    knowsKey: (callId, key) => byKey.get({ callId, key }) !== undefined,
    utterance(id) {
      const row = db.select().from(utterances).where(eq(utterances.id, id)).get();
      return row && rowToUtterance(row);
    },
    utterances: (callId) =>
      db
        .select()
        .from(utterances)
        .where(eq(utterances.callId, callId))
        .orderBy(asc(utterances.orderMs), asc(utterances.id))
        .all()
        .map((row) => rowToUtterance(row).utterance),
    live: () => db.select().from(calls).where(ne(calls.status, 'ENDED')).all().map(rowToCall),
    unfinished: () => ({
      streams: db
        .select({ callId: streams.callId, streamId: streams.id })
        .from(streams)
        .where(isNull(streams.endedAt))
        .all(),
      commands: db.select().from(commands).where(eq(commands.status, 'REQUESTED')).all().map(rowToCommand),
      listenings: db.select().from(listenings).where(isNull(listenings.endedAt)).all(),
    }),
  };
}

/** Writes all or nothing. @throws {FaultError} STORE_WRITE_FAILED when the disk takes nothing now. */
function writing<Result>(db: Db, write: () => Result): Result {
  try {
    return db.transaction(write, { behavior: 'immediate' });
  } catch (cause) {
    if (!(cause instanceof Sqlite.SqliteError) || !DISK_TROUBLE.test(cause.code)) throw cause;
    throw new FaultError('STORE_WRITE_FAILED', `the database takes no writes (${messageOf(cause)})`, {
      cause,
    });
  }
}
