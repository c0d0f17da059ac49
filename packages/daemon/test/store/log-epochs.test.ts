/** Cursors after copies of the database were restored: they never skip events silently. */
import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isFault } from '@sidetone/core';
import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createCursors, type Cursors } from '../../src/calls/cursor.ts';
import { openDatabase } from '../../src/store/database.ts';
import { createEventLog } from '../../src/store/event-log.ts';
import { beginEpoch, MAX_EPOCHS } from '../../src/store/opening/log-epochs.ts';
import { downgradeTo } from '../support/earlier-release.ts';
import { createHarness, numberedUtterance, type Harness } from '../support/harness.ts';
import { tempDir } from '../support/temp-dir.ts';

const root = tempDir();
let count = 0;
const NAME = 'harness.db';

function newFolder(): string {
  const folder = join(root, String(count++));
  mkdirSync(folder);
  return folder;
}

/** How a copy of a database is made while the daemon may be running. */
const COPY = {
  'with the backup function of SQLite': (from: string, to: string) => {
    const sqlite = new Sqlite(join(from, NAME), { readonly: true });
    sqlite.exec(`vacuum into '${join(to, NAME)}'`);
    sqlite.close();
  },
  'with its write-ahead log': copyFiles,
} as const;

function copyFiles(from: string, to: string): void {
  for (const suffix of ['', '-wal']) {
    rmSync(join(to, NAME + suffix), { force: true });
    if (existsSync(join(from, NAME + suffix)))
      copyFileSync(join(from, NAME + suffix), join(to, NAME + suffix));
  }
}

/** A daemon with its database, and the texts of the events that its log contains. */
class Subject {
  readonly folder = newFolder();
  #harness: Harness = createHarness(this.folder);
  #written = 0;

  get cursors(): Cursors {
    return createCursors(this.#harness.eventLog);
  }

  /** The events in the log. */
  get log(): readonly string[] {
    return this.#harness.database.db.$client
      .prepare<[], string>('select at || type || fact from events order by position')
      .pluck()
      .all();
  }

  get latest(): string {
    return this.cursors.encode(this.#harness.eventLog.latest());
  }

  async write(events: number): Promise<void> {
    for (let n = 0; n < events; n++) this.#harness.emit(numberedUtterance(count * 100_000 + this.#written++));
    await this.#harness.ingest.committed();
  }

  copy(how: keyof typeof COPY): string {
    const to = newFolder();
    COPY[how](this.folder, to);
    return to;
  }

  restart(): void {
    this.#harness.close();
    this.#harness = createHarness(this.folder);
  }

  restore(copy: string): void {
    this.#harness.close();
    rmSync(join(this.folder, `${NAME}-shm`), { force: true });
    copyFiles(copy, this.folder);
    this.#harness = createHarness(this.folder);
  }

  close(): void {
    this.#harness.close();
  }
}

/** Returns the code with which a cursor is rejected; undefined if it is valid. */
function rejection(subject: Subject, cursor: string): string | undefined {
  try {
    subject.cursors.decode(cursor);
    return undefined;
  } catch (error) {
    if (isFault(error)) return error.code;
    throw error;
  }
}

describe.each(Object.keys(COPY) as (keyof typeof COPY)[])('after a copy made %s was restored', (how) => {
  test('a cursor from before the copy is valid, a later one is rejected, also beyond its position', async () => {
    const subject = new Subject();
    await subject.write(5);
    const before = subject.latest;
    const copy = subject.copy(how);
    await subject.write(5);
    const after = subject.latest;
    subject.restore(copy);
    expect([before, after].map((cursor) => rejection(subject, cursor))).toEqual([
      undefined,
      'CURSOR_LOG_REPLACED',
    ]);
    await subject.write(50);
    expect([before, after].map((cursor) => rejection(subject, cursor))).toEqual([
      undefined,
      'CURSOR_LOG_REPLACED',
    ]);
    expect(rejection(subject, subject.latest)).toBeUndefined();
    subject.close();
  });

  test('twice, the cursors of the first restoration are rejected too', async () => {
    const subject = new Subject();
    await subject.write(3);
    const copy = subject.copy(how);
    const cursors: string[] = [];
    for (let n = 0; n < 3; n++) {
      await subject.write(4);
      cursors.push(subject.latest);
      subject.restore(copy);
    }
    await subject.write(20);
    expect(cursors.map((cursor) => rejection(subject, cursor))).toEqual(
      cursors.map(() => 'CURSOR_LOG_REPLACED'),
    );
    subject.close();
  });
});

type Step =
  | { readonly type: 'write'; readonly events: number }
  | { readonly type: 'copy'; readonly how: keyof typeof COPY }
  | { readonly type: 'restore'; readonly which: number }
  | { readonly type: 'restart' };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ type: fc.constant('write' as const), events: fc.integer({ min: 1, max: 4 }) }),
  fc.record({
    type: fc.constant('copy' as const),
    how: fc.constantFrom(...(Object.keys(COPY) as (keyof typeof COPY)[])),
  }),
  fc.record({ type: fc.constant('restore' as const), which: fc.nat(3) }),
  fc.record({ type: fc.constant('restart' as const) }),
);

