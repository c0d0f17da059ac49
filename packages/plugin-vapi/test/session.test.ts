import { FaultError, providerCallId, type Socket } from '@sidetone/core';
import { describe, expect, it } from 'vitest';
import { createFakeHost, createFakeSocket, type FakeHost } from '@sidetone/testkit';
import {
  CONNECT_TIMEOUT_MS,
  createListenSession,
  LINGER_MS,
  RECONNECT_DELAYS_MS,
  STABLE_AFTER_MS,
} from '../src/session.ts';
import { SECRETS, start, type Harness } from './harness.ts';
import { CALL, LISTEN_URL, sample } from './samples.ts';

const API_CALL = `https://api.vapi.ai/call/${CALL}`;
const inProgress = sample('status-update in-progress, embedded call stale');
const signal = new AbortController().signal;

/** An instance with a call in progress, Vapi answering for it, and the listen socket open to whoever dials. */
async function startLive(options: object = {}): Promise<Harness> {
  const harness = await start(options);
  harness.host.answerDials(() => {});
  harness.host.respond('GET', API_CALL, { json: { id: CALL, status: 'in-progress' } });
  await harness.post(inProgress);
  await harness.host.clock.settle();
  return harness;
}

async function listen(host: FakeHost): Promise<void> {
  host.setDemand('levels', CALL, true);
  await host.clock.settle();
}

const lastPeer = (host: FakeHost) => host.dials.at(-1)!.peer!;

describe('listening', () => {
  it('begins only when someone wants it', async () => {
    const { host } = await startLive();
    expect(host.dials).toEqual([]);
    await listen(host);
    expect(host.dials.map(({ url }) => url.href)).toEqual([LISTEN_URL]);
    expect(host.streams[0]?.options).toEqual({
      providerCallId: CALL,
      encoding: 'pcm_s16le',
      sampleRate: 16_000,
      parties: ['CUSTOMER', 'ASSISTANT'],
    });
    host.verify();
  });

  it('begins with the call, when it was wanted before', async () => {
    const { host, post } = await start();
    host.answerDials(() => {});
    host.setDemand('audio', CALL, true);
    await post(sample('status-update ringing'));
    await host.clock.settle();
    expect(host.dials).toEqual([]);
    await post(inProgress);
    await host.clock.settle();
    expect(host.dials).toHaveLength(1);
  });

  it('goes on when an older status is told late', async () => {
    const { host, post } = await startLive();
    await listen(host);
    await post(sample('status-update ringing'));
    await host.clock.advance(60_000);
    expect(lastPeer(host).closing).toBeUndefined();
  });

  it('begins when words show that the call is in progress, though no status said so', async () => {
    const { host, post } = await start();
    host.answerDials(() => {});
    host.setDemand('levels', CALL, true);
    await post(sample('transcript final'));
    await host.clock.settle();
    expect(host.dials).toHaveLength(1);
  });

  it('shows the public key, and never the private one', async () => {
    const { host } = await startLive();
    await listen(host);
    expect(host.dials[0]?.headers).toEqual({ authorization: `Bearer ${SECRETS.publicKey}` });
    const { host: without } = await startLive({ publicKey: undefined });
    await listen(without);
    expect(without.dials[0]?.headers).toEqual({});
  });

  it('never goes to an address that a forged webhook names', async () => {
    const { host, post } = await start();
    await post(sample('call id of another host in monitor (must be refused)'));
    await listen(host);
    expect(host.dials).toEqual([]);
    host.verify();
  });

  it('sends nothing, ever', async () => {
    const { host, post } = await startLive();
    await listen(host);
    await lastPeer(host).send(new Uint8Array(1280));
    await post(sample('status-update ended, new unknown reason'));
    await host.clock.advance(60_000);
    expect(lastPeer(host).received).toEqual([]);
  });
});

