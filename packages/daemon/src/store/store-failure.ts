/** Tells failures of the store (disk, file, locks) from errors that the data of a statement causes. */
import { FaultError, isFault, messageOf, type FaultCode } from '@sidetone/core';
import Sqlite from 'better-sqlite3';
import { findUnwritable } from '../files/folders.ts';
import { pathsOf } from './opening/database-file.ts';

/** Result codes of SQLite that depend on the values of a statement. Every other code is a failure of the store. */
const DATA_ERROR = /^SQLITE_(CONSTRAINT|TOOBIG|MISMATCH|RANGE)/;

type Codes = readonly (readonly [pattern: RegExp, code: FaultCode])[];

const CODES: Codes = [
  [/^SQLITE_(BUSY|LOCKED)/, 'STORE_BUSY'],
  [/^SQLITE_(CORRUPT|NOTADB)/, 'STORE_DAMAGED'],
];

/** The codes while the file is opened, of SQLite and of the operating system. */
const OPEN_CODES: Codes = [
  [/^SQLITE_NOTADB/, 'STORE_NOT_A_DATABASE'],
  ...CODES,
  // SQLite reports a full disk as SHMSIZE while it creates its shared memory.
  [/^(SQLITE_FULL|SQLITE_IOERR_(SHMSIZE|WRITE|FSYNC|TRUNCATE)|ENOSPC|EDQUOT|EIO)$/, 'STORE_WRITE_FAILED'],
  [/^(SQLITE_|E[A-Z]+$)/, 'STORE_UNREADABLE'],
];

export type StoreOperation = 'read' | 'write';

/** Returns an error of SQLite as a fault of kind store; undefined for any other error. */
export function storeFailure(error: unknown, operation: StoreOperation): FaultError | undefined {
  if (isFault(error)) return error.kind === 'store' ? error : undefined;
  const cause = findSqliteError(error);
  if (!cause || DATA_ERROR.test(cause.code)) return undefined;
  const fallback = operation === 'read' ? 'STORE_READ_FAILED' : 'STORE_WRITE_FAILED';
  const message = `database ${operation} failed: ${messageOf(cause)} (${cause.code})`;
  return new FaultError(codeOf(cause.code, CODES) ?? fallback, message, { cause: error });
}

/**
 * Returns an error of opening the file as a fault: of kind store, or NATIVE_MODULE_UNUSABLE. Other errors are returned
 * unchanged. The message names the path that this user cannot write, and its owner.
 */
export function openFailure(path: string, error: unknown): unknown {
  if (isFault(error)) return error;
  if (isNativeFailure(error)) {
    const message = `the native module of better-sqlite3 cannot be loaded by Node.js ${process.versions.node}: ${firstLineOf(error)}`;
    return new FaultError('NATIVE_MODULE_UNUSABLE', message, { cause: error });
  }
  const cause = findSqliteError(error) ?? (error as NodeJS.ErrnoException);
  const code = codeOf(cause.code ?? '', OPEN_CODES);
  if (!code) return error;
  const unwritable = code === 'STORE_UNREADABLE' ? findUnwritable(pathsOf(path)) : undefined;
  const reason = unwritable === undefined ? '' : `: ${unwritable}`;
  return new FaultError(code, `${path}: open failed: ${messageOf(cause)} (${cause.code})${reason}`, {
    cause: error,
  });
}

/** It was built for another release of Node.js, or not built at all. */
const isNativeFailure = (error: unknown): error is Error =>
  error instanceof Error &&
  ((error as NodeJS.ErrnoException).code === 'ERR_DLOPEN_FAILED' || 'tries' in error);

const firstLineOf = (error: Error): string => error.message.split('\n')[0]!;

const codeOf = (code: string, codes: Codes): FaultCode | undefined =>
  codes.find(([pattern]) => pattern.test(code))?.[1];

/** The query builder wraps errors of the driver. */
function findSqliteError(error: unknown): { readonly code: string; readonly message: string } | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof Sqlite.SqliteError) return cause;
  }
  return undefined;
}
