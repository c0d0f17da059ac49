/**
 * A statement that looks at many rows can be ended only where it calls back: nothing in SQLite's driver interrupts it, and
 * a thread that is told to end waits until it leaves the statement. So such statements call a function for each row.
 */
import type { Database } from 'better-sqlite3';
import { sql } from 'drizzle-orm';

/** Always true; belongs into the `where` of a statement that may take long. */
export const GO_ON = sql`go_on()`;

/** Gives a connection the function that {@link GO_ON} calls. Not deterministic, or it would be called once. */
export function makeInterruptible(sqlite: Database): void {
  sqlite.function('go_on', { deterministic: false }, () => 1);
}
