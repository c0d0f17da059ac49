/** Column types that tables share. */
import { bigint, customType } from 'drizzle-orm/pg-core';

/**
 * JSON as it was written, not `jsonb`: the log is read as a whole, so the text is stored and returned without a conversion,
 * with the order of keys that the sender chose and that the same call has in SQLite.
 */
export const json = <Value>(name: string) =>
  customType<{ data: Value; driverData: string | null }>({
    dataType: () => 'json',
    toDriver: (value) => (value === null ? null : JSON.stringify(value)),
  })(name);

/** A position, an instant in epoch ms, or a number of bytes: larger than 32 bits, and a safe integer. */
export const integer = (name: string) => bigint(name, { mode: 'number' });

/** Raw bytes. */
export const bytes = (name: string) => customType<{ data: Buffer }>({ dataType: () => 'bytea' })(name);
