import { expect, test } from 'vitest';
import { durationOf, MigrationProgressText } from '../../../src/cli/migration/progress-text.ts';

test('the progress of a migration counts the rows of earlier runs, and rates those of this one', () => {
  let now = 500;
  const progress = new MigrationProgressText(() => now);
  progress.start(10_000, 4000);
  now += 2000;
  progress.add('events', 1000);
  expect(progress.text).toBe('events: 5000 of 10000 rows, 500 rows/s, 10 s left');
  progress.step('totals');
  expect(progress.text).toBe('totals');
  progress.compare('events', 0);
  now += 1000;
  progress.compare('events', 2000);
  expect(progress.text).toBe('comparing events: 2000 rows of both databases, 2000 rows/s');
  expect(progress.elapsedMs).toBe(3000);
});

test.each([
  [0, '0 s'],
  [1, '1 s'],
  [59_001, '1 min 0 s'],
  [3_725_000, '62 min 5 s'],
])('a duration of %i ms is %s', (ms, text) => {
  expect(durationOf(ms)).toBe(text);
});
