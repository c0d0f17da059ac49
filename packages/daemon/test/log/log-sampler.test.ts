import { createFakeClock } from '@sidetone/testkit';
import { expect, test } from 'vitest';
import { LogSampler, MAX_SAMPLED_KINDS, SAMPLE_PERIOD_MS } from '../../src/log-sampler.ts';
import { createTestLog } from '../support/silent-log.ts';

function createSampler() {
  const clock = createFakeClock();
  const { log, lines } = createTestLog();
  const sampler = new LogSampler({ clock, log: log('') });
  return { clock, lines, sampler };
}

test('logs the first occurrence of a kind at once and then one number per period', async () => {
  const { clock, lines, sampler } = createSampler();
  for (let n = 0; n < 1000; n++) sampler.warn('a', 'rejected', { n });
  sampler.warn('b', 'failed', {});
  expect(lines.map(({ fields }) => fields)).toEqual([{ n: 0 }, {}]);
  await clock.advance(SAMPLE_PERIOD_MS);
  expect(lines.slice(2)).toEqual([
    { level: 'warn', message: 'rejected', fields: { n: 999, suppressed: 999 } },
  ]);
  expect(sampler.suppressed).toBe(999);
});

test('logs an occurrence at once after a period without one, and leaves no timer', async () => {
  const { clock, lines, sampler } = createSampler();
  sampler.warn('a', 'rejected', {});
  await clock.advance(SAMPLE_PERIOD_MS);
  expect(clock.pending).toBe(0);
  sampler.warn('a', 'rejected', {});
  expect(lines).toHaveLength(2);
});

test('reports the current period when it is closed', () => {
  const { clock, lines, sampler } = createSampler();
  for (let n = 0; n < 3; n++) sampler.warn('a', 'rejected', {});
  sampler.close();
  expect(lines.at(-1)?.fields).toEqual({ suppressed: 2 });
  expect(clock.pending).toBe(0);
});

test('counts kinds beyond the limit together', async () => {
  const { clock, lines, sampler } = createSampler();
  for (let n = 0; n < MAX_SAMPLED_KINDS * 3; n++) sampler.warn(`kind ${n}`, 'rejected', {});
  expect(lines).toHaveLength(MAX_SAMPLED_KINDS + 1);
  await clock.advance(SAMPLE_PERIOD_MS);
  expect(lines.at(-1)?.fields).toEqual({ suppressed: MAX_SAMPLED_KINDS * 2 - 1 });
});
