/** A thread that does not answer, or takes too much memory. */
import { createFakeClock } from '@sidetone/testkit';
import { describe, expect, test } from 'vitest';
import { BLOCKED_MS } from '../../../src/loop/loop-monitor.ts';
import {
  GIVE_UP_MS,
  PING_INTERVAL_MS,
  ThreadWatch,
  UNRESPONSIVE_MS,
} from '../../../src/plugins/isolation/thread-watch.ts';

function watch() {
  const clock = createFakeClock();
  const seen: string[] = [];
  const pings: number[] = [];
  let sleptMs = 0;
  const watched = new ThreadWatch({
    clock: {
      elapsed: () => clock.elapsed() + sleptMs,
      schedule: (delayMs, task) => clock.schedule(delayMs, task),
    },
    ping: (id) => void pings.push(id),
    maxBufferBytes: 1000,
    onUnresponsive: (ms) => void seen.push(`unresponsive ${ms}`),
    onBlocked: (ms) => void seen.push(`blocked ${ms}`),
    onGivenUp: ({ code }) => void seen.push(code),
  });
  watched.start();
  const pong = (blockedMs = 0, bufferBytes = 0): void =>
    watched.onPong({ pong: pings.at(-1)!, blockedMs, bufferBytes, dropped: 0 });
  const sleep = (ms: number): void => void (sleptMs += ms);
  return { clock, seen, pings, pong, watched, sleep };
}

describe('the watch of a thread', () => {
  test('reports nothing while the thread answers', async () => {
    const { clock, seen, pings, pong } = watch();
    for (let turn = 0; turn < 5; turn++) {
      await clock.advance(PING_INTERVAL_MS);
      pong(BLOCKED_MS - 1);
    }
    expect([pings, seen]).toEqual([[1, 2, 3, 4, 5], []]);
  });

  test('reports once that it does not answer, and the duration when it answers again', async () => {
    const { clock, seen, pong } = watch();
    await clock.advance(PING_INTERVAL_MS + UNRESPONSIVE_MS + PING_INTERVAL_MS);
    pong(3000);
    expect(seen).toEqual([`unresponsive ${UNRESPONSIVE_MS}`, 'blocked 3000']);
  });

  test('reports a long block between two answers', async () => {
    const { clock, seen, pong } = watch();
    await clock.advance(PING_INTERVAL_MS);
    pong(BLOCKED_MS);
    expect(seen).toEqual([`blocked ${BLOCKED_MS}`]);
  });

  test('gives up a thread that does not answer at all', async () => {
    const { clock, seen } = watch();
    await clock.advance(PING_INTERVAL_MS + GIVE_UP_MS);
    expect(seen.at(-1)).toBe('PLUGIN_UNRESPONSIVE');
    expect(clock.pending).toBe(0);
  });

  test('does not give up a thread because the daemon did not run', async () => {
    const { clock, seen, pong, sleep } = watch();
    await clock.advance(PING_INTERVAL_MS);
    sleep(2 * GIVE_UP_MS);
    await clock.advance(PING_INTERVAL_MS);
    pong();
    await clock.advance(PING_INTERVAL_MS);
    expect(seen).toEqual([]);
  });

  test('gives up a thread whose buffers take too much memory', async () => {
    const { clock, seen, pong } = watch();
    await clock.advance(PING_INTERVAL_MS);
    pong(0, 1001);
    expect(seen).toEqual(['PLUGIN_OUT_OF_MEMORY']);
  });
});
