/** Makes operations of the databases of this process fail. */
import Sqlite from 'better-sqlite3';

type Method = (this: unknown, ...args: unknown[]) => unknown;

export interface FailingDatabase {
  /** Number of operations since `failAt`. */
  readonly operations: number;
  /** Makes the n-th operation from now on fail, from 1, or that and all later ones. */
  failAt(n: number, duration?: 'once' | 'lasting', code?: string): void;
  /** Lets every operation succeed. */
  repair(): void;
  /** Restores the driver. */
  release(): void;
}

const METHODS = ['run', 'get', 'all'] as const;

export function createFailingDatabase(): FailingDatabase {
  const scratch = new Sqlite(':memory:');
  const prototype = Object.getPrototypeOf(scratch.prepare('select 1')) as Record<string, Method>;
  const originals = METHODS.map((name) => [name, prototype[name]!] as const);
  scratch.close();
  let operations = 0;
  let failing: { readonly from: number; readonly to: number; readonly code: string } | undefined;

  for (const [name, original] of originals) {
    prototype[name] = function (...args) {
      operations++;
      if (failing && operations >= failing.from && operations <= failing.to)
        throw new Sqlite.SqliteError('injected failure', failing.code);
      return original.apply(this, args);
    };
  }
  return {
    get operations() {
      return operations;
    },
    failAt(n, duration = 'once', code = 'SQLITE_IOERR_WRITE') {
      operations = 0;
      failing = { from: n, to: duration === 'once' ? n : Infinity, code };
    },
    repair: () => (failing = undefined),
    release() {
      for (const [name, original] of originals) prototype[name] = original;
    },
  };
}
