import type { Socket } from '@sidetone/core';
import { createFakeClock } from '@sidetone/testkit';
import { describe, expect, it } from 'vitest';
import { createAudioBuffer } from '../../src/audio/audio-buffer.ts';
import { createChannels } from '../../src/channels.ts';
import {
  CATCH_UP_RATE,
  KEEP_ALIVE_AFTER_MS,
  MAX_BURST_MS,
  MAX_IN_FLIGHT_MS,
  MAX_MESSAGE_MS,
  MIN_MESSAGE_MS,
  PRIME_AFTER_MS,
  SILENCE_MS,
} from '../../src/connection/audio-sender.ts';
import type { ConnectionError } from '../../src/connection/connection-errors.ts';
import { createConnection, RESPONSE_TIMEOUT_MS } from '../../src/connection/connection.ts';

const BYTES_PER_MS = 16;

/** Returns a socket and its remote end, which accepts messages only while `isAccepting`. */
function createSocket() {
  let onMessage: (message: string | Uint8Array) => void = () => undefined;
  let onClose: (code: number, reason: string) => void = () => undefined;
  const socket: Socket = {
    send(message) {
      remote.sent.push(message);
      return remote.isAccepting ? Promise.resolve() : new Promise(() => undefined);
    },
    close: (code = 1000) => void (remote.closedWith = code),
    onMessage: (listener) => void (onMessage = listener),
    onClose: (listener) => void (onClose = listener),
  };
  const remote = {
    sent: [] as (string | Uint8Array)[],
    isAccepting: true,
    closedWith: undefined as number | undefined,
    sendMessage: (message: object) => onMessage(JSON.stringify(message)),
    close: (code: number) => onClose(code, ''),
  };
  return { socket, remote };
}

function createBench({ isFlux = false, isAnswered = true } = {}) {
  const clock = createFakeClock();
  const { socket, remote } = createSocket();
  const buffer = createAudioBuffer({
    channels: 1,
    fromRate: 8000,
    toRate: 8000,
    encoding: 'linear16',
    capacityMs: 15_000,
  });
  const events: unknown[] = [];
  const closed: (ConnectionError | undefined)[] = [];
  const skips: [number, number][] = [];
  const channels = createChannels(
    ['CUSTOMER'],
    () => clock.now(),
    (event) => void events.push(event),
  );
  const connect = () =>
    createConnection({
      clock,
      socket,
      buffer,
      channels,
      from: 0,
      isFlux,
      onSkip: (from, to) => void skips.push([from, to]),
      onClosed: (error) => void closed.push(error),
    });
  let atMs = 0;
  return {
    clock,
    remote,
    buffer,
    events,
    closed,
    skips,
    connect,
    /** Writes audio at once. */
    write(ms: number): void {
      for (const endMs = atMs + ms; atMs < endMs; atMs += 20) buffer.write(0, new Uint8Array(320), atMs);
    },
    /** Advances the clock while audio is written. */
    async speak(ms: number): Promise<void> {
      for (let spoken = 0; spoken < ms; spoken += 20) {
        this.write(20);
        await clock.advance(20);
        if (isAnswered && spoken % 1000 === 0) remote.sendMessage({ type: 'Results', start: 0, duration: 0 });
      }
    },
    audioMs: (): number =>
      remote.sent.reduce(
        (sum, message) => sum + (typeof message === 'string' ? 0 : message.length / BYTES_PER_MS),
        0,
      ),
    texts: () => remote.sent.filter((message) => typeof message === 'string'),
  };
}