describe('audio', () => {
  it('is joined where a message ends in the middle of a frame', async () => {
    const { host } = await startLive();
    await listen(host);
    const peer = lastPeer(host);
    await peer.send(Uint8Array.from([1, 2, 3, 4, 5, 6, 7]));
    await peer.send(Uint8Array.from([8, 9]));
    await peer.send(new Uint8Array(0));
    await peer.send(Uint8Array.from([10, 11, 12, 13]));
    expect(host.streams[0]?.writes).toEqual([
      { party: 'INTERLEAVED', bytes: Uint8Array.from([1, 2, 3, 4]) },
      { party: 'INTERLEAVED', bytes: Uint8Array.from([5, 6, 7, 8]) },
      { party: 'INTERLEAVED', bytes: Uint8Array.from([9, 10, 11, 12]) },
    ]);
    host.verify();
  });
});

describe('when nobody listens any more', () => {
  it('the socket stays a little while, and then closes', async () => {
    const { host } = await startLive();
    await listen(host);
    host.setDemand('levels', CALL, false);
    await host.clock.advance(LINGER_MS - 1);
    expect(lastPeer(host).closing).toBeUndefined();
    await host.clock.advance(1);
    expect(lastPeer(host).closing?.code).toBe(1000);
    expect(host.streams[0]?.endReason).toBe('nobody listens');
    expect(host.clock.pending).toBe(0);
  });

  it('a listener that comes back in time finds the same socket', async () => {
    const { host } = await startLive();
    await listen(host);
    host.setDemand('levels', CALL, false);
    await host.clock.advance(LINGER_MS - 1);
    host.setDemand('audio', CALL, true);
    await host.clock.advance(60_000);
    expect(host.dials).toHaveLength(1);
    expect(lastPeer(host).closing).toBeUndefined();
  });

  it('a listener that comes back later gets a new one', async () => {
    const { host } = await startLive();
    await listen(host);
    host.setDemand('levels', CALL, false);
    await host.clock.advance(LINGER_MS);
    await listen(host);
    expect(host.dials).toHaveLength(2);
    expect(host.streams).toHaveLength(2);
  });
});

describe('when the call is over', () => {
  it('the socket closes at once', async () => {
    const { host, post } = await startLive();
    await listen(host);
    await post(sample('status-update ended, new unknown reason'));
    expect(lastPeer(host).closing?.code).toBe(1000);
    expect(host.streams[0]?.endReason).toBe('the call ended');
    await host.clock.advance(60_000);
    expect(host.dials).toHaveLength(1);
    expect(host.clock.pending).toBe(0);
  });

  it('a socket that closed is a reason to ask, and not to call again', async () => {
    const { host } = await startLive();
    await listen(host);
    host.respond('GET', API_CALL, { json: sample('get ended call, full', 'rest-response') });
    lastPeer(host).close(1000);
    await host.clock.advance(60_000);
    expect(host.eventsOf('call.ended')).toMatchObject([{ end: { code: 'customer-ended-call' } }]);
    expect(host.dials).toHaveLength(1);
  });

  it('a text frame that says so is a reason to ask, whatever else such frames say', async () => {
    const { host } = await startLive();
    await listen(host);
    for (const text of ['hello', '{"type":"latency-report"}', '{"message":{"type":"transcript"}}']) {
      await lastPeer(host).send(text);
    }
    await host.clock.settle();
    expect(host.requests).toEqual([]);
    host.respond('GET', API_CALL, { json: sample('get ended call, full', 'rest-response') });
    await lastPeer(host).send('{"type":"status-update","status":"ended"}');
    await host.clock.settle();
    expect(host.eventsOf('call.ended')).toHaveLength(1);
  });
});

