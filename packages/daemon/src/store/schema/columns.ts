/** Column types that tables share. */
import { customType } from 'drizzle-orm/sqlite-core';

/** JSON as text. Unlike drizzle's JSON mode, it stores null as NULL in prepared statements, not as the text `null`. */
export const json = <Value>(name: string) =>
  customType<{ data: Value; driverData: string | null }>({
    dataType: () => 'text',
    toDriver: (value) => (value === null ? null : JSON.stringify(value)),
    fromDriver: (stored) => JSON.parse(stored ?? 'null') as Value,
  })(name);
