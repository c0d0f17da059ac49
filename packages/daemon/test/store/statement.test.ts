/** Statements that are bound without drizzle store the same values. */
import { and, eq, sql } from 'drizzle-orm';
import { afterAll, expect, test } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import { placeholders } from '../../src/store/db.ts';
import { events } from '../../src/store/schema.ts';
import { compile } from '../../src/store/statement.ts';
import { tempDir } from '../support/temp-dir.ts';

const database = openDatabase(`${tempDir()}/test.db`, 'normal');
const { db } = database;
afterAll(() => database.close());

const insert = compile<typeof events.$inferSelect>(db, db.insert(events).values(placeholders(events)));
const event = { callId: 'call', type: 'CALL_NOTICE', at: 5, dedupeKey: null } as never as Omit<
  typeof events.$inferSelect,
  'position' | 'fact'
>;

test('encodes values as drizzle does', () => {
  const fact = { code: 'X', message: null, nested: [1] };
  insert.run({ ...event, position: 7, fact });
  expect(db.select().from(events).all()).toEqual([{ ...event, position: 7, fact }]);
});

test('binds constants and placeholders in their order', () => {
  const find = compile<{ readonly position: number }>(
    db,
    db
      .select()
      .from(events)
      .where(and(eq(events.at, 5), eq(events.position, sql.placeholder('position')))),
  );
  expect([find.exists({ position: 7 }), find.exists({ position: 8 })]).toEqual([true, false]);
});

test('rejects values without one of the placeholders', () => {
  expect(() => insert.run({ ...event, position: 9 } as never)).toThrow(TypeError);
});