describe('audio', () => {
  it('is sent in messages of about 100 ms in real time', async () => {
    const bench = createBench();
    bench.connect();
    await bench.speak(10_000);
    expect(bench.audioMs()).toBeGreaterThanOrEqual(9900);
    const lengths = bench.remote.sent.map((message) => message.length / BYTES_PER_MS);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(120);
    expect(lengths.length).toBeLessThanOrEqual(101);
  });

  it('is sent at the catch-up rate after a delay', async () => {
    const bench = createBench();
    bench.write(8000);
    bench.connect();
    await bench.speak(4000);
    expect(bench.audioMs()).toBeLessThanOrEqual(4000 * CATCH_UP_RATE);
    expect(bench.audioMs()).toBeGreaterThan(4000 * CATCH_UP_RATE - 250);
    await bench.speak(32_000);
    expect(bench.audioMs()).toBeGreaterThan(43_800);
    for (const message of bench.remote.sent) {
      expect(message.length / BYTES_PER_MS).toBeLessThanOrEqual(MAX_MESSAGE_MS);
      expect(message.length / BYTES_PER_MS).toBeGreaterThanOrEqual(MIN_MESSAGE_MS);
    }
  });

  it('is sent in a limited burst after the event loop was blocked', async () => {
    const bench = createBench();
    bench.connect();
    bench.write(10_000);
    // One tick that is 9 s late.
    const { elapsed } = bench.clock;
    Object.assign(bench.clock, { elapsed: () => elapsed() + 9000 });
    await bench.clock.advance(100);
    expect(bench.audioMs()).toBeLessThanOrEqual(MAX_BURST_MS);
    expect(bench.audioMs()).toBeGreaterThan(MAX_BURST_MS - MIN_MESSAGE_MS);
    await bench.clock.advance(1000);
    expect(bench.audioMs()).toBeLessThanOrEqual(MAX_BURST_MS + 1000 * CATCH_UP_RATE);
  });

  it('is not sent in a burst after a long time without a delay', async () => {
    const bench = createBench();
    bench.connect();
    await bench.speak(10_000);
    const before = bench.audioMs();
    bench.write(5000);
    await bench.clock.advance(100);
    expect(bench.audioMs() - before).toBeLessThanOrEqual(100 * CATCH_UP_RATE);
  });

  it('stays in the buffer while the socket does not accept messages', async () => {
    const bench = createBench();
    const connection = bench.connect();
    bench.remote.isAccepting = false;
    await bench.speak(19_000);
    expect(bench.audioMs()).toBeLessThan(MAX_IN_FLIGHT_MS + MAX_MESSAGE_MS);
    expect(bench.skips.length).toBeGreaterThan(0);
    expect(bench.skips.at(-1)![1]).toBe(connection.position);
    expect(connection.position).toBeGreaterThanOrEqual(bench.buffer.start - 800);
    expect(bench.closed).toEqual([]);
  });

  it('without a response for too long fails the connection', async () => {
    for (const isAccepting of [true, false]) {
      const bench = createBench({ isAnswered: false });
      bench.connect();
      bench.remote.isAccepting = isAccepting;
      await bench.speak(RESPONSE_TIMEOUT_MS - 1000);
      expect(bench.closed).toEqual([]);
      await bench.speak(2000);
      expect(bench.closed).toMatchObject([{ code: 'DEEPGRAM_UNAVAILABLE' }]);
      expect(bench.remote.closedWith).toBe(1001);
      expect(bench.clock.pending).toBe(0);
    }
  });
});

describe('a socket without audio', () => {
  it('receives silence once, then keep-alives', async () => {
    const bench = createBench();
    bench.connect();
    await bench.clock.advance(PRIME_AFTER_MS - 100);
    expect(bench.remote.sent).toEqual([]);
    await bench.clock.advance(100);
    expect(bench.audioMs()).toBe(SILENCE_MS);
    await bench.clock.advance(3 * KEEP_ALIVE_AFTER_MS);
    expect(bench.texts().map((text) => JSON.parse(text) as unknown)).toEqual(
      Array.from({ length: 3 }, () => ({ type: 'KeepAlive' })),
    );
    expect(bench.audioMs()).toBe(SILENCE_MS);
    // The service does not respond to these.
    await bench.clock.advance(10 * RESPONSE_TIMEOUT_MS);
    expect(bench.closed).toEqual([]);
  });

  it('has positions that do not include the silence', async () => {
    const bench = createBench();
    bench.connect();
    await bench.clock.advance(PRIME_AFTER_MS);
    await bench.speak(1000);
    const words = [{ word: 'one', start: 0.6, end: 0.8 }];
    const channel = { alternatives: [{ transcript: 'one', words }] };
    bench.remote.sendMessage({
      type: 'Results',
      start: 0.1,
      duration: 1,
      is_final: true,
      speech_final: true,
      channel,
    });
    expect(bench.events).toContainEqual(
      expect.objectContaining({ type: 'utterance.final', startMs: 500, endMs: 700 }),
    );
  });

  it('receives silence instead of keep-alives and Finalize with Flux', async () => {
    const bench = createBench({ isFlux: true });
    bench.connect();
    await bench.speak(500);
    bench.remote.sendMessage({
      type: 'TurnInfo',
      event: 'Update',
      audio_window_start: 0,
      audio_window_end: 0.4,
      transcript: 'so',
    });
    const before = bench.audioMs();
    await bench.clock.advance(2 * KEEP_ALIVE_AFTER_MS);
    expect(bench.audioMs()).toBe(before + 2 * SILENCE_MS);
    expect(bench.texts()).toEqual([]);
  });
});

