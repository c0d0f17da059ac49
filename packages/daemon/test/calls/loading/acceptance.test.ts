/** Requests wait for their own events, and not for those of others that their owners do not accept. */
import { FaultError, type ProviderCallId, type ProviderId } from '@sidetone/core';
import { expect, test, vi } from 'vitest';
import { Acceptance } from '../../../src/calls/loading/acceptance.ts';
import { CallLoads, type Forward } from '../../../src/calls/loading/call-loads.ts';
import type { CallRef } from '../../../src/calls/loading/call-ref.ts';
import type { Owner } from '../../../src/calls/loading/ports.ts';
import { RequestFailures } from '../../../src/plugins/provider/request-failures.ts';

const refOf = (call: string): CallRef => ({
  providerId: 'line' as ProviderId,
  providerCallId: call as ProviderCallId,
});
const OTHER: Owner = { node: 'other', epoch: 1 };
const unreachable = new FaultError('CLUSTER_UNREACHABLE', 'no connection');

/** Loads of calls that another node owns. Retries wait for `retry`. */
function createLoads(load: () => Promise<Owner | undefined> = async () => OTHER) {
  const log = { error: vi.fn() };
  let retry = (): void => undefined;
  const clock = { delay: () => new Promise<void>((resolve) => (retry = resolve)) };
  return { loads: new CallLoads({ load, clock, log, limit: 100 }), log, retry: () => retry() };
}

const ignore = (): void => undefined;
const refuses: Forward = () => Promise.reject(unreachable);
const accepts: Forward = async () => undefined;

test('an owner that does not answer fails only who waits for its call', async () => {
  const { loads, log } = createLoads();
  loads.run(refOf('of-the-dead'), {}, ignore, refuses);
  await expect(loads.settled(refOf('of-the-dead'))).rejects.toMatchObject({ code: 'CLUSTER_UNREACHABLE' });
  loads.run(refOf('of-the-living'), {}, ignore, accepts);
  await expect(loads.settled(refOf('of-the-living'))).resolves.toBe(undefined);
  // At once, without another attempt.
  await expect(loads.settled(refOf('of-the-dead'))).rejects.toMatchObject({ code: 'CLUSTER_UNREACHABLE' });
  await expect(loads.settled()).rejects.toMatchObject({ code: 'CLUSTER_UNREACHABLE' });
  expect(log.error).toHaveBeenCalledTimes(1);
});

test('a call whose owner answers again has no failure', async () => {
  const { loads, retry } = createLoads();
  const forward = vi.fn(accepts).mockRejectedValueOnce(unreachable);
  loads.run(refOf('call'), {}, ignore, forward);
  await expect(loads.settled(refOf('call'))).rejects.toMatchObject({ code: 'CLUSTER_UNREACHABLE' });
  retry();
  await vi.waitFor(() => expect(loads.size).toBe(0));
  expect(loads.settled()).toBe(undefined);
  expect(forward).toHaveBeenCalledTimes(2);
});

test('a store that cannot be read fails all that wait', async () => {
  const { loads } = createLoads(() => Promise.reject(new FaultError('STORE_UNREACHABLE', 'no connection')));
  loads.run(refOf('a'), {}, ignore);
  await expect(loads.settled()).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' });
  loads.run(refOf('b'), {}, ignore);
  await expect(loads.settled(refOf('b'))).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' });
});

test('a request waits for the events that its handler emits at once, and one that emits later for those of no other', async () => {
  const requests = new RequestFailures();
  const stuck = Promise.reject(unreachable);
  const [first, second, third] = [0, 1, 2].map(() => new Acceptance(async () => undefined)) as [
    Acceptance,
    Acceptance,
    Acceptance,
  ];
  let end = ignore;
  const open = requests.run(() => new Promise<void>((resolve) => (end = resolve)), first);
  await requests.run(async () => requests.waitFor(stuck), second);
  end();
  await open;
  await requests.run(async () => undefined, third);
  await expect(second.stored()).rejects.toBe(unreachable);
  await expect(first.stored()).resolves.toBe(undefined);
  await expect(third.stored()).resolves.toBe(undefined);
});

test('an event that is emitted later delays every open request', async () => {
  const requests = new RequestFailures();
  const acceptance = new Acceptance(async () => undefined);
  let end = ignore;
  const open = requests.run(() => new Promise<void>((resolve) => (end = resolve)), acceptance);
  requests.waitFor(Promise.reject(unreachable));
  end();
  await open;
  await expect(acceptance.stored()).rejects.toBe(unreachable);
});
