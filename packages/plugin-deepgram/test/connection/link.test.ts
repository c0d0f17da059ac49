import type { Socket } from '@sidetone/core';
import { createFakeClock } from '@sidetone/testkit';
import { describe, expect, it } from 'vitest';
import { createAudioBuffer } from '../../src/audio/audio-buffer.ts';
import { createChannels } from '../../src/audio/channels.ts';
import {
  CATCH_UP_RATE,
  createLink,
  KEEP_ALIVE_AFTER_MS,
  MAX_BURST_MS,
  MAX_IN_FLIGHT_MS,
  MAX_MESSAGE_MS,
  MAX_UNANSWERED_MS,
  MIN_MESSAGE_MS,
  PRIME_AFTER_MS,
  SILENCE_MS,
} from '../../src/connection/link.ts';
import type { Trouble } from '../../src/connection/troubles.ts';

const BYTES_A_MS = 16;

/** A socket whose far end is this test; it takes what is sent only while it is told to. */
function createSocket() {
  let onMessage: (message: string | Uint8Array) => void = () => undefined;
  let onClose: (code: number, reason: string) => void = () => undefined;
  const socket: Socket = {
    send(message) {
      far.sent.push(message);
      return far.takes ? Promise.resolve() : new Promise(() => undefined);
    },
    close: (code = 1000) => void (far.closedWith = code),
    onMessage: (listener) => void (onMessage = listener),
    onClose: (listener) => void (onClose = listener),
  };
  const far = {
    sent: [] as (string | Uint8Array)[],
    takes: true,
    closedWith: undefined as number | undefined,
    tell: (message: object) => onMessage(JSON.stringify(message)),
    end: (code: number) => onClose(code, ''),
  };
  return { socket, far };
}

function createBench({ isFlux = false, isAnswered = true } = {}) {
  const clock = createFakeClock();
  const { socket, far } = createSocket();
  const buffer = createAudioBuffer({
    channels: 1,
    fromRate: 8000,
    toRate: 8000,
    encoding: 'linear16',
    capacityMs: 15_000,
  });
  const events: unknown[] = [];
  const closed: (Trouble | undefined)[] = [];
  const skips: [number, number][] = [];
  const channels = createChannels(
    ['CUSTOMER'],
    () => clock.now(),
    (event) => void events.push(event),
  );
  const link = () =>
    createLink({
      clock,
      socket,
      buffer,
      channels,
      from: 0,
      isFlux,
      onSkip: (from, to) => void skips.push([from, to]),
      onClosed: (trouble) => void closed.push(trouble),
    });
  let atMs = 0;
  return {
    clock,
    far,
    buffer,
    events,
    closed,
    skips,
    link,
    /** Writes so much audio at once. */
    write(ms: number): void {
      for (const endMs = atMs + ms; atMs < endMs; atMs += 20) buffer.write(0, new Uint8Array(320), atMs);
    },
    /** Lets time go on, with audio. */
    async speak(ms: number): Promise<void> {
      for (let spoken = 0; spoken < ms; spoken += 20) {
        this.write(20);
        await clock.advance(20);
        if (isAnswered && spoken % 1000 === 0) far.tell({ type: 'Results', start: 0, duration: 0 });
      }
    },
    audioMs: (): number =>
      far.sent.reduce(
        (sum, message) => sum + (typeof message === 'string' ? 0 : message.length / BYTES_A_MS),
        0,
      ),
    texts: () => far.sent.filter((message) => typeof message === 'string'),
  };
}

