import { createFakeClock, type FakeClock } from '@sidetone/testkit';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  HistoryWorker,
  MAX_WAITING,
  QUERY_MS,
  WAIT_MS,
  type Thread,
  type ThreadListener,
  type ThreadQuestion,
} from '../../../src/store/history/worker.ts';
import { createLanes } from '../../../src/store/history/lanes.ts';
import { createTestLog, type LogLine } from '../../support/silent-log.ts';

/** A thread that answers when the test says so. */
interface ScriptedThread extends Thread {
  readonly asked: ThreadQuestion[];
  readonly listener: ThreadListener;
  isEnded: boolean;
  answer(value: unknown): void;
}

let clock: FakeClock;
let lines: LogLine[];
let threads: ScriptedThread[];
let worker: HistoryWorker;

function start(listener: ThreadListener): Thread {
  const thread: ScriptedThread = {
    asked: [],
    listener,
    isEnded: false,
    ask: (question) => void thread.asked.push(question),
    end: async () => (thread.isEnded = true),
    answer: (value) => listener.answered({ id: thread.asked.at(-1)!.id, isAnswer: true, value }),
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

const count = () => worker.ask('countCalls', {});
/** What becomes of a question, by the code of its fault. */
const fate = (asked: Promise<unknown>): Promise<unknown> =>
  asked.catch((error: { code?: string; message: string }) => error.code ?? error.message);

describe('a thread that answers questions', () => {
  test('begins with the first of them, and gets one at a time, in order', async () => {
    expect(threads).toHaveLength(0);
    const answers = [count(), count(), count()];
    const [thread] = threads as [ScriptedThread];
    for (const [i, answer] of answers.entries()) {
      expect(thread.asked).toHaveLength(i + 1);
      thread.answer(i);
      expect(await answer).toBe(i);
    }
    expect(threads).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });

  test('whose answer takes too long is ended; the next question begins another', async () => {
    const [slow, next] = [fate(count()), fate(count())];
    await clock.advance(QUERY_MS - 1);
    expect(threads[0]!.isEnded).toBe(false);
    await clock.advance(1);
    expect(await slow).toBe('HISTORY_TIMEOUT');
    expect(threads[0]!.isEnded).toBe(true);
    expect(lines).toEqual([
      expect.objectContaining({ level: 'warn', fields: expect.objectContaining({ question: 'countCalls' }) }),
    ]);
    // What the ended one still says is for nobody.
    threads[0]!.answer('late');
    threads[0]!.listener.died('exit code 1');
    threads[1]!.answer('next');
    expect(await next).toBe('next');
    expect(threads).toHaveLength(2);
  });

  test('that dies takes only the question with it that it had', async () => {
    const [lost, next] = [fate(count()), fate(count())];
    threads[0]!.listener.died('out of memory');
    expect(await lost).toBe('HISTORY_UNAVAILABLE');
    threads[1]!.answer('next');
    expect(await next).toBe('next');
    expect(lines).toEqual([
      expect.objectContaining({
        level: 'error',
        fields: { question: 'countCalls', reason: 'out of memory' },
      }),
    ]);
    expect(clock.pending).toBe(0);
  });

  test('that dies while nobody asks is begun anew with the next question, not before', async () => {
    const first = count();
    threads[0]!.answer(1);
    await first;
    threads[0]!.listener.died('exit code 1');
    expect(threads).toHaveLength(1);
    const second = count();
    threads[1]!.answer(2);
    expect(await second).toBe(2);
  });

  test('that cannot begin fails each question, and holds up nobody', async () => {
    const broken = new HistoryWorker({
      start: () => {
        throw new Error('no more threads');
      },
      clock,
      log: createTestLog().log('history'),
    });
    const fates = [1, 2].map(() => fate(broken.ask('countCalls', {})));
    expect(await Promise.all(fates)).toEqual(['HISTORY_UNAVAILABLE', 'HISTORY_UNAVAILABLE']);
    expect(clock.pending).toBe(0);
  });

  test('that throws is a mistake of ours, which the client is not told', async () => {
    const asked = fate(count());
    threads[0]!.listener.answered({ id: threads[0]!.asked[0]!.id, isAnswer: false, reason: 'no such table' });
    expect(await asked).toBe('countCalls: no such table');
  });
});

describe('a question', () => {
  test('waits for those before it for a bounded time', async () => {
    const fates = Array.from({ length: 4 }, () => fate(count()));
    await clock.advance(WAIT_MS);
    expect(new Set(await Promise.all(fates))).toEqual(new Set(['HISTORY_TIMEOUT']));
    // Two were asked and cut off; the others did not get that far.
    expect(threads.map(({ asked }) => asked.length)).toEqual([1, 1]);
    expect(clock.pending).toBe(0);
  });

  test('is refused when too many wait already', async () => {
    const asked = Array.from({ length: MAX_WAITING + 1 }, () => fate(count()));
    expect(await fate(count())).toBe('LIMIT_EXCEEDED');
    await worker.close();
    expect(new Set(await Promise.all(asked))).toEqual(new Set(['DAEMON_DRAINING']));
  });

  test('is refused, and those that wait are, once it is closed; nothing is left behind', async () => {
    const asked = [fate(count()), fate(count())];
    await worker.close();
    expect(await Promise.all([...asked, fate(count())])).toEqual(
      Array.from({ length: 3 }, () => 'DAEMON_DRAINING'),
    );
    expect(threads[0]!.isEnded).toBe(true);
    expect(clock.pending).toBe(0);
  });
});

test('what is quick does not wait behind what may be long', async () => {
  const lanes = createLanes(start, { clock, log: createTestLog().log('history') });
  const long = lanes.ask('search', 'words', {}, { limit: 1, backward: false });
  const quick = lanes.ask('callsById', []);
  threads[1]!.answer([]);
  expect(await quick).toEqual([]);
  threads[0]!.answer({ rows: [], more: false });
  expect(await long).toEqual({ rows: [], more: false });
  await lanes.close();
  expect(threads.map(({ isEnded }) => isEnded)).toEqual([true, true]);
});