describe('an open utterance', () => {
  const interim = {
    type: 'Results',
    start: 0,
    duration: 1,
    channel: { alternatives: [{ transcript: 'well' }] },
  };

  it('is finalized if it does not change, and finished after a timeout', async () => {
    const bench = createBench();
    bench.connect();
    await bench.speak(1100);
    bench.remote.sendMessage(interim);
    await bench.clock.advance(2900);
    expect(bench.texts()).toEqual([]);
    await bench.clock.advance(200);
    expect(bench.texts().map((text) => JSON.parse(text) as unknown)).toEqual([
      { type: 'Finalize', channel: 0 },
    ]);
    await bench.clock.advance(800);
    expect(bench.events).not.toContainEqual(expect.objectContaining({ type: 'utterance.final' }));
    await bench.clock.advance(200);
    expect(bench.events).toContainEqual(expect.objectContaining({ type: 'utterance.final', text: 'well' }));
    await bench.clock.advance(30_000);
    expect(bench.texts().filter((text) => text.includes('Finalize'))).toHaveLength(1);
  });

  it('is finished by the response', async () => {
    const bench = createBench();
    bench.connect();
    await bench.speak(1100);
    bench.remote.sendMessage(interim);
    await bench.clock.advance(3100);
    bench.remote.sendMessage({ ...interim, is_final: true, from_finalize: true });
    expect(bench.events).toContainEqual(expect.objectContaining({ type: 'utterance.final', text: 'well' }));
  });
});

describe('messages', () => {
  it('may be invalid, and are ignored after the close', async () => {
    const bench = createBench();
    const connection = bench.connect();
    await bench.speak(2000);
    const final = {
      type: 'Results',
      start: 0,
      duration: 1,
      is_final: true,
      speech_final: true,
      channel_index: [0, 1],
      channel: { alternatives: [{ transcript: 'late' }] },
    };
    bench.remote.sendMessage({ ...final, channel_index: [5, 2] });
    bench.remote.sendMessage({ type: 'Strange' });
    bench.remote.sendMessage({ type: 'Error', variant: 'SchemaError' });
    expect(bench.closed).toEqual([]);
    connection.close();
    bench.remote.sendMessage(final);
    bench.remote.close(1006);
    expect(bench.events).toEqual([]);
    expect(bench.closed).toEqual([undefined]);
    expect(bench.clock.pending).toBe(0);
  });

  it('close the socket if they are errors of Flux', async () => {
    const bench = createBench({ isFlux: true });
    bench.connect();
    bench.remote.sendMessage({ type: 'Error', code: 'INTERNAL_SERVER_ERROR' });
    expect(bench.closed).toEqual([{ code: 'DEEPGRAM_UNAVAILABLE' }]);
    expect(bench.remote.closedWith).toBe(1001);
  });
});

describe('finish', () => {
  it('sends the rest as fast as the socket accepts it, then CloseStream', async () => {
    const bench = createBench();
    bench.write(10_000);
    const connection = bench.connect();
    bench.buffer.seal();
    connection.finish();
    await bench.clock.advance(2000);
    expect(bench.audioMs()).toBe(10_000);
    expect(bench.remote.sent.at(-1)).toBe('{"type":"CloseStream"}');
    const { length } = bench.remote.sent;
    await bench.clock.advance(4000);
    expect(bench.remote.sent).toHaveLength(length);
  });

  it.each([
    ['a normal close', false, 1000, undefined],
    ['any close after the metadata', true, 1006, undefined],
    ['a lost connection before the metadata', false, 1006, 'DEEPGRAM_CONNECTION_LOST'],
  ])('ends with %s', async (_what, hasMetadata, code, expected) => {
    const bench = createBench();
    const connection = bench.connect();
    bench.buffer.seal();
    connection.finish();
    await bench.clock.advance(200);
    if (hasMetadata) bench.remote.sendMessage({ type: 'Metadata' });
    bench.remote.close(code);
    expect(bench.closed.map((error) => error?.code)).toEqual([expected]);
  });

  it('times out if the service sends nothing', async () => {
    const bench = createBench();
    const connection = bench.connect();
    bench.buffer.seal();
    connection.finish();
    await bench.clock.advance(4000);
    bench.remote.sendMessage({ type: 'Results', start: 0, duration: 0 });
    await bench.clock.advance(4900);
    expect(bench.closed).toEqual([]);
    await bench.clock.advance(300);
    expect(bench.closed).toMatchObject([{ code: 'DEEPGRAM_UNAVAILABLE' }]);
  });
});
