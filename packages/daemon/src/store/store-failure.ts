/** Tells failures of the store (disk, file, locks) from errors that the data of a statement causes. */
import { FaultError, messageOf, type FaultCode } from '@sidetone/core';
import Sqlite from 'better-sqlite3';

/** Result codes of SQLite that depend on the values of a statement. Every other code is a failure of the store. */
const DATA_ERROR = /^SQLITE_(CONSTRAINT|TOOBIG|MISMATCH|RANGE)/;

const CODES: readonly (readonly [RegExp, FaultCode])[] = [
  [/^SQLITE_(BUSY|LOCKED)/, 'STORE_BUSY'],
  [/^SQLITE_(CORRUPT|NOTADB)/, 'STORE_DAMAGED'],
];

export type StoreOperation = 'read' | 'write';

/** Returns an error of SQLite as a fault of kind store; undefined for any other error. */
export function storeFailure(error: unknown, operation: StoreOperation): FaultError | undefined {
  if (!(error instanceof Sqlite.SqliteError) || DATA_ERROR.test(error.code)) return undefined;
  const code = CODES.find(([pattern]) => pattern.test(error.code))?.[1];
  const message = `database ${operation} failed: ${messageOf(error)} (${error.code})`;
  return new FaultError(
    code ?? (operation === 'read' ? 'STORE_READ_FAILED' : 'STORE_WRITE_FAILED'),
    message,
    {
      cause: error,
    },
  );
}
