/** How queries of history over PostgreSQL wait for each other. `test/postgres/history.test.ts` has a server. */
import type { CallId } from '@sidetone/core';
import { createFakeClock, type FakeClock } from '@sidetone/testkit';
import { beforeEach, expect, test } from 'vitest';
import { MAX_QUEUED, QUERY_TIMEOUT_MS, QUEUE_TIMEOUT_MS } from '../../../src/store/history/query-queue.ts';
import type { Statement } from '../../../src/store/postgres/connection/session.ts';
import {
  CONCURRENT_QUERIES,
  createPostgresHistory,
  type PostgresHistory,
} from '../../../src/store/postgres/history/history.ts';
import { createTestLog, type LogLine } from '../../support/silent-log.ts';

let clock: FakeClock;
let lines: LogLine[];
let statements: { readonly statement: Statement; readonly answer: (rows: readonly object[]) => void }[];
let queries: PostgresHistory;

beforeEach(() => {
  clock = createFakeClock();
  const { log, lines: written } = createTestLog();
  lines = written;
  statements = [];
  const rows = (statement: Statement) =>
    new Promise<never>((resolve) =>
      statements.push({ statement, answer: (given) => resolve(given as never) }),
    );
  queries = createPostgresHistory({ rows }, { clock, log: log('history') });
});

/** A query that takes long. */
const count = () => queries.history.countCalls({ tags: ['a'] });
const codeOf = (query: Promise<unknown>): Promise<unknown> =>
  query.catch((error: { code?: string; message: string }) => error.code ?? error.message);
const settle = () => new Promise((resolve) => void setImmediate(resolve));

test('queries of the same turn that differ only in their key are one statement', async () => {
  const found = ['a', 'b'].map((id) => queries.history.countUtterances(id as CallId));
  await settle();
  expect(statements.map(({ statement }) => statement.values)).toEqual([[['a', 'b']]]);
  statements[0]!.answer([{ callId: 'b', n: 3 }]);
  expect(await Promise.all(found)).toEqual([0, 3]);
});

test('long queries wait for each other, and quick ones do not wait for them', async () => {
  const counts = Array.from({ length: CONCURRENT_QUERIES.LONG + 1 }, count);
  await settle();
  expect([statements.length, queries.waiting()]).toEqual([CONCURRENT_QUERIES.LONG, 1]);
  const tags = queries.history.tags('', 1);
  await settle();
  statements.pop()!.answer([]);
  expect(await tags).toEqual([]);
  for (const [i, each] of counts.entries()) {
    statements[i]!.answer([{ calls: i }]);
    expect(await each).toBe(i);
    await settle();
  }
  expect(queries.waiting()).toBe(0);
});

test('a query is rejected if too many wait, or if it waits too long', async () => {
  const counts = Array.from({ length: CONCURRENT_QUERIES.LONG + MAX_QUEUED }, () => codeOf(count()));
  expect(queries.waiting()).toBe(MAX_QUEUED);
  expect(await codeOf(count())).toBe('LIMIT_EXCEEDED');
  await clock.advance(QUEUE_TIMEOUT_MS);
  expect(queries.waiting()).toBe(0);
  expect(new Set(await Promise.all(counts))).toEqual(new Set(['HISTORY_TIMEOUT']));
});

test('a query that takes too long is rejected, and the next one starts when its statement has ended', async () => {
  const [first] = Array.from({ length: CONCURRENT_QUERIES.LONG }, () => codeOf(count()));
  const next = count();
  await settle();
  await clock.advance(QUERY_TIMEOUT_MS);
  expect(await first).toBe('HISTORY_TIMEOUT');
  expect(lines.filter(({ message }) => message === 'history query timed out')).toHaveLength(
    CONCURRENT_QUERIES.LONG,
  );
  expect(statements).toHaveLength(CONCURRENT_QUERIES.LONG);
  statements[0]!.answer([{ calls: 1 }]);
  await settle();
  statements.at(-1)!.answer([{ calls: 5 }]);
  expect(await next).toBe(5);
});

test('closing rejects the queries that run and those that wait', async () => {
  const counts = Array.from({ length: CONCURRENT_QUERIES.LONG + 1 }, () => codeOf(count()));
  queries.close();
  expect(new Set(await Promise.all([...counts, codeOf(count())]))).toEqual(new Set(['DAEMON_DRAINING']));
});
