import { EventEmitter } from 'node:events';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, test } from 'vitest';
import { Lease } from '../../../src/plugins/supervision/lease.ts';
import {
  handleUncaughtErrors,
  MAX_UNCAUGHT_LINES,
  type UncaughtErrorHandler,
} from '../../../src/plugins/supervision/uncaught-errors.ts';
import { createTestLog, type LogLine } from '../../support/silent-log.ts';

let source: EventEmitter;
let lines: LogLine[];
let handler: UncaughtErrorHandler;
let now: number;

beforeEach(() => {
  source = new EventEmitter();
  const testLog = createTestLog();
  lines = testLog.lines;
  now = 0;
  handler = handleUncaughtErrors(source, testLog.log(''), () => now);
});

/** Whether the daemon would stop. */
const isFatal = (): Promise<boolean> =>
  Promise.race([
    handler.fatal.then(() => true),
    new Promise<boolean>((resolve) => setImmediate(() => resolve(false))),
  ]);

/** Returns an error that was thrown through the daemon's code. */
function ownError(): unknown {
  const lease = new Lease((_where, error) => (caught = error));
  let caught: unknown;
  lease.run('x', () => {
    throw new Error('deep inside');
  });
  return caught;
}

describe('the daemon', () => {
  test('continues after an unhandled rejection, also in its own code', async () => {
    source.emit('unhandledRejection', ownError());
    expect(lines).toMatchObject([
      {
        level: 'error',
        fields: { code: 'UNCAUGHT_EXCEPTION', reason: 'deep inside', error: expect.any(Error) },
      },
    ]);
    expect(await isFatal()).toBe(false);
  });

  test('continues after an exception below a bundled library, unless its own code is on the stack', async () => {
    const folder = fileURLToPath(new URL('../../../src', import.meta.url));
    const error = new Error('in a listener of a plugin');
    error.stack = `Error: in a listener of a plugin\n at file:///plugin.js:1:1\n at file://${folder}/bundle/libraries.js:1:1`;
    source.emit('uncaughtException', error);
    expect(await isFatal()).toBe(false);
    error.stack += `\n at file://${folder}/bundle/daemon.js:1:1`;
    source.emit('uncaughtException', error);
    expect(await isFatal()).toBe(true);
  });

  test.each([[new Error('in a timer of a plugin')], ['a string'], [undefined]])(
    'continues after an exception outside of its code: %s',
    async (error) => {
      source.emit('uncaughtException', error);
      expect(lines).toMatchObject([{ level: 'error', fields: { code: 'UNCAUGHT_EXCEPTION' } }]);
      expect(await isFatal()).toBe(false);
    },
  );

  test('stops after an exception in any folder of its sources', async () => {
    const error = new Error('in the ingest');
    error.stack = `Error: in the ingest\n    at accept (${new URL('../../../src/calls/ingest.ts', import.meta.url).href}:1:1)`;
    source.emit('uncaughtException', error);
    expect(await isFatal()).toBe(true);
  });

  test('stops after an exception in its own code', async () => {
    source.emit('uncaughtException', ownError());
    expect(await isFatal()).toBe(true);
    expect(lines).toMatchObject([
      { level: 'error', fields: { code: 'UNCAUGHT_EXCEPTION', reason: 'deep inside' } },
    ]);
  });
});

test('limits the log lines per minute and counts suppressed ones', () => {
  for (let i = 0; i < 2 * MAX_UNCAUGHT_LINES; i++) source.emit('unhandledRejection', new Error('again'));
  expect(lines.length).toBe(MAX_UNCAUGHT_LINES);
  now = 60_000;
  source.emit('unhandledRejection', new Error('once more'));
  expect(lines.at(-1)).toMatchObject({ fields: { suppressed: MAX_UNCAUGHT_LINES } });
});

test('removes its handlers on release', () => {
  handler.release();
  expect(['uncaughtException', 'unhandledRejection'].map((name) => source.listenerCount(name))).toEqual([
    0, 0,
  ]);
});
