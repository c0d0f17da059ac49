/**
 * Which daemon may write to a database. The lock file keeps out a second daemon, except if it is deleted or the database has
 * a second name. Therefore the owner is also stored in the database itself: a second daemon does not start while the owner
 * is running, and an owner that was replaced, which is possible across machines and containers, cannot write any longer.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { FaultError } from '@sidetone/core';
import type Sqlite from 'better-sqlite3';
import { fileIdentity } from './database-file.ts';

const OWNER = 'owner';
const SELECT_OWNER = `select value from meta where key = '${OWNER}'`;

interface Owner {
  readonly token: string;
  readonly pid: number;
  /** Identifies the process among all of this machine since it was built; null where that is not known. */
  readonly process: string | null;
  /** The file, because a copy of it is another database. */
  readonly file: string;
}

/** Tokens of the databases that this process has open. */
const OPEN_HERE = new Set<string>();

export class Ownership {
  readonly #path: string;
  readonly #owner: Owner;
  readonly #value: string;
  readonly #sqlite: Sqlite.Database;
  readonly #read: Sqlite.Statement<[], string>;
  #loss: FaultError | undefined;

  /** Makes this process the owner. @throws {FaultError} STORE_IN_USE if the owner is running on this machine. */
  constructor(sqlite: Sqlite.Database, path: string) {
    const { pid } = process;
    this.#path = path;
    this.#sqlite = sqlite;
    this.#owner = {
      token: randomUUID(),
      pid,
      process: identityOf(pid) ?? null,
      file: fileIdentity(path) ?? '',
    };
    this.#value = JSON.stringify(this.#owner);
    this.#read = sqlite.prepare<[], string>(SELECT_OWNER).pluck();
    sqlite.transaction(() => {
      rejectRunningOwner(sqlite, path);
      sqlite
        .prepare(
          `insert into meta (key, value) values ('${OWNER}', ?) on conflict (key) do update set value = excluded.value`,
        )
        .run(this.#value);
    })();
    OPEN_HERE.add(this.#owner.token);
  }

  /** Call it in every transaction that writes. @throws {FaultError} STORE_IN_USE or STORE_FILE_MISSING. */
  readonly assert = (): void => {
    if (this.#loss) throw this.#loss;
    if (this.#read.get() === this.#value) return;
    throw new FaultError('STORE_IN_USE', `${this.#path}: another daemon has taken over the database`);
  };

  /**
   * Checks that the path still leads to the file that is open; otherwise writes are rejected from now on.
   * @returns the failure, if there is one.
   */
  checkFile(): FaultError | undefined {
    if (!this.#loss && fileIdentity(this.#path) !== this.#owner.file) {
      const message = `${this.#path}: the file was deleted or replaced while it was open`;
      this.#loss = new FaultError('STORE_FILE_MISSING', message);
    }
    return this.#loss;
  }

  /** Gives up the ownership, when the daemon stops. Never throws. */
  release(): void {
    OPEN_HERE.delete(this.#owner.token);
    try {
      this.#sqlite.prepare(`delete from meta where key = '${OWNER}' and value = ?`).run(this.#value);
    } catch {
      // The next start finds an owner that is not running.
    }
  }
}

/**
 * Call it before anything is written. The database may have no tables yet.
 * @throws {FaultError} STORE_IN_USE if the owner of this file is running on this machine.
 */
export function rejectRunningOwner(sqlite: Sqlite.Database, path: string): void {
  const hasMeta = sqlite.prepare(`select 1 from sqlite_schema where name = 'meta'`).get() !== undefined;
  const stored = hasMeta ? sqlite.prepare<[], string>(SELECT_OWNER).pluck().get() : undefined;
  if (stored === undefined) return;
  const owner = JSON.parse(stored) as Owner;
  if (owner.file === fileIdentity(path) && isRunning(owner))
    throw new FaultError('STORE_IN_USE', `${path}: is in use by another daemon`);
}

function isRunning({ token, pid, process: known }: Owner): boolean {
  if (known === null || identityOf(pid) !== known) return false;
  return pid === process.pid ? OPEN_HERE.has(token) : true;
}

/** Boot of the machine, process id and start time; undefined if there is no such process, or on other systems than Linux. */
function identityOf(pid: number): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name of the program, in brackets, may contain spaces. The start time is the 20th field after it.
    const startedAt = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return `${boot} ${pid} ${startedAt}`;
  } catch {
    return undefined;
  }
}
