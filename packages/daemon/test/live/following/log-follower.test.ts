import { FaultError, type CallId, type CallRecord } from '@sidetone/core';
import { createFakeClock } from '@sidetone/testkit';
import { describe, expect, test } from 'vitest';
import {
  FOLLOW_PAGE,
  FOLLOW_POLL_MS,
  FOLLOW_RETRY_MS,
  LogFollower,
} from '../../../src/live/following/log-follower.ts';
import type { SharedLog } from '../../../src/calls/ports.ts';
import { createTestLog } from '../../support/silent-log.ts';

const record = (position: number): CallRecord => ({
  position,
  callId: 'call_1' as CallId,
  at: 1,
  fact: { type: 'CALL_WATCHED', by: 'test' },
});

/** Nodes with one log. */
function createCluster() {
  const stored: CallRecord[] = [];
  const state = { fails: false, announces: true };
  const listeners = new Set<(position: number) => void>();
  const clock = createFakeClock();
  const { log, lines } = createTestLog();
  const sharedLog: SharedLog = {
    // As a database: a statement sees what was committed before it arrived there.
    async read(after, upTo = Infinity, limit) {
      await Promise.resolve();
      if (state.fails) throw new FaultError('STORE_UNREACHABLE', 'no answer');
      const found = stored.filter(({ position }) => position > after && position <= upTo);
      return { records: found.slice(0, limit), head: stored.length };
    },
    liveCalls: () => Promise.resolve({ calls: [], position: 0 }),
  };
  const commit = (count = 1): CallRecord[] => {
    const added = Array.from({ length: count }, (_, i) => record(stored.length + 1 + i));
    stored.push(...added);
    return added;
  };
  const announce = (position: number): void => {
    if (state.announces) for (const listener of listeners) listener(position);
  };
  const start = () => {
    const received: number[] = [];
    const follower = new LogFollower({
      log: sharedLog,
      position: 0,
      deliver: ({ records }) => received.push(...records.map(({ position }) => position)),
      announcements: {
        announce,
        onHigher(listener) {
          listeners.add(listener);
          return () => listeners.delete(listener);
        },
      },
      clock,
      logger: log('live'),
    });
    follower.start();
    return { follower, received };
  };
  return { stored, state, clock, lines, commit, announce, start };
}

/** Lets all promises settle. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const upTo = (last: number): number[] => Array.from({ length: last }, (_, i) => i + 1);

describe('a node that follows the log', () => {
  test('reads nothing while only its own commits are in the log', async () => {
    const { commit, start, clock } = createCluster();
    const { follower, received } = start();
    await settle();
    const { reads } = follower.counts;
    for (let i = 0; i < 100; i++) follower.publish(commit(3));
    expect(received).toEqual(upTo(300));
    await settle();
    expect(follower.counts.reads).toBe(reads);
    await follower.stop();
    expect(clock.pending).toBe(0);
  });

  test('passes on the records of two nodes in one order at both', async () => {
    const { commit, start } = createCluster();
    const [a, b] = [start(), start()];
    await settle();
    for (let i = 0; i < 50; i++) {
      const [ofA, ofB] = [commit(2), commit(1)];
      // The answers arrive in another order than the commits.
      b.follower.publish(ofB);
      a.follower.publish(ofA);
      if (i % 7 === 0) await settle();
    }
    await settle();
    expect(a.received).toEqual(upTo(150));
    expect(b.received).toEqual(upTo(150));
    expect([a.follower.lag, b.follower.lag, a.follower.waiting, b.follower.waiting]).toEqual([0, 0, 0, 0]);
    await Promise.all([a.follower.stop(), b.follower.stop()]);
  });

  test('finds records without an announcement', async () => {
    const { commit, start, state, clock } = createCluster();
    const { follower, received } = start();
    await settle();
    state.announces = false;
    commit(5);
    await settle();
    expect(received).toEqual([]);
    await clock.advance(2 * FOLLOW_POLL_MS);
    await settle();
    expect(received).toEqual(upTo(5));
    await follower.stop();
  });

  test('reads what was announced while a read was under way, and pages of many records', async () => {
    const { commit, start, announce } = createCluster();
    const { follower, received } = start();
    commit(3 * FOLLOW_PAGE);
    announce(3 * FOLLOW_PAGE);
    commit(1);
    announce(3 * FOLLOW_PAGE + 1);
    await settle();
    expect(received).toEqual(upTo(3 * FOLLOW_PAGE + 1));
    await follower.stop();
  });

  test('retries a failed read, reports it once, and keeps what waits', async () => {
    const { commit, start, state, clock, lines } = createCluster();
    const { follower, received } = start();
    await settle();
    state.fails = true;
    commit(2);
    follower.publish(commit(1));
    await settle();
    await clock.advance(FOLLOW_RETRY_MS);
    await settle();
    expect([received, follower.lag, follower.waiting]).toEqual([[], 3, 1]);
    expect(follower.counts.failedReads).toBe(2);
    state.fails = false;
    await clock.advance(FOLLOW_RETRY_MS);
    await settle();
    expect(received).toEqual([1, 2, 3]);
    const messages = lines.filter(({ message }) => message.startsWith('reading the log'));
    expect(messages.map(({ level }) => level)).toEqual(['warn', 'info']);
    await follower.stop();
    expect(clock.pending).toBe(0);
  });

  test('catches up after a pause, in which others wrote', async () => {
    const { commit, start, state, clock } = createCluster();
    const { follower, received } = start();
    await settle();
    state.announces = false;
    // Its own commit was stored before the pause, and the answer is read after it.
    const own = commit(1);
    commit(40);
    await clock.advance(10 * FOLLOW_POLL_MS);
    await settle();
    follower.publish(own);
    follower.publish(commit(1));
    expect(received).toEqual(upTo(42));
    expect(follower.ownCounts.late).toBe(1);
    await follower.stop();
  });
});
