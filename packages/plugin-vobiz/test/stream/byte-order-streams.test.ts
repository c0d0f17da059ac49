/** Streams of an account whose 16-bit audio is big-endian, with the byte order measured. */
import type { FakeHost, FakeHostOptions, FakeSocket } from '@sidetone/testkit';
import { describe, expect, it } from 'vitest';
import { MAX_HELD_MS } from '../../src/stream/held-audio.ts';
import { start } from '../harness.ts';
import { CALL } from '../samples.ts';

const FRAME_SAMPLES = 160;
const tone = (index: number): number => Math.round(2300 * Math.sin((2 * Math.PI * 440 * index) / 8000 + 0.3));

/** Returns the samples of one frame of 20 ms. */
const samplesAt = (frame: number, sample: (index: number) => number): Int16Array =>
  Int16Array.from({ length: FRAME_SAMPLES }, (_, index) => sample(frame * FRAME_SAMPLES + index));

type Track = 'inbound' | 'outbound';

/** Sends frames of samples in a byte order. */
async function send(
  peer: FakeSocket,
  frames: readonly Int16Array[],
  { streamId = 'stream', isBig = true, track = (_index: number): Track => 'inbound' } = {},
): Promise<void> {
  const mediaFormat = { encoding: 'audio/x-l16', sampleRate: 8000 };
  await peer.send(JSON.stringify({ event: 'start', start: { callId: CALL, streamId, mediaFormat } }));
  for (const [index, samples] of frames.entries()) {
    const bytes = Buffer.from(samples.slice().buffer);
    const payload = (isBig ? bytes.swap16() : bytes).toString('base64');
    const media = { track: track(index), payload, timestamp: String(1_790_000_000_000 + index * 20) };
    await peer.send(JSON.stringify({ event: 'media', streamId, media }));
  }
}

const writtenTo = (host: FakeHost, stream = 0): Int16Array[] =>
  host.streams[stream]!.writes.map(({ bytes }) => new Int16Array(Uint8Array.from(bytes).buffer));
const positionsIn = (host: FakeHost, stream = 0) =>
  host.streams[stream]!.writes.map(({ positionMs }) => positionMs);

async function open(hostOptions: FakeHostOptions = {}, options: object = {}) {
  const harness = await start({ contentType: 'audio/x-l16;rate=8000', ...options }, hostOptions);
  harness.host.setDemand('audio', CALL, true);
  return { ...harness, peer: harness.open(await harness.answer()) };
}

const TONE = Array.from({ length: 100 }, (_, frame) => samplesAt(frame, tone));
const expectedPositions = (count: number) => Array.from({ length: count }, (_, index) => index * 20);

describe('the first stream of a big-endian account', () => {
  it('does not begin with noise: its first audio is held until the order is known', async () => {
    const { host, peer } = await open();
    await send(peer, TONE);
    expect(writtenTo(host)).toEqual(TONE);
    expect(positionsIn(host)).toEqual(expectedPositions(TONE.length));
    host.verify();
  });

  it('keeps the order of frames and gaps of both parties', async () => {
    const { host, peer } = await open();
    await send(peer, TONE.slice(0, 20), { track: (index) => (index % 2 === 0 ? 'inbound' : 'outbound') });
    expect(writtenTo(host)).toEqual(TONE.slice(0, 20));
    expect(host.streams[0]!.writes.map(({ party }) => party).slice(0, 3)).toEqual([
      'CUSTOMER',
      'ASSISTANT',
      'CUSTOMER',
    ]);
  });

  it('is not delayed by digital silence, which sounds the same in both orders', async () => {
    const { host, peer } = await open();
    const silence = Array.from({ length: 200 }, (_, frame) =>
      samplesAt(frame, () => (frame % 3 === 0 ? -1 : 0)),
    );
    await send(peer, silence);
    expect(writtenTo(host)).toHaveLength(silence.length);
    await send(peer, [...silence, ...TONE], { streamId: 'after-silence' });
    expect(writtenTo(host, 1)).toEqual([...silence, ...TONE]);
  });

  it('is written after a second if the order is not clear', async () => {
    const { host, peer } = await open();
    let state = 1;
    const noise = () => (state = (Math.imul(state, 1_103_515_245) + 12_345) | 0) >> 16;
    const frames = Array.from({ length: 60 }, (_, frame) => samplesAt(frame, noise));
    await send(peer, frames, { isBig: false });
    expect(writtenTo(host)).toEqual(frames);
    expect(MAX_HELD_MS).toBe(1000);
  });

  it('is written when it ends before the order is known', async () => {
    const { host, peer } = await open();
    await send(peer, TONE.slice(0, 2), { isBig: false });
    expect(writtenTo(host)).toEqual([]);
    peer.close(1000);
    await host.clock.settle();
    expect(writtenTo(host)).toEqual(TONE.slice(0, 2));
    host.verify();
  });

  it('is written when the demand ends before the order is known', async () => {
    const { host, peer } = await open();
    await send(peer, TONE.slice(0, 2), { isBig: false });
    host.setDemand('audio', CALL, false);
    await peer.send(
      JSON.stringify({ event: 'media', streamId: 'stream', media: { track: 'inbound', payload: 'AAAA' } }),
    );
    expect(writtenTo(host)).toEqual(TONE.slice(0, 2));
    expect(host.streams[0]!.skips).toHaveLength(1);
  });
});

describe('later streams of a big-endian account', () => {
  it('use the order from their first frame, also after a restart', async () => {
    const first = await open();
    await send(first.peer, TONE);
    await send(first.peer, TONE.slice(0, 2), { streamId: 'second' });
    expect(writtenTo(first.host, 1)).toEqual(TONE.slice(0, 2));
    const { clock, state } = first.host;
    const second = await open({ clock, state });
    await send(second.peer, TONE.slice(0, 1));
    expect(writtenTo(second.host)).toEqual(TONE.slice(0, 1));
  });

  it('correct the order if the account changed', async () => {
    const first = await open();
    await send(first.peer, TONE);
    await send(first.peer, TONE, { streamId: 'second', isBig: false });
    expect(writtenTo(first.host, 1).slice(60)).toEqual(TONE.slice(60));
    await send(first.peer, TONE.slice(0, 2), { streamId: 'third', isBig: false });
    expect(writtenTo(first.host, 2)).toEqual(TONE.slice(0, 2));
  });

  it('do not depend on what was measured if the order is configured', async () => {
    const { host, peer } = await open({}, { l16ByteOrder: 'le' });
    await send(peer, TONE.slice(0, 20), { isBig: false });
    expect(writtenTo(host)).toEqual(TONE.slice(0, 20));
    expect([...host.state.entries.keys()].filter((key) => key.startsWith('byte-order'))).toEqual([]);
  });
});
