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
  const news: string[] = [];
  return {
    clock,
    clears,
    news,
    ours(name: string): void {
      void clears.addOwn(() => news.push(`${name} cleared`)).then(() => news.push(`${name} goes on`));
    },
  };
}

describe('an answer', () => {
  it('is that of whoever asked first', async () => {
    const { clock, clears, news, ours } = start();
    clears.addAgent();
    ours('mute');
    clears.addAgent();
    expect([clears.cleared(), clears.cleared(), clears.cleared()]).toEqual(['agent', 'daemon', 'agent']);
    await clock.settle();
    expect(news).toEqual(['mute cleared', 'mute goes on']);
    expect(clock.pending).toBe(0);
  });

  it('that nobody waits for is the agent’s', () => {
    expect(start().clears.cleared()).toBe('agent');
  });

  it('that is late is still ours, but gives way to one that is not', async () => {
    const { clock, clears, news, ours } = start();
    ours('mute');
    await clock.advance(CLEAR_TIMEOUT_MS);
    await clock.settle();
    expect(news).toEqual(['mute goes on']);
    clears.addAgent();
    expect(clears.cleared()).toBe('agent');
    expect(clears.cleared()).toBe('daemon');
    expect(news).toEqual(['mute goes on', 'mute cleared']);
  });

  it('that is far too late is nobody’s', async () => {
    const { clock, clears, news, ours } = start();
    ours('mute');
    await clock.advance(CLEAR_EXPIRY_MS);
    expect(clears.cleared()).toBe('agent');
    expect(news).toEqual(['mute goes on']);
  });

  it('may come as a status callback, which counts only where the socket gives none', async () => {
    const { clock, clears, news, ours } = start();
    ours('first');
    clears.clearedByCallback();
    expect(clears.cleared()).toBe('daemon');
    ours('second');
    await clock.advance(CLEAR_TIMEOUT_MS);
    expect(news.filter((each) => each.endsWith('cleared'))).toEqual(['first cleared']);
    clears.clearedByCallback();
    clears.clearedByCallback();
    expect(news.at(-1)).toBe('second cleared');
    expect(clears.cleared()).toBe('agent');
  });

  it('is not waited for once the stream is over', async () => {
    const { clock, clears, news, ours } = start();
    ours('mute');
    clears.end();
    await clock.settle();
    expect(news).toEqual(['mute goes on']);
    expect(clock.pending).toBe(0);
  });

  it('is waited for by so many and no more', async () => {
    const { clock, clears, news, ours } = start();
    ours('mute');
    for (let count = 0; count < MAX_PENDING_CLEARS; count++) clears.addAgent();
    await clock.settle();
    expect(news).toEqual(['mute goes on']);
    expect(clock.pending).toBe(0);
    expect(clears.cleared()).toBe('agent');
  });
});
