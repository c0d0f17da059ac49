import { createFakeClock } from '@sidetone/testkit';
import { describe, expect, it } from 'vitest';
import {
  CLEARED_LATE_MS,
  CLEARED_WITHIN_MS,
  createClearings,
  MAX_CLEARINGS,
} from '../../src/relay/clear-tracker.ts';

function start() {
  const clock = createFakeClock();
  const clearings = createClearings(clock);
  const news: string[] = [];
  return {
    clock,
    clearings,
    news,
    ours(name: string): void {
      void clearings.addOurs(() => news.push(`${name} cleared`)).then(() => news.push(`${name} goes on`));
    },
  };
}

describe('an answer', () => {
  it('is that of whoever asked first', async () => {
    const { clock, clearings, news, ours } = start();
    clearings.addAgents();
    ours('mute');
    clearings.addAgents();
    expect([clearings.take(), clearings.take(), clearings.take()]).toEqual(['agents', 'ours', 'agents']);
    await clock.settle();
    expect(news).toEqual(['mute cleared', 'mute goes on']);
    expect(clock.pending).toBe(0);
  });

  it('that nobody waits for is the agent’s', () => {
    expect(start().clearings.take()).toBe('agents');
  });

  it('that is late is still ours, but gives way to one that is not', async () => {
    const { clock, clearings, news, ours } = start();
    ours('mute');
    await clock.advance(CLEARED_WITHIN_MS);
    await clock.settle();
    expect(news).toEqual(['mute goes on']);
    clearings.addAgents();
    expect(clearings.take()).toBe('agents');
    expect(clearings.take()).toBe('ours');
    expect(news).toEqual(['mute goes on', 'mute cleared']);
  });

  it('that is far too late is nobody’s', async () => {
    const { clock, clearings, news, ours } = start();
    ours('mute');
    await clock.advance(CLEARED_LATE_MS);
    expect(clearings.take()).toBe('agents');
    expect(news).toEqual(['mute goes on']);
  });

  it('may come as a status callback, which counts only where the socket gives none', async () => {
    const { clock, clearings, news, ours } = start();
    ours('first');
    clearings.callBack();
    expect(clearings.take()).toBe('ours');
    ours('second');
    await clock.advance(CLEARED_WITHIN_MS);
    expect(news.filter((each) => each.endsWith('cleared'))).toEqual(['first cleared']);
    clearings.callBack();
    clearings.callBack();
    expect(news.at(-1)).toBe('second cleared');
    expect(clearings.take()).toBe('agents');
  });

  it('is not waited for once the stream is over', async () => {
    const { clock, clearings, news, ours } = start();
    ours('mute');
    clearings.end();
    await clock.settle();
    expect(news).toEqual(['mute goes on']);
    expect(clock.pending).toBe(0);
  });

  it('is waited for by so many and no more', async () => {
    const { clock, clearings, news, ours } = start();
    ours('mute');
    for (let count = 0; count < MAX_CLEARINGS; count++) clearings.addAgents();
    await clock.settle();
    expect(news).toEqual(['mute goes on']);
    expect(clock.pending).toBe(0);
    expect(clearings.take()).toBe('agents');
  });
});
