import { FaultError, providerCallId, type Socket } from '@sidetone/core';
import { LATE_AUDIO_MS } from '@sidetone/plugin-kit';
import { describe, expect, it } from 'vitest';
import { createFakeHost, createFakeSocket, type FakeHost } from '@sidetone/testkit';
import { CONNECT_TIMEOUT_MS } from '../../src/media/dial.ts';
import {
  createListenSession,
  LINGER_MS,
  RECONNECT_DELAYS_MS,
  STABLE_AFTER_MS,
} from '../../src/media/listen-session.ts';
import { SECRETS, start, type Harness } from '../harness.ts';
import { CALL, LISTEN_URL, sample } from '../samples.ts';

const API_CALL = `https://api.vapi.ai/call/${CALL}`;
const inProgress = sample('status-update in-progress, embedded call stale');
const signal = new AbortController().signal;

/** Starts an instance with a call in progress whose listen socket accepts connections. */
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
  it('starts only with demand', async () => {
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

  it('starts when a call with demand is answered', async () => {
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

  it('continues after a late report of an older status', async () => {
    const { host, post } = await startLive();
    await listen(host);
    await post(sample('status-update ringing'));
    await host.clock.advance(60_000);
    expect(lastPeer(host).closing).toBeUndefined();
  });

  it('starts when a transcript implies that the call is in progress', async () => {
    const { host, post } = await start();
    host.answerDials(() => {});
    host.setDemand('levels', CALL, true);
    await post(sample('transcript final'));
    await host.clock.settle();
    expect(host.dials).toHaveLength(1);
  });

  it('sends the public key, and never the private one', async () => {
    const { host } = await startLive();
    await listen(host);
    expect(host.dials[0]?.headers).toEqual({ authorization: `Bearer ${SECRETS.publicKey}` });
    const { host: without } = await startLive({ publicKey: undefined });
    await listen(without);
    expect(without.dials[0]?.headers).toEqual({});
  });

  it('does not connect to the host in a forged webhook', async () => {
    const { host, post } = await start();
    host.respond('GET', /call/, { json: { id: CALL, status: 'in-progress' } });
    await post(sample('call id of another host in monitor (must be refused)'));
    await listen(host);
    expect(host.dials).toEqual([]);
    host.verify();
  });

  it('never sends anything', async () => {
    const { host, post } = await startLive();
    await listen(host);
    await lastPeer(host).send(new Uint8Array(1280));
    await post(sample('status-update ended, new unknown reason'));
    await host.clock.advance(60_000);
    expect(lastPeer(host).received).toEqual([]);
  });
});

describe('audio', () => {
  it('is written in whole frames if a message ends within a frame', async () => {
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

describe('without demand', () => {
  it('closes the socket after a delay', async () => {
    const { host } = await startLive();
    await listen(host);
    host.setDemand('levels', CALL, false);
    await host.clock.advance(LINGER_MS - 1);
    expect(lastPeer(host).closing).toBeUndefined();
    await host.clock.advance(1);
    expect(lastPeer(host).closing?.code).toBe(1000);
    expect(host.streams[0]?.endReason).toBe('no listeners');
    expect(host.clock.pending).toBe(0);
  });

  it('keeps the socket if demand returns within the delay', async () => {
    const { host } = await startLive();
    await listen(host);
    host.setDemand('levels', CALL, false);
    await host.clock.advance(LINGER_MS - 1);
    host.setDemand('audio', CALL, true);
    await host.clock.advance(60_000);
    expect(host.dials).toHaveLength(1);
    expect(lastPeer(host).closing).toBeUndefined();
  });

  it('opens a new socket if demand returns later', async () => {
    const { host } = await startLive();
    await listen(host);
    host.setDemand('levels', CALL, false);
    await host.clock.advance(LINGER_MS);
    await listen(host);
    expect(host.dials).toHaveLength(2);
    expect(host.streams).toHaveLength(2);
  });
});

describe('after the end of the call', () => {
  it('closes the socket if Vapi does not close it after the last audio', async () => {
    const { host, post } = await startLive();
    await listen(host);
    await post(sample('status-update ended, new unknown reason'));
    await host.clock.advance(LATE_AUDIO_MS - 1);
    expect(lastPeer(host).closing).toBeUndefined();
    await host.clock.advance(1);
    expect(lastPeer(host).closing?.code).toBe(1000);
    expect(host.streams[0]?.endReason).toBe('the call ended');
    await host.clock.advance(60_000);
    expect(host.dials).toHaveLength(1);
    expect(host.clock.pending).toBe(0);
  });

  it('writes audio that arrives until Vapi closes the socket', async () => {
    const { host, post } = await startLive();
    await listen(host);
    await post(sample('status-update ended, new unknown reason'));
    const before = host.streams[0]!.writes.length;
    await host.clock.advance(2000);
    await lastPeer(host).send(new Uint8Array(640));
    expect(host.streams[0]!.writes).toHaveLength(before + 1);
    lastPeer(host).close(1000);
    await host.clock.settle();
    expect(host.streams[0]?.endReason).toBe('the listen socket closed with 1000');
    expect([host.dials.length, host.clock.pending]).toEqual([1, 0]);
  });

  it('does not wait between two connections', async () => {
    const { host, post } = await startLive();
    await listen(host);
    lastPeer(host).close(1000);
    await host.clock.settle();
    await post(sample('status-update ended, new unknown reason'));
    await host.clock.advance(60_000);
    expect([host.dials.length, host.clock.pending]).toEqual([1, 0]);
  });

  it('checks the call when the socket closes, and does not reconnect', async () => {
    const { host } = await startLive();
    await listen(host);
    host.respond('GET', API_CALL, { json: sample('get ended call, full', 'rest-response') });
    lastPeer(host).close(1000);
    await host.clock.advance(60_000);
    expect(host.eventsOf('call.ended')).toMatchObject([{ end: { code: 'customer-ended-call' } }]);
    expect(host.dials).toHaveLength(1);
  });

  it('checks the call when a text frame reports the end, and ignores other text frames', async () => {
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

describe('lost connection', () => {
  const sum = (delays: readonly number[]): number => delays.reduce((total, delay) => total + delay, 0);

  it('is reopened after 1, 2, 4, 8 and 8 seconds, then not again', async () => {
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
    // New demand starts a new attempt.
    host.setDemand('levels', CALL, false);
    await listen(host);
    expect(dialledAt).toHaveLength(7);
  });

  it('resets the delays after a stable connection', async () => {
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

  it('times out after eight seconds without a response', async () => {
    const { host } = await startLive();
    host.answerDials(() => new Promise(() => {}));
    await listen(host);
    await host.clock.advance(CONNECT_TIMEOUT_MS);
    expect(host.dials).toHaveLength(1);
    await host.clock.advance(1000);
    expect(host.dials).toHaveLength(2);
  });

  it('is not reopened without demand', async () => {
    const { host } = await startLive();
    await listen(host);
    host.setDemand('levels', CALL, false);
    lastPeer(host).cut();
    await host.clock.advance(60_000);
    expect(host.dials).toHaveLength(1);
    expect(host.clock.pending).toBe(0);
  });

  it('is logged without the URL', async () => {
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

describe('stop', () => {
  it('closes the socket, ends the stream, and leaves no timer or listener', async () => {
    const { host, provider, post } = await startLive();
    await listen(host);
    await provider.stop(signal);
    expect(lastPeer(host).closing?.code).toBe(1000);
    expect(host.streams[0]?.endReason).toBe('the provider stopped');
    const count = host.events.length;
    await host.clock.advance(60_000);
    expect(host.clock.pending).toBe(0);
    expect(host.demandListeners).toBe(0);
    // Nor for a webhook that arrives late.
    await post(sample('transcript final'));
    expect(host.events).toHaveLength(count);
    expect(host.dials).toHaveLength(1);
    host.verify();
  });

  it('closes a socket that opens after the stop', async () => {
    const host = createFakeHost();
    const { socket, peer } = createFakeSocket();
    let open = (_socket: Socket): void => {};
    const session = createListenSession({
      host: { ...host, dial: () => new Promise((resolve) => (open = resolve)) },
      providerCallId: providerCallId(CALL),
      publicKey: undefined,
      options: { format: 'auto', swapChannels: false },
      requestCall: () => {},
      listenUrl: () => new URL(LISTEN_URL),
      hasAudio: () => true,
      check: () => Promise.resolve(),
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

describe('restart', () => {
  it('resumes listening to a live call before any webhook arrives', async () => {
    const before = await startLive();
    await before.provider.stop(signal);
    const { clock, state } = before.host;
    const { host } = await start({}, { clock, state });
    host.answerDials(() => {});
    await listen(host);
    expect(host.dials.map(({ url }) => url.href)).toEqual([LISTEN_URL]);
  });

  it('discards stored calls older than a day', async () => {
    const before = await startLive();
    await before.provider.stop(signal);
    const { clock, state } = before.host;
    await clock.advance(25 * 60 * 60 * 1000);
    await start({}, { clock, state });
    expect(state.entries.size).toBe(0);
  });
});
