import { createFakeClock, type FakeClock } from '@sidetone/testkit';
import { beforeEach, describe, expect, test } from 'vitest';
import { createThreadedRunner } from '../../../src/store/history/query-runner.ts';
import type { QueryRequest, Thread, ThreadListener } from '../../../src/store/history/threads.ts';
import { MAX_QUEUED, QUERY_TIMEOUT_MS, QUEUE_TIMEOUT_MS } from '../../../src/store/history/query-queue.ts';
import { HistoryWorker } from '../../../src/store/history/worker.ts';
import { createTestLog, type LogLine } from '../../support/silent-log.ts';

/** A thread whose responses are sent by the test. */
interface ScriptedThread extends Thread {
  readonly requests: QueryRequest[];
  readonly listener: ThreadListener;
  isTerminated: boolean;
  respond(value: unknown): void;
}

let clock: FakeClock;
let lines: LogLine[];
let threads: ScriptedThread[];
let worker: HistoryWorker;

function start(listener: ThreadListener): Thread {
  const thread: ScriptedThread = {
    requests: [],
    listener,
    isTerminated: false,
    send: (request) => void thread.requests.push(request),
    terminate: async () => (thread.isTerminated = true),
    respond: (value) => listener.onResponse({ id: thread.requests.at(-1)!.id, isSuccess: true, value }),
  };
  threads.push(thread);
  return thread;
}

beforeEach(() => {
  clock = createFakeClock();
  const { log, lines: written } = createTestLog();
  lines = written;
  threads = [];
  worker = new HistoryWorker({ start, clock, log: log('history') });
});

const count = () => worker.run('countCalls', {});
/** Resolves with the result of a query, or with the code of its error. */
const outcomeOf = (query: Promise<unknown>): Promise<unknown> =>
  query.catch((error: { code?: string; message: string }) => error.code ?? error.message);

describe('a history worker', () => {
  test('starts its thread with the first query and sends one query at a time, in order', async () => {
    expect(threads).toHaveLength(0);
    const results = [count(), count(), count()];
    const [thread] = threads as [ScriptedThread];
    for (const [i, result] of results.entries()) {
      expect(thread.requests).toHaveLength(i + 1);
      thread.respond(i);
      expect(await result).toBe(i);
    }
    expect(threads).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });

  test('terminates the thread of a query that times out and starts another for the next one', async () => {
    const [slow, next] = [outcomeOf(count()), outcomeOf(count())];
    await clock.advance(QUERY_TIMEOUT_MS - 1);
    expect(threads[0]!.isTerminated).toBe(false);
    await clock.advance(1);
    expect(await slow).toBe('HISTORY_TIMEOUT');
    expect(threads[0]!.isTerminated).toBe(true);
    expect(lines).toEqual([
      expect.objectContaining({ level: 'warn', fields: expect.objectContaining({ query: 'countCalls' }) }),
    ]);
    // The terminated thread is ignored.
    threads[0]!.respond('late');
    threads[0]!.listener.onExit('exit code 1');
    threads[1]!.respond('next');
    expect(await next).toBe('next');
    expect(threads).toHaveLength(2);
  });

  test('fails only the current query if its thread ends', async () => {
    const [lost, next] = [outcomeOf(count()), outcomeOf(count())];
    threads[0]!.listener.onExit('out of memory');
    expect(await lost).toBe('HISTORY_UNAVAILABLE');
    threads[1]!.respond('next');
    expect(await next).toBe('next');
    expect(lines).toEqual([
      expect.objectContaining({
        level: 'error',
        fields: { query: 'countCalls', reason: 'out of memory' },
      }),
    ]);
    expect(clock.pending).toBe(0);
  });

  test('restarts a thread that ended while idle with the next query', async () => {
    const first = count();
    threads[0]!.respond(1);
    await first;
    threads[0]!.listener.onExit('exit code 1');
    expect(threads).toHaveLength(1);
    const second = count();
    threads[1]!.respond(2);
    expect(await second).toBe(2);
  });

  test('fails each query if the thread cannot be started', async () => {
    const broken = new HistoryWorker({
      start: () => {
        throw new Error('no more threads');
      },
      clock,
      log: createTestLog().log('history'),
    });
    const outcomes = [1, 2].map(() => outcomeOf(broken.run('countCalls', {})));
    expect(await Promise.all(outcomes)).toEqual(['HISTORY_UNAVAILABLE', 'HISTORY_UNAVAILABLE']);
    expect(clock.pending).toBe(0);
  });

  test('rejects a query that throws with an error that is not a fault, so that it is masked', async () => {
    const query = outcomeOf(count());
    threads[0]!.listener.onResponse({
      id: threads[0]!.requests[0]!.id,
      isSuccess: false,
      reason: 'no such table',
    });
    expect(await query).toBe('countCalls: no such table');
  });
});

describe('a queued query', () => {
  test('times out', async () => {
    const outcomes = Array.from({ length: 4 }, () => outcomeOf(count()));
    await clock.advance(QUEUE_TIMEOUT_MS);
    expect(new Set(await Promise.all(outcomes))).toEqual(new Set(['HISTORY_TIMEOUT']));
    // Two were sent and timed out; the others timed out in the queue.
    expect(threads.map(({ requests }) => requests.length)).toEqual([1, 1]);
    expect(clock.pending).toBe(0);
  });

  test('is rejected if the queue is full', async () => {
    const queries = Array.from({ length: MAX_QUEUED + 1 }, () => outcomeOf(count()));
    expect(await outcomeOf(count())).toBe('LIMIT_EXCEEDED');
    await worker.close();
    expect(new Set(await Promise.all(queries))).toEqual(new Set(['DAEMON_DRAINING']));
  });

  test('is rejected when the worker is closed, and so are later ones', async () => {
    const queries = [outcomeOf(count()), outcomeOf(count())];
    await worker.close();
    expect(await Promise.all([...queries, outcomeOf(count())])).toEqual(
      Array.from({ length: 3 }, () => 'DAEMON_DRAINING'),
    );
    expect(threads[0]!.isTerminated).toBe(true);
    expect(clock.pending).toBe(0);
  });
});

test('quick queries do not wait for long ones', async () => {
  const runner = createThreadedRunner(start, { clock, log: createTestLog().log('history') });
  const long = runner.run('search', 'hello', {}, { limit: 1, backward: false });
  const quick = runner.run('callsById', []);
  threads[1]!.respond([]);
  expect(await quick).toEqual([]);
  threads[0]!.respond({ rows: [], more: false });
  expect(await long).toEqual({ rows: [], more: false });
  await runner.close();
  expect(threads.map(({ isTerminated }) => isTerminated)).toEqual([true, true]);
});
