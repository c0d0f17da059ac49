/** Which nodes count as dead although nobody watched them die. */
import { beforeEach, describe, expect, test } from 'vitest';
import { SilentMembers } from '../../../src/calls/takeover/silent-members.ts';
import type { StoredMember } from '../../../src/calls/takeover/ports.ts';

const LEASE_MS = 10_000;
let now: number;
let silent: StoredMember[];
let view: { peers: { node: string; epoch: number }[]; isCurrent: boolean };
let members: SilentMembers;
beforeEach(() => {
  now = 0;
  silent = [{ node: 'b', epoch: 2, seenAt: 5 }];
  view = { peers: [], isCurrent: true };
  members = new SilentMembers({
    left: { silentMembers: async () => silent },
    nodes: view,
    leaseMs: LEASE_MS,
    clock: { elapsed: () => now },
  });
});
const findAt = async (at: number): Promise<readonly number[]> => {
  now = at;
  return (await members.find()).map(({ epoch }) => epoch);
};

describe('members without a lease and without a heartbeat', () => {
  test('are dead if nothing of them arrives for the time of a lease', async () => {
    expect(await findAt(0)).toEqual([]);
    expect(await findAt(LEASE_MS - 1)).toEqual([]);
    expect(await findAt(LEASE_MS)).toEqual([2]);
  });

  test('are not dead if a heartbeat has arrived meanwhile, however late', async () => {
    await findAt(0);
    silent = [{ node: 'b', epoch: 2, seenAt: 6 }];
    expect(await findAt(LEASE_MS)).toEqual([]);
    expect(await findAt(2 * LEASE_MS)).toEqual([2]);
  });

  test('are not dead while they have a lease', async () => {
    view.peers = [{ node: 'b', epoch: 2 }];
    await findAt(0);
    expect(await findAt(LEASE_MS)).toEqual([]);
    view.peers = [];
    expect(await findAt(LEASE_MS)).toEqual([]);
  });

  test('are not judged by a node that is cut off, nor at once when it is connected again', async () => {
    await findAt(0);
    view.isCurrent = false;
    expect(await findAt(LEASE_MS)).toEqual([]);
    view.isCurrent = true;
    expect(await findAt(2 * LEASE_MS)).toEqual([]);
    expect(await findAt(3 * LEASE_MS)).toEqual([2]);
  });
});
