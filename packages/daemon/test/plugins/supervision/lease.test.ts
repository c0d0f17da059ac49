import { createFakeClock, createFakeSocket, type FakeClock } from '@sidetone/testkit';
import { beforeEach, describe, expect, test } from 'vitest';
import { leaseClock } from '../../../src/plugins/supervision/leased-clock.ts';
import { leaseSocket } from '../../../src/plugins/sockets/leased-socket.ts';
import { Lease } from '../../../src/plugins/supervision/lease.ts';

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
  test('runs, and is forgotten when it has, or when it is cancelled', async () => {
    const leased = leaseClock(clock, lease);
    let ran = 0;
    leased.schedule(10, () => ran++);
    leased.schedule(10, () => ran++)();
    expect(lease.size).toBe(1);
    await clock.advance(10);
    expect([ran, lease.size, clock.pending]).toEqual([1, 0, 0]);
  });

  test('that throws harms nobody', async () => {
    leaseClock(clock, lease).schedule(10, raise);
    await clock.advance(10);
    expect(thrown).toEqual(['a timer: no']);
  });

  test('does not outlive it, and none is set later', async () => {
    const leased = leaseClock(clock, lease);
    leased.schedule(10, raise);
    lease.end();
    leased.schedule(10, raise);
    expect(clock.pending).toBe(0);
    await clock.advance(10);
    expect(thrown).toEqual([]);
  });

  test('that is waited for settles in time or when it is aborted, and never after the end', async () => {
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
    void leased.delay(10).then(() => settled.push('begun after the end'));
    await clock.advance(1000);
    expect(settled).toEqual(['in time', 'aborted']);
  });
});

describe('a socket of an instance', () => {
  test('is closed when the instance ends, and its plugin hears no more messages, but of the close', async () => {
    const { socket, peer } = createFakeSocket();
    const heard: unknown[] = [];
    const leased = leaseSocket(socket, lease);
    leased.onMessage((message) => heard.push(message));
    leased.onClose((code) => heard.push(code));
    await peer.send('one');
    await clock.settle();
    lease.end();
    await clock.settle();
    expect(peer.closing).toMatchObject({ code: 1001 });
    expect(heard).toEqual(['one', 1001]);
  });

  test('has its last messages left unheard, while it is closing', () => {
    const heard: unknown[] = [];
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
    leased.onMessage((message) => heard.push(message));
    deliver('one');
    lease.end();
    deliver('two');
    expect(heard).toEqual(['one']);
  });

  test('that is closed before is forgotten', async () => {
    const { socket, peer } = createFakeSocket();
    const leased = leaseSocket(socket, lease);
    leased.onMessage(() => undefined);
    peer.close();
    await clock.settle();
    expect(lease.size).toBe(0);
  });

  test('that comes when the instance has ended is closed at once', () => {
    const { socket, peer } = createFakeSocket();
    lease.end();
    leaseSocket(socket, lease);
    expect(peer.closing).toMatchObject({ code: 1001 });
  });

  test.each<[string, () => unknown]>([
    ['throws', raise],
    ['rejects', async () => raise()],
  ])('whose listener %s stays open', async (_how, listener) => {
    const { socket, peer } = createFakeSocket();
    leaseSocket(socket, lease).onMessage(listener);
    await peer.send('one');
    await peer.send('two');
    await clock.settle();
    expect(thrown).toEqual(['a listener of a socket: no', 'a listener of a socket: no']);
    expect(peer.closing).toBeUndefined();
  });
});

test('whatever throws while it is taken back, the rest is taken back', () => {
  let isReleased = false;
  lease.hold(raise);
  lease.hold(() => (isReleased = true));
  lease.end();
  expect([isReleased, thrown.length]).toEqual([true, 1]);
});

test('a lease that is over is not opened again', () => {
  lease.open();
  expect([lease.isOpen, lease.isOver]).toEqual([true, false]);
  lease.end();
  lease.open();
  expect([lease.isOpen, lease.isOver]).toEqual([false, true]);
});
