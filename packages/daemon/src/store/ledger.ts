/** The writing side of the store: numbers events and stores them with their projections, in one transaction. */
import type { Call, CallId, CallRecord } from '@sidetone/core';
import { and, asc, eq, isNull, ne, sql } from 'drizzle-orm';
import { NO_COUNTRIES } from '../calls/numbers/countries.ts';
import type { AtOnce } from '../now-or-later.ts';
import type { CallReads } from '../calls/loading/ports.ts';
import type { CallLedger, Draft } from '../calls/ports.ts';
import { createAuditWriter } from './audit/log.ts';
import { auditEntryOf } from './audit/audited-facts.ts';
import { placeholders, type Db } from './db.ts';
import { createEraser } from './removal/eraser.ts';
import { changesNumbers, createNumberIndex } from './number-index.ts';
import { createProjections, type Projections } from './projections.ts';
import { rowToCall, rowToCommand, rowToUtterance } from './rows.ts';
import { createRetentionStore } from './removal/retention.ts';
import { StoreHealth } from './store-health.ts';
import { calls, commands, events, listenings, streams, utterances } from './schema.ts';
import { compile } from './statement.ts';
import { fillTotals } from './totals.ts';

/** Everything is answered at once. */
export type SqliteLedger = AtOnce<CallLedger> & Omit<CallReads, 'load' | 'onStored' | 'forget'>;

/** Every method throws a fault of kind store if the store fails. */
export function createLedger(db: Db, health = new StoreHealth(), countries = NO_COUNTRIES): SqliteLedger {
  const numbers = createNumberIndex(db, countries);
  const projections = createProjections(db);
  const append = createAppender(db, projections);
  const eraser = createEraser(db);
  const retention = createRetentionStore(db, eraser, health);

  return {
    ...guardReads(
      { ...createLookups(db), ...createTranscriptQueries(db), ...createRecoveryQueries(db) },
      health,
    ),
    retention,
    commit: (drafts) =>
      health.write(db, () => {
        const records = drafts.map(append);
        const changed = new Map(drafts.map(({ callId, call }) => [callId, call]));
        for (const call of changed.values()) projections.putCall(call);
        const renumbered = new Set(
          drafts.filter(({ fact }) => changesNumbers(fact)).map(({ callId }) => callId),
        );
        for (const callId of renumbered) numbers.put(changed.get(callId)!);
        return records;
      }),
    putCommand: (command) => health.write(db, () => projections.putCommand(command, null)),
    erase: (callId, now) => health.write(db, () => eraser.erase(callId, now)),
    eraseCommand: (id) => health.write(db, () => eraser.eraseCommand(id)),
    loneCommands: (after, limit) => health.read(() => eraser.loneCommands(after, limit)),
    expire: (now) => health.write(db, () => eraser.expire(now)),
    isErased: (providerId, id, now) => health.read(() => eraser.isErased(providerId, id, now)),
    isScrubDue: () => health.read(() => eraser.isScrubDue()),
    scrub: () => eraser.scrub(),
    indexNumbers: () => health.write(db, () => numbers.fill()),
    // Opening the file has added them.
    indexWords: () => false,
    addTotals: () => health.write(db, () => fillTotals(db)),
  };
}

/** Returns a function that inserts an event, applies its projections and returns the numbered record. */
function createAppender(db: Db, projections: Projections): (draft: Draft) => CallRecord {
  const { position: _generated, ...values } = placeholders(events);
  const insert = compile<Omit<typeof events.$inferSelect, 'position'>>(db, db.insert(events).values(values));
  const audit = createAuditWriter(db);
  return (draft) => {
    const { callId, at, fact, dedupeKey = null } = draft;
    const { type, ...fields } = fact;
    const { lastInsertRowid } = insert.run({ callId, type, at, fact: fields, dedupeKey });
    const record = { position: Number(lastInsertRowid), callId, at, fact };
    projections.apply(record);
    const entry = auditEntryOf(draft);
    if (entry) audit(entry);
    return record;
  };
}

/** Finds single rows by their keys, with prepared statements: ingest runs these for each event. */
function createLookups(db: Db): Pick<SqliteLedger, 'get' | 'recall' | 'find' | 'knowsKey' | 'commandByKey'> {
  const { providerId, providerCallId } = calls;
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
        eq(providerId, sql.placeholder('providerId')),
        eq(providerCallId, sql.placeholder('providerCallId')),
      ),
    )
    .prepare();
  const byDedupeKey = compile<{ readonly callId: CallId; readonly key: string }>(
    db,
    db
      .select({ position: events.position })
      .from(events)
      .where(and(eq(events.callId, sql.placeholder('callId')), eq(events.dedupeKey, sql.placeholder('key')))),
  );
  const byIdempotencyKey = db
    .select()
    .from(commands)
    .where(
      and(
        eq(commands.requestedBy, sql.placeholder('requestedBy')),
        eq(commands.idempotencyKey, sql.placeholder('key')),
      ),
    )
    .prepare();

  const get = (id: CallId): Call | undefined => mapRow(byId.get({ id }), rowToCall);
  return {
    get,
    recall: get,
    find: (provider, providerCall) =>
      mapRow(byProviderId.get({ providerId: provider, providerCallId: providerCall }), rowToCall),
    knowsKey: (callId, key) => byDedupeKey.exists({ callId, key }),
    commandByKey: (requestedBy, key) => mapRow(byIdempotencyKey.get({ requestedBy, key }), rowToCommand),
  };
}

function createTranscriptQueries(db: Db): Pick<SqliteLedger, 'utterance' | 'utterances'> {
  const byId = db
    .select()
    .from(utterances)
    .where(eq(utterances.id, sql.placeholder('id')))
    .prepare();
  const ofCall = db
    .select()
    .from(utterances)
    .where(eq(utterances.callId, sql.placeholder('callId')))
    .orderBy(asc(utterances.orderMs), asc(utterances.id))
    .prepare();
  return {
    utterance: (id) => mapRow(byId.get({ id }), rowToUtterance),
    utterances: (callId) => ofCall.all({ callId }).map((row) => rowToUtterance(row).utterance),
  };
}

function createRecoveryQueries(db: Db): Pick<SqliteLedger, 'live' | 'unfinished'> {
  return {
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

function mapRow<Row, Value>(row: Row | undefined, map: (row: Row) => Value): Value | undefined {
  return row === undefined ? undefined : map(row);
}

/** Returns the same methods, which report failures of the store. */
function guardReads<Methods extends Record<string, (...args: never[]) => unknown>>(
  methods: Methods,
  health: StoreHealth,
): Methods {
  const guarded = Object.entries(methods).map(([name, method]) => [
    name,
    (...args: never[]) => health.read(() => method(...args)),
  ]);
  return Object.fromEntries(guarded) as Methods;
}