describe('a connection that does not hold', () => {
  const sum = (delays: readonly number[]): number => delays.reduce((total, delay) => total + delay, 0);

  it('is made again after 1, 2, 4, 8 and 8 seconds, and then no more', async () => {
    const { host } = await startLive();
    const dialledAt: number[] = [];
    const begin = host.clock.now();
    host.answerDials(() => {
      dialledAt.push(host.clock.now() - begin);
      throw new FaultError('PROVIDER_REFUSED', 'the handshake was answered with 400');
    });
    await listen(host);
    await host.clock.advance(120_000);
    expect(dialledAt).toEqual([0, 1000, 3000, 7000, 15_000, 23_000]);
    expect(dialledAt.at(-1)).toBe(sum(RECONNECT_DELAYS_MS));
    expect(host.logs.filter(({ level }) => level === 'warn')).toHaveLength(1);
    expect(host.clock.pending).toBe(0);
    // Until nobody wanted it for a moment: who asks anew gets a new attempt.
    host.setDemand('levels', CALL, false);
    await listen(host);
    expect(dialledAt).toHaveLength(7);
  });

  it('counts from the beginning again once it held for a while', async () => {
    const { host } = await startLive();
    await listen(host);
    for (let drop = 0; drop < 2 * RECONNECT_DELAYS_MS.length; drop++) {
      await host.clock.advance(STABLE_AFTER_MS);
      lastPeer(host).cut();
      await host.clock.advance(1000);
    }
    expect(host.dials).toHaveLength(1 + 2 * RECONNECT_DELAYS_MS.length);
    expect(host.streams[0]?.endReason).toBe('the listen socket closed with 1006');
    expect(lastPeer(host).closing).toBeUndefined();
  });

  it('is given up after eight seconds without an answer', async () => {
    const { host } = await startLive();
    host.answerDials(() => new Promise(() => {}));
    await listen(host);
    await host.clock.advance(CONNECT_TIMEOUT_MS);
    expect(host.dials).toHaveLength(1);
    await host.clock.advance(1000);
    expect(host.dials).toHaveLength(2);
  });

  it('is not made again once nobody wants it', async () => {
    const { host } = await startLive();
    await listen(host);
    host.setDemand('levels', CALL, false);
    lastPeer(host).cut();
    await host.clock.advance(60_000);
    expect(host.dials).toHaveLength(1);
    expect(host.clock.pending).toBe(0);
  });

  it('leaves no address in the log', async () => {
    const { host } = await startLive();
    host.answerDials(({ url }) => {
      throw new FaultError('PROVIDER_REFUSED', `${url.href} was answered with 400`);
    });
    await listen(host);
    await host.clock.advance(60_000);
    expect(host.logText()).not.toContain('vapi.ai');
    expect(host.logText()).not.toContain(SECRETS.publicKey);
  });
});

describe('a stop', () => {
  it('closes the socket, ends the stream, and leaves no timer, listener or request', async () => {
    const { host, provider, post } = await startLive();
    await listen(host);
    await provider.stop(signal);
    expect(lastPeer(host).closing?.code).toBe(1000);
    expect(host.streams[0]?.endReason).toBe('the provider stopped');
    const told = host.events.length;
    await host.clock.advance(60_000);
    expect(host.clock.pending).toBe(0);
    expect(host.wantsListeners).toBe(0);
    // Not even for a webhook that was on its way.
    await post(sample('transcript final'));
    expect(host.events).toHaveLength(told);
    expect(host.dials).toHaveLength(1);
    host.verify();
  });

  it('during a dial closes what is opened too late', async () => {
    const host = createFakeHost();
    const { socket, peer } = createFakeSocket();
    let open = (_socket: Socket): void => {};
    const session = createListenSession({
      host: { ...host, dial: () => new Promise((resolve) => (open = resolve)) },
      providerCallId: providerCallId(CALL),
      publicKey: undefined,
      options: { format: 'auto', swapChannels: false },
      locate: () => {},
      listenUrl: () => new URL(LISTEN_URL),
      isConnected: () => true,
      confirm: () => Promise.resolve(),
    });
    host.setDemand('levels', CALL, true);
    session.update();
    session.stop('the provider stopped');
    open(socket);
    await host.clock.settle();
    expect(peer.closing?.code).toBe(1000);
    expect(host.streams).toEqual([]);
    expect(host.clock.pending).toBe(0);
  });
});

describe('a restart', () => {
  it('listens again to a call that was live, before any webhook comes', async () => {
    const before = await startLive();
    await before.provider.stop(signal);
    const { clock, state } = before.host;
    const { host } = await start({}, { clock, state });
    host.answerDials(() => {});
    await listen(host);
    expect(host.dials.map(({ url }) => url.href)).toEqual([LISTEN_URL]);
  });

  it('forgets calls that nobody told the end of for a day', async () => {
    const before = await startLive();
    await before.provider.stop(signal);
    const { clock, state } = before.host;
    await clock.advance(25 * 60 * 60 * 1000);
    await start({}, { clock, state });
    expect(state.entries.size).toBe(0);
  });
});
