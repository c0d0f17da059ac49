import { createFakeClock } from '@sidetone/testkit';
import { expect, test } from 'vitest';
import { CLOCK_CHECK_MS, CLOCK_STEP_MS, watchClock } from '../../src/operator/clock-watch.ts';
import { startTestDaemon, until } from '../support/daemon.ts';
import { createTestLog } from '../support/silent-log.ts';
import { tempDir } from '../support/temp-dir.ts';

const HOUR_MS = 3_600_000;
const dir = tempDir();

function watched() {
  const clock = createFakeClock();
  const { log, lines } = createTestLog();
  const stop = watchClock({ clock, log: log('clock') });
  const steps = () => lines.map(({ message, fields }) => [message, fields?.['stepMs']]);
  return { clock, steps, stop };
}

test.each([-300_000, -2000, 2000, HOUR_MS, 11 * HOUR_MS])('a step of %d ms is one log line', async (step) => {
  const { clock, steps } = watched();
  await clock.advance(CLOCK_CHECK_MS * 3);
  expect(steps()).toEqual([]);
  clock.stepWallClock(step);
  await clock.advance(CLOCK_CHECK_MS * 5);
  expect(steps()).toEqual([['wall clock was set', step]]);
});

test('a clock that is adjusted slowly is not reported', async () => {
  const { clock, steps } = watched();
  for (let i = 0; i < 100; i++) {
    clock.stepWallClock(CLOCK_STEP_MS);
    await clock.advance(CLOCK_CHECK_MS);
  }
  expect(steps()).toEqual([]);
});

test('leaves no timer after it is stopped', async () => {
  const { clock, stop } = watched();
  await clock.advance(CLOCK_CHECK_MS);
  stop();
  expect(clock.pending).toBe(0);
});

test('a daemon watches its clock until it stops', async () => {
  const clock = createFakeClock();
  const { lines, daemon } = await startTestDaemon(dir, {}, clock);
  const steps = (): number => lines.filter(({ message }) => message === 'wall clock was set').length;
  clock.stepWallClock(HOUR_MS);
  await clock.advance(CLOCK_CHECK_MS);
  await until(() => steps() === 1, 'the log line');
  await daemon.stop();
  clock.stepWallClock(HOUR_MS);
  await clock.advance(2 * CLOCK_CHECK_MS);
  expect(steps()).toBe(1);
});
