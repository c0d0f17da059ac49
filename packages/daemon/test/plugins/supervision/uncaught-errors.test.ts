import { EventEmitter } from 'node:events';
import { beforeEach, describe, expect, test } from 'vitest';
import { Lease } from '../../../src/plugins/supervision/lease.ts';
import {
  MOST_STRAY_LINES,
  takeStrayErrors,
  type StrayErrors,
} from '../../../src/plugins/supervision/uncaught-errors.ts';
import { createTestLog, type LogLine } from '../../support/silent-log.ts';

let source: EventEmitter;
let lines: LogLine[];
let stray: StrayErrors;
let now: number;

beforeEach(() => {
  source = new EventEmitter();
  const testLog = createTestLog();
  lines = testLog.lines;
  now = 0;
  stray = takeStrayErrors(source, testLog.log(''), () => now);
});

/** Whether the daemon would stop now. */
const isBroken = (): Promise<boolean> =>
  Promise.race([
    stray.broken.then(() => true),
    new Promise<boolean>((resolve) => setImmediate(() => resolve(false))),
  ]);

/** An error as one of ours throws it: it comes through the daemon's code. */
function ourError(): unknown {
  const lease = new Lease((_where, error) => (found = error));
  let found: unknown;
  lease.run('x', () => {
    throw new Error('deep inside');
  });
  return found;
}

describe('the daemon', () => {
  test('goes on after a rejection that nobody handles, whose ever it is', async () => {
    source.emit('unhandledRejection', ourError());
    expect(lines).toMatchObject([
      {
        level: 'error',
        fields: { code: 'UNCAUGHT_EXCEPTION', reason: 'deep inside', error: expect.any(Error) },
      },
    ]);
    expect(await isBroken()).toBe(false);
  });

  test.each([[new Error('in a timer of a plugin')], ['a text'], [undefined]])(
    'goes on after an exception that came through none of its code: %s',
    async (error) => {
      source.emit('uncaughtException', error);
      expect(lines).toMatchObject([{ level: 'error', fields: { code: 'UNCAUGHT_EXCEPTION' } }]);
      expect(await isBroken()).toBe(false);
    },
  );

  test('stops after an exception in any folder of its sources', async () => {
    const error = new Error('in the ingest');
    error.stack = `Error: in the ingest\n    at accept (${new URL('../../../src/calls/ingest.ts', import.meta.url).href}:1:1)`;
    source.emit('uncaughtException', error);
    expect(await isBroken()).toBe(true);
  });

  test('stops after one that cut off its own work', async () => {
    source.emit('uncaughtException', ourError());
    expect(await isBroken()).toBe(true);
    expect(lines).toMatchObject([
      { level: 'error', fields: { code: 'UNCAUGHT_EXCEPTION', reason: 'deep inside' } },
    ]);
  });
});

test('a plugin that throws without end does not fill the log, and what was left out is counted', () => {
  for (let i = 0; i < 2 * MOST_STRAY_LINES; i++) source.emit('unhandledRejection', new Error('again'));
  expect(lines.length).toBe(MOST_STRAY_LINES);
  now = 60_000;
  source.emit('unhandledRejection', new Error('once more'));
  expect(lines.at(-1)).toMatchObject({ fields: { untold: MOST_STRAY_LINES } });
});

test('they are the process’s again when they are released', () => {
  stray.release();
  expect(['uncaughtException', 'unhandledRejection'].map((name) => source.listenerCount(name))).toEqual([
    0, 0,
  ]);
});