describe('audio', () => {
  it('goes in messages of about 100 ms, as it comes', async () => {
    const bench = createBench();
    bench.link();
    await bench.speak(10_000);
    expect(bench.audioMs()).toBeGreaterThanOrEqual(9900);
    const lengths = bench.far.sent.map((message) => message.length / BYTES_A_MS);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(120);
    expect(lengths.length).toBeLessThanOrEqual(101);
  });

  it('that waited goes no faster than the service takes it', async () => {
    const bench = createBench();
    bench.write(8000);
    bench.link();
    await bench.speak(4000);
    expect(bench.audioMs()).toBeLessThanOrEqual(4000 * CATCH_UP_RATE);
    expect(bench.audioMs()).toBeGreaterThan(4000 * CATCH_UP_RATE - 250);
    await bench.speak(32_000);
    expect(bench.audioMs()).toBeGreaterThan(43_800);
    for (const message of bench.far.sent) {
      expect(message.length / BYTES_A_MS).toBeLessThanOrEqual(MAX_MESSAGE_MS);
      expect(message.length / BYTES_A_MS).toBeGreaterThanOrEqual(MIN_MESSAGE_MS);
    }
  });

  it('is not sent in a heap after the loop was held up', async () => {
    const bench = createBench();
    bench.link();
    bench.write(10_000);
    // One tick that is 9 s late.
    const { now } = bench.clock;
    Object.assign(bench.clock, { now: () => now() + 9000 });
    await bench.clock.advance(100);
    expect(bench.audioMs()).toBeLessThanOrEqual(MAX_BURST_MS);
    expect(bench.audioMs()).toBeGreaterThan(MAX_BURST_MS - MIN_MESSAGE_MS);
    await bench.clock.advance(1000);
    expect(bench.audioMs()).toBeLessThanOrEqual(MAX_BURST_MS + 1000 * CATCH_UP_RATE);
  });

  it('is not sent in a heap after all went well for long', async () => {
    const bench = createBench();
    bench.link();
    await bench.speak(10_000);
    const before = bench.audioMs();
    bench.write(5000);
    await bench.clock.advance(100);
    expect(bench.audioMs() - before).toBeLessThanOrEqual(100 * CATCH_UP_RATE);
  });

  it('waits for a socket that takes nothing, up to the size of the buffer', async () => {
    const bench = createBench();
    const link = bench.link();
    bench.far.takes = false;
    await bench.speak(19_000);
    expect(bench.audioMs()).toBeLessThan(MAX_IN_FLIGHT_MS + MAX_MESSAGE_MS);
    expect(bench.skips.length).toBeGreaterThan(0);
    expect(bench.skips.at(-1)![1]).toBe(link.position);
    expect(link.position).toBeGreaterThanOrEqual(bench.buffer.start - 800);
    expect(bench.closed).toEqual([]);
  });

  it('without an answer for long makes the socket a dead one, be it taken or not', async () => {
    for (const takes of [true, false]) {
      const bench = createBench({ isAnswered: false });
      bench.link();
      bench.far.takes = takes;
      await bench.speak(MAX_UNANSWERED_MS - 1000);
      expect(bench.closed).toEqual([]);
      await bench.speak(2000);
      expect(bench.closed).toMatchObject([{ code: 'DEEPGRAM_UNAVAILABLE' }]);
      expect(bench.far.closedWith).toBe(1001);
      expect(bench.clock.pending).toBe(0);
    }
  });
});