test(
  'a cursor is valid exactly if the log still begins with the events up to it',
  { timeout: 60_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 9 }), async (steps) => {
        const subject = new Subject();
        const issued: { readonly cursor: string; readonly log: readonly string[] }[] = [];
        const copies: string[] = [];
        for (const each of steps) {
          if (each.type === 'write') await subject.write(each.events);
          if (each.type === 'copy') copies.push(subject.copy(each.how));
          if (each.type === 'restart') subject.restart();
          const copy = each.type === 'restore' ? copies[each.which % copies.length] : undefined;
          if (copy !== undefined) subject.restore(copy);
          issued.push({ cursor: subject.latest, log: subject.log });
          const current = subject.log;
          for (const { cursor, log } of issued) {
            const isPrefix = log.every((text, index) => current[index] === text);
            expect(rejection(subject, cursor)).toBe(isPrefix ? undefined : 'CURSOR_LOG_REPLACED');
          }
        }
        subject.close();
      }),
      { numRuns: 25 },
    );
  },
);

describe('a database of an earlier release', () => {
  test('keeps its cursors valid, and rejects those of events that a restored copy lacks', async () => {
    const subject = new Subject();
    await subject.write(7);
    subject.close();
    downgradeTo('0007_call_numbers', join(subject.folder, NAME));
    const database = openDatabase(join(subject.folder, NAME), 'normal');
    const { logId } = database;
    const cursors = createCursors(createEventLog(database));
    const latest = createEventLog(database).latest();
    const old = (position: number): string => `${logId}.${position.toString(36)}`;
    expect(cursors.decode(old(latest))).toBe(latest);
    expect(cursors.encode(latest)).toBe(old(latest));
    expect(() => cursors.decode(old(latest + 1))).toThrow(
      expect.objectContaining({ code: 'CURSOR_LOG_REPLACED' }),
    );
    database.close();
  });
});

describe('the epochs of a log', () => {
  test('do not grow with starts that write nothing', () => {
    const path = join(newFolder(), NAME);
    for (let n = 0; n < 5; n++) openDatabase(path, 'normal').close();
    const database = openDatabase(path, 'normal');
    expect(database.epochs).toEqual([{ id: expect.any(String) as string, startsAfter: 0 }]);
    database.close();
  });

  test('are limited: the oldest are removed', () => {
    const database = openDatabase(join(newFolder(), NAME), 'normal');
    database.db.$client
      .exec(`with recursive n(i) as (select 1 union all select i + 1 from n where i < ${MAX_EPOCHS + 5})
      insert into log_epochs select i, 'epoch-' || i from n`);
    const epochs = beginEpoch(database.db, MAX_EPOCHS + 100);
    expect([epochs.length, epochs[0]?.startsAfter, epochs.at(-1)?.startsAfter]).toEqual([
      MAX_EPOCHS,
      7,
      MAX_EPOCHS + 100,
    ]);
    database.close();
  });
});
