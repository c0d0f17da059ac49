/** Random keys of the daemon. They are rows of the database, so they outlive a restart and move with a backup. */
import { randomBytes } from 'node:crypto';
import { eq } from 'drizzle-orm';
import type { Db } from './db.ts';
import { meta } from './schema.ts';
import { StoreHealth } from './store-health.ts';

export const KEY_BYTES = 32;

export const SECRET_NAMES = ['media_link_key', 'redaction_key', 'erased_number_key'] as const;
export type SecretName = (typeof SECRET_NAMES)[number];

/** The keys, which are read at once or were read at the start. */
export type Secrets = (name: SecretName) => Uint8Array;

/** Returns the key of this name, and creates it the first time. @throws {FaultError} of kind store. */
export function secretOf(db: Db, name: SecretName, health = new StoreHealth()): Buffer {
  const read = (): string | undefined => db.select().from(meta).where(eq(meta.key, name)).get()?.value;
  const stored = health.read(read) ?? health.write(db, () => read() ?? create(db, name));
  return Buffer.from(stored, 'base64url');
}

function create(db: Db, name: SecretName): string {
  const value = randomBytes(KEY_BYTES).toString('base64url');
  db.insert(meta).values({ key: name, value }).run();
  return value;
}
