import { createFakeClock, createFakeSocket, type FakeClock } from '@sidetone/testkit';
import { beforeEach, describe, expect, test } from 'vitest';
import { Lease } from '../../../src/plugins/supervision/lease.ts';
import { leaseClock, leaseSocket } from '../../../src/plugins/supervision/leased-resources.ts';

let lease: Lease;
let clock: FakeClock;
let thrown: string[];

beforeEach(() => {
  thrown = [];
  clock = createFakeClock();
  lease = new Lease((where, error) => thrown.push(`${where}: ${(error as Error).message}`));
});

const raise = (): never => {
  throw new Error('no');
};

describe('a timer of an instance', () => {
  test('is held until it has run or is cancelled', async () => {
    const leased = leaseClock(clock, lease);
    let ran = 0;
    leased.schedule(10, () => ran++);
    leased.schedule(10, () => ran++)();
    expect(lease.size).toBe(1);
    await clock.advance(10);
    expect([ran, lease.size, clock.pending]).toEqual([1, 0, 0]);
  });

  test('reports an exception', async () => {
    leaseClock(clock, lease).schedule(10, raise);
    await clock.advance(10);
    expect(thrown).toEqual(['timer: no']);
  });

  test('is cancelled at the end, and none can be set afterwards', async () => {
    const leased = leaseClock(clock, lease);
    leased.schedule(10, raise);
    lease.end();
    leased.schedule(10, raise);
    expect(clock.pending).toBe(0);
    await clock.advance(10);
    expect(thrown).toEqual([]);
  });

  test('delay settles in time or when its signal aborts, and never after the end', async () => {
    const leased = leaseClock(clock, lease);
    const controller = new AbortController();
    const settled: string[] = [];
    void leased.delay(10).then(() => settled.push('in time'));
    void leased.delay(1000, controller.signal).then(() => settled.push('aborted'));
    void leased.delay(1000).then(() => settled.push('after the end'));
    await clock.advance(10);
    controller.abort();
    await clock.settle();
    lease.end();
    void leased.delay(10).then(() => settled.push('started after the end'));
    await clock.advance(1000);
    expect(settled).toEqual(['in time', 'aborted']);
  });
});

describe('a socket of an instance', () => {
  test('is closed when the instance ends, and reports the close', async () => {
    const { socket, peer } = createFakeSocket();
    const received: unknown[] = [];
    const leased = leaseSocket(socket, lease);
    leased.onMessage((message) => received.push(message));
    leased.onClose((code) => received.push(code));
    await peer.send('one');
    await clock.settle();
    lease.end();
    await clock.settle();
    expect(peer.closing).toMatchObject({ code: 1001 });
    expect(received).toEqual(['one', 1001]);
  });

  test('ignores messages after the end of the lease', () => {
    const received: unknown[] = [];
    let deliver: (message: string) => void = () => undefined;
    const leased = leaseSocket(
      {
        send: async () => undefined,
        close: () => undefined,
        onMessage: (listener) => (deliver = listener),
        onClose: () => undefined,
      },
      lease,
    );
    leased.onMessage((message) => received.push(message));
    deliver('one');
    lease.end();
    deliver('two');
    expect(received).toEqual(['one']);
  });

  test('is not held after it was closed', async () => {
    const { socket, peer } = createFakeSocket();
    const leased = leaseSocket(socket, lease);
    leased.onMessage(() => undefined);
    peer.close();
    await clock.settle();
    expect(lease.size).toBe(0);
  });

  test('is closed at once if the lease has ended', () => {
    const { socket, peer } = createFakeSocket();
    lease.end();
    leaseSocket(socket, lease);
    expect(peer.closing).toMatchObject({ code: 1001 });
  });

  test.each<[string, () => unknown]>([
    ['throws', raise],
    ['rejects', async () => raise()],
  ])('stays open if its listener %s', async (_how, listener) => {
    const { socket, peer } = createFakeSocket();
    leaseSocket(socket, lease).onMessage(listener);
    await peer.send('one');
    await peer.send('two');
    await clock.settle();
    expect(thrown).toEqual(['socket listener: no', 'socket listener: no']);
    expect(peer.closing).toBeUndefined();
  });
});

test('releases all resources even if one throws', () => {
  let isReleased = false;
  lease.hold(raise);
  lease.hold(() => (isReleased = true));
  lease.end();
  expect([isReleased, thrown.length]).toEqual([true, 1]);
});

test('an ended lease cannot be opened again', () => {
  lease.open();
  expect([lease.isOpen, lease.isEnded]).toEqual([true, false]);
  lease.end();
  lease.open();
  expect([lease.isOpen, lease.isEnded]).toEqual([false, true]);
});
