/**
 * The audit log. Each entry contains the hash of the one before it, and `meta` contains the last hash, so a changed, inserted
 * or removed row is found. The hashes have no key: a program that can write the file can also compute a new chain.
 */
import { createHash } from 'node:crypto';
import { asc, desc, eq } from 'drizzle-orm';
import type { AuditLog } from '../access/audit.ts';
import type { Db } from './db.ts';
import { auditLog, meta } from './schema.ts';
import { StoreHealth } from './store-health.ts';

/** The hash before the first entry. */
const START = '';
/** The key of the last sequence number and hash in `meta`. */
const HEAD = 'audit_head';
/** Characters of the digest of a call id. The id itself is erased with the call. */
const DIGEST_CHARACTERS = 32;

type Row = typeof auditLog.$inferSelect;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Returns the text by which the log refers to a call. */
export const callDigest = (callId: string): string => sha256(callId).slice(0, DIGEST_CHARACTERS);

/** Entries of releases without details have the same hash as entries that have none. */
const hashOf = ({ seq, at, by, action, call, details }: Omit<Row, 'hash'>, previous: string): string =>
  sha256(JSON.stringify([previous, seq, at, by, action, call, ...(details === null ? [] : [details])]));

const headOf = ({ seq, hash }: Pick<Row, 'seq' | 'hash'>): string => `${seq} ${hash}`;

export function createAuditLog(db: Db, health = new StoreHealth()): AuditLog {
  return {
    append({ at, by, action, callId }) {
      health.write(db, () => {
        const last = db.select().from(auditLog).orderBy(desc(auditLog.seq)).limit(1).get();
        const entry = { seq: (last?.seq ?? 0) + 1, at, by, action, call: callDigest(callId), details: null };
        const hash = hashOf(entry, last?.hash ?? START);
        db.insert(auditLog)
          .values({ ...entry, hash })
          .run();
        const value = headOf({ seq: entry.seq, hash });
        db.insert(meta)
          .values({ key: HEAD, value })
          .onConflictDoUpdate({ target: meta.key, set: { value } })
          .run();
      });
    },
    verify() {
      let previous = START;
      let expected = 1;
      for (const row of db.select().from(auditLog).orderBy(asc(auditLog.seq)).all()) {
        if (row.seq !== expected || row.hash !== hashOf(row, previous)) return expected;
        previous = row.hash;
        expected += 1;
      }
      const head = db.select().from(meta).where(eq(meta.key, HEAD)).get()?.value;
      const isComplete =
        expected === 1 ? head === undefined : head === headOf({ seq: expected - 1, hash: previous });
      return isComplete ? undefined : expected;
    },
  };
}
