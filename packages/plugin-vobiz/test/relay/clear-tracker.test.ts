import { createFakeClock } from '@sidetone/testkit';
import { describe, expect, it } from 'vitest';
import {
  CLEAR_EXPIRY_MS,
  CLEAR_TIMEOUT_MS,
  createClearTracker,
  MAX_PENDING_CLEARS,
} from '../../src/relay/clear-tracker.ts';

function start() {
  const clock = createFakeClock();
  const clears = createClearTracker(clock);
  const log: string[] = [];
  return {
    clock,
    clears,
    log,
    addOwn(name: string): void {
      void clears.addOwn(() => log.push(`${name} cleared`)).then(() => log.push(`${name} settled`));
    },
  };
}

describe('the clear tracker', () => {
  it('matches responses with requests in order', async () => {
    const { clock, clears, log, addOwn } = start();
    clears.addAgent();
    addOwn('mute');
    clears.addAgent();
    expect([clears.cleared(), clears.cleared(), clears.cleared()]).toEqual(['agent', 'daemon', 'agent']);
    await clock.settle();
    expect(log).toEqual(['mute cleared', 'mute settled']);
    expect(clock.pending).toBe(0);
  });

  it('attributes an unexpected response to the agent', () => {
    expect(start().clears.cleared()).toBe('agent');
  });

  it('matches an overdue request after newer ones', async () => {
    const { clock, clears, log, addOwn } = start();
    addOwn('mute');
    await clock.advance(CLEAR_TIMEOUT_MS);
    await clock.settle();
    expect(log).toEqual(['mute settled']);
    clears.addAgent();
    expect(clears.cleared()).toBe('agent');
    expect(clears.cleared()).toBe('daemon');
    expect(log).toEqual(['mute settled', 'mute cleared']);
  });

  it('ignores a request that expired', async () => {
    const { clock, clears, log, addOwn } = start();
    addOwn('mute');
    await clock.advance(CLEAR_EXPIRY_MS);
    expect(clears.cleared()).toBe('agent');
    expect(log).toEqual(['mute settled']);
  });

  it('accepts a status callback if the socket sends no response', async () => {
    const { clock, clears, log, addOwn } = start();
    addOwn('first');
    clears.clearedByCallback();
    expect(clears.cleared()).toBe('daemon');
    addOwn('second');
    await clock.advance(CLEAR_TIMEOUT_MS);
    expect(log.filter((each) => each.endsWith('cleared'))).toEqual(['first cleared']);
    clears.clearedByCallback();
    clears.clearedByCallback();
    expect(log.at(-1)).toBe('second cleared');
    expect(clears.cleared()).toBe('agent');
  });

  it('settles pending requests when the stream ends', async () => {
    const { clock, clears, log, addOwn } = start();
    addOwn('mute');
    clears.end();
    await clock.settle();
    expect(log).toEqual(['mute settled']);
    expect(clock.pending).toBe(0);
  });

  it('drops the oldest request at the limit', async () => {
    const { clock, clears, log, addOwn } = start();
    addOwn('mute');
    for (let count = 0; count < MAX_PENDING_CLEARS; count++) clears.addAgent();
    await clock.settle();
    expect(log).toEqual(['mute settled']);
    expect(clock.pending).toBe(0);
    expect(clears.cleared()).toBe('agent');
  });
});
