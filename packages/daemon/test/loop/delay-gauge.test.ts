import { createFakeClock } from '@sidetone/testkit';
import { expect, test } from 'vitest';
import { createDelayGauge, GAUGE_INTERVAL_MS } from '../../src/loop/delay-gauge.ts';

test('keeps a delay until it is read, however soon after the last reading it began', async () => {
  const clock = createFakeClock();
  let blockedMs = 0;
  const gauge = createDelayGauge({
    elapsed: () => clock.elapsed() + blockedMs,
    schedule: (delayMs, task) => clock.schedule(delayMs, task),
  });
  await clock.advance(10 * GAUGE_INTERVAL_MS);
  expect(gauge.takeLongestMs()).toBe(0);
  blockedMs = 700;
  // The timer is late, and has not run yet.
  expect(gauge.takeLongestMs()).toBe(0);
  await clock.advance(GAUGE_INTERVAL_MS);
  expect(gauge.takeLongestMs()).toBe(700);
  await clock.advance(GAUGE_INTERVAL_MS);
  expect(gauge.takeLongestMs()).toBe(0);
  gauge.close();
  expect(clock.pending).toBe(0);
});
