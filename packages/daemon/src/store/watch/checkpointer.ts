/**
 * Moves the write-ahead log into the database file now and then, so that a copy of the file alone, which is no proper backup, is
 * minutes old and not days: SQLite itself does it only after 4 MB.
 */
import type Sqlite from 'better-sqlite3';
import { messageOf, type Clock, type Logger } from '@sidetone/core';

/** How often it is checked whether there is something to move, ms. */
export const CHECKPOINT_CHECK_MS = 60_000;
/** After how many checks the log is moved even though the database is in use. Before, only if nothing was written meanwhile. */
export const MAX_POSTPONED_CHECKS = 5;

export interface CheckpointerDeps {
  readonly sqlite: Sqlite.Database;
  readonly clock: Pick<Clock, 'schedule'>;
  readonly log: Pick<Logger, 'debug'>;
}

interface CheckpointResult {
  readonly busy: number;
  /** Pages in the log, and those of them that have been moved. */
  readonly log: number;
  readonly checkpointed: number;
}

export class Checkpointer {
  readonly #deps: CheckpointerDeps;
  readonly #countChanges: Sqlite.Statement<[], number>;
  #cancel = (): void => undefined;
  #seen = -1;
  #moved = -1;
  #postponed = 0;

  constructor(deps: CheckpointerDeps) {
    this.#deps = deps;
    this.#countChanges = deps.sqlite.prepare<[], number>('select total_changes()').pluck();
  }

  start(): void {
    this.#cancel = this.#deps.clock.schedule(CHECKPOINT_CHECK_MS, () => {
      this.#check();
      this.start();
    });
  }

  stop(): void {
    this.#cancel();
  }

  #check(): void {
    const changes = this.#countChanges.get() ?? 0;
    const isQuiet = changes === this.#seen;
    this.#seen = changes;
    if (changes === this.#moved) return;
    if (!isQuiet && ++this.#postponed < MAX_POSTPONED_CHECKS) return;
    if (!this.#move()) return;
    this.#moved = changes;
    this.#postponed = 0;
  }

  /** Returns whether everything was moved. Does not wait for readers or for other programs. */
  #move(): boolean {
    try {
      const [result] = this.#deps.sqlite.pragma('wal_checkpoint(PASSIVE)') as CheckpointResult[];
      return result?.busy === 0 && result.log === result.checkpointed;
    } catch (error) {
      // Tried again later; a failure of the disk is reported by the next write.
      this.#deps.log.debug('checkpoint failed', { reason: messageOf(error) });
      return false;
    }
  }
}
