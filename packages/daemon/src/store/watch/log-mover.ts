/**
 * Moves the write-ahead log into the database file in a thread while much is written. SQLite itself does it in the commit that
 * finds 1,000 pages in the log, which then writes all of them and waits twice for the disk.
 */
import type Sqlite from 'better-sqlite3';
import type { Clock, Logger } from '@sidetone/core';
import type { StartLogThread } from './log-threads.ts';

/** How often it is checked whether there is much to move, ms. */
export const MOVE_CHECK_MS = 250;
/** Changed rows, those of the full-text index included, after which the log is moved. */
export const ROWS_PER_MOVE = 2000;
/**
 * Pages of the log, 40 MB, after which a commit moves what the thread has left: only a commit can find the log without newer
 * pages, after which it is written from its beginning again.
 */
export const PAGES_BEFORE_COMMIT_MOVES = 10_000;
/** The default of SQLite: for a process without the thread. */
const DEFAULT_PAGES = 1000;

export interface LogMoverDeps {
  readonly sqlite: Sqlite.Database;
  readonly start: StartLogThread;
  readonly clock: Pick<Clock, 'schedule'>;
  readonly log: Pick<Logger, 'warn'>;
}

export class LogMover {
  readonly #deps: LogMoverDeps;
  readonly #countChanges: Sqlite.Statement<[], number>;
  #thread: ReturnType<StartLogThread> | undefined;
  #cancel = (): void => undefined;
  #moved: number;
  #isMoving = false;

  constructor(deps: LogMoverDeps) {
    this.#deps = deps;
    this.#countChanges = deps.sqlite.prepare<[], number>('select total_changes()').pluck();
    this.#moved = this.#changes();
  }

  start(): void {
    this.#setPages(PAGES_BEFORE_COMMIT_MOVES);
    this.#schedule();
  }

  /** Resolves when the thread has ended. Call it before the database is closed. */
  async stop(): Promise<void> {
    this.#cancel();
    await this.#thread?.terminate();
    this.#thread = undefined;
  }

  #schedule(): void {
    this.#cancel = this.#deps.clock.schedule(MOVE_CHECK_MS, () => {
      this.#schedule();
      const changes = this.#changes();
      if (this.#isMoving || changes - this.#moved < ROWS_PER_MOVE) return;
      this.#moved = changes;
      this.#isMoving = true;
      this.#thread ??= this.#startThread();
      this.#thread.move();
    });
  }

  #startThread(): ReturnType<StartLogThread> {
    return this.#deps.start({
      onMoved: () => (this.#isMoving = false),
      onExit: (reason) => {
        this.#deps.log.warn('checkpoint thread failed, checkpointing in commits', { reason });
        this.#cancel();
        this.#thread = undefined;
        this.#setPages(DEFAULT_PAGES);
      },
    });
  }

  #setPages(pages: number): void {
    this.#deps.sqlite.pragma(`wal_autocheckpoint = ${pages}`);
  }

  #changes(): number {
    return this.#countChanges.get() ?? 0;
  }
}
