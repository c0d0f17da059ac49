import { createFakeClock, type FakeClock } from '@sidetone/testkit';
import { beforeEach, describe, expect, test } from 'vitest';
import { OWNER_SWEEP_MS, OWNERS_PER_STEP, startOwnerSweep } from '../../../src/calls/owners/owner-sweep.ts';
import { ELSEWHERE, EVERY_DUTY, type Duties } from '../../../src/duties/duties.ts';
import { createTestLog } from '../../support/silent-log.ts';

describe('the sweep of owners', () => {
  let clock: FakeClock;
  let rows: number;
  let statements: number;
  let isAway: boolean;
  const log = createTestLog().log('store');
  beforeEach(() => {
    clock = createFakeClock();
    rows = 0;
    statements = 0;
    isAway = false;
  });

  const start = (duties: Duties = EVERY_DUTY): (() => Promise<void>) => {
    const sweep = async (limit: number): Promise<number> => {
      statements += 1;
      if (isAway) throw new Error('away');
      const deleted = Math.min(limit, rows);
      rows -= deleted;
      return deleted;
    };
    return startOwnerSweep({ claims: { sweep }, duties, clock, log });
  };

  test('deletes in steps, until nothing is left, every minute', async () => {
    rows = 2 * OWNERS_PER_STEP + 1;
    const stop = start();
    await clock.advance(OWNER_SWEEP_MS);
    expect([rows, statements]).toEqual([0, 3]);
    await clock.advance(OWNER_SWEEP_MS);
    expect(statements).toBe(4);
    await stop();
    expect(clock.pending).toBe(0);
  });

  test('continues after a failure', async () => {
    rows = 1;
    isAway = true;
    const stop = start();
    await clock.advance(OWNER_SWEEP_MS);
    isAway = false;
    await clock.advance(OWNER_SWEEP_MS);
    expect([rows, statements]).toEqual([0, 2]);
    await stop();
  });

  test('sends nothing while another node has the duty', async () => {
    const stop = start({ run: () => ELSEWHERE, giveUp: () => undefined });
    await clock.advance(10 * OWNER_SWEEP_MS);
    expect(statements).toBe(0);
    await stop();
  });
});