describe('a socket without audio', () => {
  it('is given a little silence soon, and is kept alive from then on', async () => {
    const bench = createBench();
    bench.link();
    await bench.clock.advance(PRIME_AFTER_MS - 100);
    expect(bench.far.sent).toEqual([]);
    await bench.clock.advance(100);
    expect(bench.audioMs()).toBe(SILENCE_MS);
    await bench.clock.advance(3 * KEEP_ALIVE_AFTER_MS);
    expect(bench.texts().map((text) => JSON.parse(text) as unknown)).toEqual(
      Array.from({ length: 3 }, () => ({ type: 'KeepAlive' })),
    );
    expect(bench.audioMs()).toBe(SILENCE_MS);
    // Nobody has to answer that.
    await bench.clock.advance(10 * MAX_UNANSWERED_MS);
    expect(bench.closed).toEqual([]);
  });

  it('tells places behind that silence as if it had not been', async () => {
    const bench = createBench();
    bench.link();
    await bench.clock.advance(PRIME_AFTER_MS);
    await bench.speak(1000);
    const words = [{ word: 'one', start: 0.6, end: 0.8 }];
    const channel = { alternatives: [{ transcript: 'one', words }] };
    bench.far.tell({ type: 'Results', start: 0.1, duration: 1, is_final: true, speech_final: true, channel });
    expect(bench.events).toContainEqual(
      expect.objectContaining({ type: 'utterance.final', startMs: 500, endMs: 700 }),
    );
  });

  it('of Flux is given silence instead, and no question', async () => {
    const bench = createBench({ isFlux: true });
    bench.link();
    await bench.speak(500);
    bench.far.tell({
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

  it('that stays as it is, is asked for, and closed if there is no answer', async () => {
    const bench = createBench();
    bench.link();
    await bench.speak(1100);
    bench.far.tell(interim);
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

  it('is closed by the answer', async () => {
    const bench = createBench();
    bench.link();
    await bench.speak(1100);
    bench.far.tell(interim);
    await bench.clock.advance(3100);
    bench.far.tell({ ...interim, is_final: true, from_finalize: true });
    expect(bench.events).toContainEqual(expect.objectContaining({ type: 'utterance.final', text: 'well' }));
  });
});

describe('what comes', () => {
  it('is taken whatever it is, and not at all once the socket is closed', async () => {
    const bench = createBench();
    const link = bench.link();
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
    bench.far.tell({ ...final, channel_index: [5, 2] });
    bench.far.tell({ type: 'Strange' });
    bench.far.tell({ type: 'Error', variant: 'SchemaError' });
    expect(bench.closed).toEqual([]);
    link.cut();
    bench.far.tell(final);
    bench.far.end(1006);
    expect(bench.events).toEqual([]);
    expect(bench.closed).toEqual([undefined]);
    expect(bench.clock.pending).toBe(0);
  });

  it('as an error of Flux is the end of the socket', async () => {
    const bench = createBench({ isFlux: true });
    bench.link();
    bench.far.tell({ type: 'Error', code: 'INTERNAL_SERVER_ERROR' });
    expect(bench.closed).toEqual([{ code: 'DEEPGRAM_UNAVAILABLE' }]);
    expect(bench.far.closedWith).toBe(1001);
  });
});

describe('the end', () => {
  it('is asked for once all is sent, as fast as the socket takes it', async () => {
    const bench = createBench();
    bench.write(10_000);
    const link = bench.link();
    bench.buffer.seal();
    link.finish();
    await bench.clock.advance(2000);
    expect(bench.audioMs()).toBe(10_000);
    expect(bench.far.sent.at(-1)).toBe('{"type":"CloseStream"}');
    const { length } = bench.far.sent;
    await bench.clock.advance(4000);
    expect(bench.far.sent).toHaveLength(length);
  });

  it.each([
    ['a proper close', false, 1000, undefined],
    ['any close once all was told', true, 1006, undefined],
    ['a loss before all was told', false, 1006, 'DEEPGRAM_CONNECTION_LOST'],
  ])('with %s', async (_what, isTold, code, expected) => {
    const bench = createBench();
    const link = bench.link();
    bench.buffer.seal();
    link.finish();
    await bench.clock.advance(200);
    if (isTold) bench.far.tell({ type: 'Metadata' });
    bench.far.end(code);
    expect(bench.closed.map((trouble) => trouble?.code)).toEqual([expected]);
  });

  it('does not wait for a service that says nothing', async () => {
    const bench = createBench();
    const link = bench.link();
    bench.buffer.seal();
    link.finish();
    await bench.clock.advance(4000);
    bench.far.tell({ type: 'Results', start: 0, duration: 0 });
    await bench.clock.advance(4900);
    expect(bench.closed).toEqual([]);
    await bench.clock.advance(300);
    expect(bench.closed).toMatchObject([{ code: 'DEEPGRAM_UNAVAILABLE' }]);
  });
});
