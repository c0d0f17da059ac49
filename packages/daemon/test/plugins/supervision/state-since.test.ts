import { expect, test } from 'vitest';
import { StateSince } from '../../../src/plugins/supervision/state-since.ts';

test('a state begins when it changes', () => {
  const since = new StateSince('STARTING', 1);
  since.update('STARTING', 2);
  expect(since.at).toBe(1);
  since.update('RUNNING', 3);
  since.update('RUNNING', 4);
  expect(since.at).toBe(3);
});

test('a plugin that fails again has failed since the first failure', () => {
  const since = new StateSince('STARTING', 1);
  since.update('FAILED', 2);
  since.update('STARTING', 3);
  since.update('FAILED', 4);
  expect(since.at).toBe(2);
  since.update('STARTING', 5);
  since.update('RUNNING', 6);
  since.update('FAILED', 7);
  expect(since.at).toBe(7);
});
