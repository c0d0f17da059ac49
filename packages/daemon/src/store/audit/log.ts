/**
 * Writes the audit log. Each entry contains the hash of the one before it, and `meta` contains the last hash, so a changed,
 * inserted or removed row is found (`reader.ts`). The hashes have no key: a program that can write the file can also
 * compute a new chain.
 */
import { createHash } from 'node:crypto';
import { desc, eq, gt, lt, lte } from 'drizzle-orm';
import type { AuditEntry, AuditLog } from '../../access/audit.ts';
import type { AtOnce } from '../../now-or-later.ts';
import type { Db } from '../db.ts';
import { auditLog, meta } from '../schema.ts';
import { StoreHealth } from '../store-health.ts';

/** The key in `meta` of the sequence number and the hash of the last entry. */
export const HEAD = 'audit_head';
/** The same of the last entry that was deleted because of its age. */
export const TAIL = 'audit_tail';
/** Characters of the digest of a call id. The id itself is erased with the call. */
const DIGEST_CHARACTERS = 32;

export type AuditRow = typeof auditLog.$inferSelect;
/** A position in the chain. */
export type Link = Pick<AuditRow, 'seq' | 'hash'>;

/** The position before the first entry. */
export const START: Link = { seq: 0, hash: '' };

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Returns the text by which the log refers to a call. */
export const callDigest = (callId: string): string => sha256(callId).slice(0, DIGEST_CHARACTERS);

/** Entries of releases without details have the same hash as entries that have none. */
export function hashOf(row: Omit<AuditRow, 'hash'>, previous: string): string {
  const { seq, at, by, action, call, details } = row;
  const added = details === null ? [] : [details];
  return sha256(JSON.stringify([previous, seq, at, by, action, call, ...added]));
}

const encodeLink = ({ seq, hash }: Link): string => `${seq} ${hash}`;

export function decodeLink(text: string | undefined): Link | undefined {
  const [seq, hash] = text?.split(' ') ?? [];
  return seq === undefined || hash === undefined ? undefined : { seq: Number(seq), hash };
}

/** Returns a function that appends an entry. Call it in a transaction. */
export function createAuditWriter(db: Db): (entry: AuditEntry) => void {
  return (entry) => {
    const { at, by, action } = entry;
    const previous = readLink(db, HEAD) ?? lastRow(db) ?? START;
    const row = {
      seq: previous.seq + 1,
      at,
      by,
      action,
      call: 'callId' in entry ? callDigest(entry.callId) : '',
      details: 'details' in entry ? JSON.stringify(entry.details) : null,
    };
    const link = { seq: row.seq, hash: hashOf(row, previous.hash) };
    db.insert(auditLog)
      .values({ ...row, hash: link.hash })
      .run();
    writeLink(db, HEAD, link);
  };
}

export function createAuditLog(db: Db, health = new StoreHealth()): AtOnce<AuditLog> {
  const write = createAuditWriter(db);
  return {
    append: (...entries) => health.write(db, () => entries.forEach(write)),
    expire: (until, now) => health.write(db, () => expire(db, write, { until, now })),
  };
}

/**
 * Deletes the oldest entries: all before the first one that is younger, so the rest is still a chain. The entry about it is
 * part of the chain, so it shows later that no more was deleted.
 */
function expire(
  db: Db,
  write: (entry: AuditEntry) => void,
  { until, now }: { readonly until: number; readonly now: number },
): void {
  const oldest = db
    .select({ seq: auditLog.seq })
    .from(auditLog)
    .where(gt(auditLog.at, until))
    .orderBy(auditLog.seq)
    .limit(1)
    .get();
  const isOld = oldest && lt(auditLog.seq, oldest.seq);
  const last = lastRow(db, isOld);
  if (!last) return;
  const { changes: entries } = db.delete(auditLog).where(lte(auditLog.seq, last.seq)).run();
  writeLink(db, TAIL, last);
  write({ at: now, by: 'daemon', action: 'AUDIT_EXPIRED', details: { entries, ...last } });
}

function lastRow(db: Db, condition?: ReturnType<typeof lt>): Link | undefined {
  const { seq, hash } = auditLog;
  return db.select({ seq, hash }).from(auditLog).where(condition).orderBy(desc(seq)).limit(1).get();
}

const readLink = (db: Db, key: string): Link | undefined =>
  decodeLink(db.select().from(meta).where(eq(meta.key, key)).get()?.value);

function writeLink(db: Db, key: string, link: Link): void {
  const value = encodeLink(link);
  db.insert(meta).values({ key, value }).onConflictDoUpdate({ target: meta.key, set: { value } }).run();
}
