import { expect, test } from 'vitest';
import { PeerDelays, WINDOW_MS } from '../../../src/cluster/messages/peer-delays.ts';

test('a message is late by as much as it took longer than the fastest one of its sender', () => {
  const delays = new PeerDelays();
  expect(delays.delayOf('a', 5000, 100)).toBe(0);
  expect(delays.delayOf('a', 5100, 203)).toBe(3);
  expect(delays.delayOf('a', 5200, 30_205)).toBe(29_905);
  expect(delays.delayOf('b', 9_000_000, 30_205)).toBe(0);
});

test('messages that waited during a pause are late, and the next ones are not', () => {
  const delays = new PeerDelays();
  for (let sentAt = 0; sentAt < 1000; sentAt += 100) delays.delayOf('a', sentAt, sentAt + 1);
  expect([1000, 1100, 1200].map((sentAt) => delays.delayOf('a', sentAt, 60_001))).toEqual([
    59_000, 58_900, 58_800,
  ]);
  expect(delays.delayOf('a', 60_100, 60_101)).toBe(0);
});

test('a sender whose clock stood still is believed again after two windows', () => {
  const delays = new PeerDelays();
  delays.delayOf('a', 0, 0);
  const slept = 5000;
  expect(delays.delayOf('a', 100, 100 + slept)).toBe(slept);
  delays.delayOf('a', WINDOW_MS, WINDOW_MS + slept);
  delays.delayOf('a', 2 * WINDOW_MS, 2 * WINDOW_MS + slept);
  expect(delays.delayOf('a', 2 * WINDOW_MS + 1, 2 * WINDOW_MS + 1 + slept)).toBe(0);
});
