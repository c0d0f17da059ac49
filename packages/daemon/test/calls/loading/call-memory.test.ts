/** What memory keeps of calls that are given up while they are read. */
import { providerCallId, type Call, type CallId } from '@sidetone/core';
import { createFakeClock } from '@sidetone/testkit';
import { beforeEach, describe, expect, test } from 'vitest';
import { CallMemory } from '../../../src/calls/loading/call-memory.ts';
import type { CallRef } from '../../../src/calls/loading/call-ref.ts';
import type { FetchedCall } from '../../../src/calls/loading/ports.ts';
import { PROVIDER } from '../../support/harness.ts';

const id = 'call_1' as CallId;
const ref = { providerId: PROVIDER, providerCallId: providerCallId('their-call') };
const call = { ...ref, id, status: 'IN_PROGRESS' } as Call;
const FETCHED: FetchedCall = { call, isErased: false, dedupeKeys: [] };
const OWNER = { node: 'ada', epoch: 1 };

let memory: CallMemory;
/** Ends the oldest read. */
let answers: ((fetched: FetchedCall) => void)[];

beforeEach(() => {
  answers = [];
  memory = new CallMemory({
    source: {
      fetchCall: () => new Promise((resolve) => answers.push(resolve)),
      fetchUtterances: async () => [],
      release: () => undefined,
      releaseNow: async () => undefined,
    },
    clock: createFakeClock(),
  });
});

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe.each<[string, CallRef, (memory: CallMemory) => unknown]>([
  ['by the same name', ref, (it) => it.release(ref)],
  ['by its other name', id, (it) => it.release(ref)],
  ['after another daemon has changed it', id, (it) => (it.forgetStale(call), it.release(ref))],
  ['after data was removed', id, (it) => it.forget(id)],
])('a call that is given up while it is read %s', (_name, read, giveUp) => {
  test('is read again, because another node may own it', async () => {
    const first = memory.load(ref);
    const second = memory.load(read);
    answers.shift()!(FETCHED);
    await first;
    await giveUp(memory);
    answers.shift()!(FETCHED);
    await turn();
    answers.shift()!({ isErased: false, dedupeKeys: [], owner: OWNER });
    expect(await second).toEqual(OWNER);
    expect(memory.size).toBe(0);
  });
});

test('a call that is read while another one is given up is read once', async () => {
  const loading = memory.load(ref);
  await memory.release({ ...ref, providerCallId: providerCallId('another') });
  answers.shift()!(FETCHED);
  expect(await loading).toBeUndefined();
  expect(memory.get(id)).toBe(call);
});
