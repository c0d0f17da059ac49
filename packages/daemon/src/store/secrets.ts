/** Random keys of the daemon. They are rows of the database, so they outlive a restart and move with a backup. */
import { randomBytes } from 'node:crypto';
import { eq } from 'drizzle-orm';
import type { Db } from './db.ts';
import { meta } from './schema.ts';
import { StoreHealth } from './store-health.ts';

const KEY_BYTES = 32;

export type SecretName = 'media_link_key';

/** Returns the key of this name, and creates it the first time. @throws {FaultError} of kind store. */
export function secretOf(db: Db, name: SecretName, health = new StoreHealth()): Buffer {
  return health.write(db, () => {
    const stored = db.select().from(meta).where(eq(meta.key, name)).get()?.value;
    const key = stored === undefined ? randomBytes(KEY_BYTES) : Buffer.from(stored, 'base64url');
    if (stored === undefined)
      db.insert(meta)
        .values({ key: name, value: key.toString('base64url') })
        .run();
    return key;
  });
}
