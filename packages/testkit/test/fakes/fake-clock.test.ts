import { describe, expect, it } from 'vitest';
import { createFakeClock, FAKE_EPOCH } from '@sidetone/testkit';

describe('createFakeClock', () => {
  it('does not move until it is advanced', async () => {
    const clock = createFakeClock();
    await clock.settle();
    expect(clock.now()).toBe(FAKE_EPOCH);
    await clock.advance(1500);
    expect(clock.now()).toBe(FAKE_EPOCH + 1500);
  });

  it('runs tasks in the order of their due times', async () => {
    const clock = createFakeClock(0);
    const ran: string[] = [];
    clock.schedule(20, () => void ran.push(`late at ${clock.now()}`));
    clock.schedule(10, () => void ran.push(`early at ${clock.now()}`));
    clock.schedule(10, () => void ran.push(`early too at ${clock.now()}`));
    await clock.advance(15);
    expect(ran).toEqual(['early at 10', 'early too at 10']);
    await clock.advance(5);
    expect(ran).toEqual(['early at 10', 'early too at 10', 'late at 20']);
  });

  it('runs tasks that are scheduled during an advance, after promises have settled', async () => {
    const clock = createFakeClock(0);
    const ran: number[] = [];
    clock.schedule(10, () => {
      void Promise.resolve().then(() => clock.schedule(10, () => void ran.push(clock.now())));
    });
    await clock.advance(30);
    expect(ran).toEqual([20]);
  });

  it('does not run cancelled tasks, and counts pending ones', async () => {
    const clock = createFakeClock();
    const cancel = clock.schedule(10, () => expect.unreachable());
    expect(clock.pending).toBe(1);
    cancel();
    expect(clock.pending).toBe(0);
    await clock.advance(10);
  });

  it('resolves a delay when it elapses or its signal aborts, and leaves no timer', async () => {
    const clock = createFakeClock();
    const abort = new AbortController();
    const ended: string[] = [];
    void clock.delay(100, abort.signal).then(() => ended.push('aborted'));
    void clock.delay(50).then(() => ended.push('elapsed'));
    abort.abort();
    await clock.settle();
    expect(ended).toEqual(['aborted']);
    await clock.advance(50);
    expect(ended).toEqual(['aborted', 'elapsed']);
    expect(clock.pending).toBe(0);
  });

  it('rejects negative and invalid times', async () => {
    const clock = createFakeClock();
    await expect(clock.advance(-1)).rejects.toThrow('clock.advance: expected');
    expect(() => clock.schedule(Number.NaN, () => {})).toThrow('clock.schedule: expected');
  });
});
