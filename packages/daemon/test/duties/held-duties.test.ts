/** Which work of a cluster this node does: duties are taken when their work is due, kept, and lost with their leases. */
import { createFakeClock, type FakeClock } from '@sidetone/testkit';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { ELSEWHERE, EVERY_DUTY, type Duty } from '../../src/duties/duties.ts';
import { DUTY_LEASE_MS, HeldDuties } from '../../src/duties/held-duties.ts';
import { createTestLog } from '../support/silent-log.ts';

let clock: FakeClock;
let owners: Map<Duty, string>;
let isAway: boolean;
let statements: number;
beforeEach(() => {
  clock = createFakeClock();
  owners = new Map();
  isAway = false;
  statements = 0;
});

function node(name: string): HeldDuties {
  const leases = {
    async take(duties: readonly Duty[]) {
      statements += 1;
      if (isAway) throw new Error('no answer');
      for (const duty of duties) if (!owners.has(duty)) owners.set(duty, name);
      return duties.filter((duty) => owners.get(duty) === name);
    },
    async release(duties: readonly Duty[]) {
      for (const duty of duties) if (owners.get(duty) === name) owners.delete(duty);
    },
  };
  return new HeldDuties({ leases, clock, log: createTestLog().log('') });
}

describe('the duties of a node', () => {
  test('a duty stays with the node that did its work first, also between two runs', async () => {
    const [first, second] = [node('a'), node('b')];
    expect(await first.run('retention', () => 'done')).toBe('done');
    await clock.advance(10 * DUTY_LEASE_MS);
    const work = vi.fn();
    expect(await second.run('retention', work)).toBe(ELSEWHERE);
    expect(work).not.toHaveBeenCalled();
    expect(first.has('retention')).toBe(true);
    expect(await second.run('expiry', () => 'done')).toBe('done');
  });

  test('a node that has a duty does not ask the database again for each run', async () => {
    const duties = node('a');
    for (let run = 0; run < 10; run++) await duties.run('filling', () => true);
    expect(statements).toBe(1);
  });

  test('a node whose lease was not renewed has lost its duty, and reports it when another has it', async () => {
    const duties = node('a');
    await duties.run('retention', () => true);
    isAway = true;
    await clock.advance(DUTY_LEASE_MS);
    expect(duties.has('retention')).toBe(false);
    await expect(duties.run('retention', () => true)).rejects.toThrow('no answer');
    isAway = false;
    owners.set('retention', 'b');
    expect(await duties.run('retention', () => true)).toBe(ELSEWHERE);
    expect(duties.counts).toEqual({ taken: 1, lost: 1 });
  });

  test('a node that stops releases its duties and accepts no other', async () => {
    const [first, second] = [node('a'), node('b')];
    await first.run('retention', () => true);
    await first.close();
    expect(await second.run('retention', () => 'done')).toBe('done');
    expect(await first.run('expiry', () => true)).toBe(ELSEWHERE);
  });

  test('a duty that is given up can be taken by another node', async () => {
    const [first, second] = [node('a'), node('b')];
    await first.run('filling', () => true);
    await first.giveUp('filling');
    expect(await second.run('filling', () => 'done')).toBe('done');
  });

  test('without a cluster, work runs at once', () => {
    expect(EVERY_DUTY.run('retention', () => 'done')).toBe('done');
  });
});
