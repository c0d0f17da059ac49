import { describe, expect, it } from 'vitest';
import {
  createFormatMeter,
  formatHint,
  LIKELIEST_FORMAT,
  MEASURE_MS,
} from '../../src/media/listen-format.ts';
import { start, type Harness } from '../harness.ts';
import { CALL, sample, samplesOf } from '../samples.ts';

const inProgress = sample('status-update in-progress, embedded call stale');

const tone = (hz: number, rate: number, i: number): number =>
  Math.round(8000 * Math.sin((2 * Math.PI * hz * i) / rate));

/** Returns 20 ms of audio with one tone per channel. */
function frameOf(rate: number, tones: readonly number[], frame: number): Uint8Array {
  const samples = rate / 50;
  const bytes = Buffer.alloc(samples * tones.length * 2);
  for (let i = 0; i < samples; i++) {
    tones.forEach((hz, channel) => {
      bytes.writeInt16LE(
        hz === 0 ? 0 : tone(hz, rate, frame * samples + i),
        (i * tones.length + channel) * 2,
      );
    });
  }
  return bytes;
}

function measure(frame: (index: number) => Uint8Array, at = (index: number): number => index * 20) {
  const meter = createFormatMeter();
  for (let index = 0; index < 200; index++) {
    const format = meter.push(frame(index), at(index));
    if (format) return { format, afterMs: at(index) };
  }
  return undefined;
}

describe('createFormatMeter', () => {
  it.each([
    ['16 kHz stereo', (i: number) => frameOf(16_000, [300, 500], i), LIKELIEST_FORMAT],
    ['16 kHz stereo in silence', (i: number) => frameOf(16_000, [0, 0], i), LIKELIEST_FORMAT],
    [
      '16 kHz mono',
      (i: number) => frameOf(16_000, [300], i),
      { encoding: 'pcm_s16le', sampleRate: 16_000, channels: 1 },
    ],
    [
      '8 kHz stereo',
      (i: number) => frameOf(8000, [300, 500], i),
      { encoding: 'pcm_s16le', sampleRate: 8000, channels: 2 },
    ],
    [
      '8 kHz stereo, one silent',
      (i: number) => frameOf(8000, [300, 0], i),
      { encoding: 'pcm_s16le', sampleRate: 8000, channels: 2 },
    ],
    [
      '8 kHz mono',
      (i: number) => frameOf(8000, [300], i),
      { encoding: 'pcm_s16le', sampleRate: 8000, channels: 1 },
    ],
    ['mu-law', () => new Uint8Array(160).fill(0x55), { encoding: 'mulaw', sampleRate: 8000, channels: 1 }],
  ])('detects %s within three seconds', (_name, frame, expected) => {
    const result = measure(frame);
    expect(result?.format).toEqual(expected);
    expect(result?.afterMs).toBe(MEASURE_MS);
  });

  it('detects nothing in ambiguous silence or at an unknown rate', () => {
    expect(measure((i) => frameOf(16_000, [0], i))).toBeUndefined();
    expect(measure(() => new Uint8Array(900))).toBeUndefined();
  });

  it('ignores pauses', () => {
    const pauses = (i: number): number => i * 20 + Math.floor(i / 50) * 5000;
    expect(measure((i) => frameOf(16_000, [300, 500], i), pauses)?.format).toEqual(LIKELIEST_FORMAT);
  });
});

it('reads a format hint with or without an envelope, and ignores unsupported ones', () => {
  const [hint] = samplesOf('listen').filter(({ name }) => name.startsWith('format hint'));
  expect(formatHint(JSON.stringify(hint!.body))).toEqual(LIKELIEST_FORMAT);
  expect(
    formatHint('{"message":{"type":"start","encoding":"MULAW","sampleRate":"8000","channels":1}}'),
  ).toEqual({
    encoding: 'mulaw',
    sampleRate: 8000,
    channels: 1,
  });
  for (const text of [
    'hello',
    '{}',
    '{"sampleRate":1}',
    '{"sampleRate":8000,"encoding":"opus"}',
    '{"sampleRate":8000,"channels":6}',
  ]) {
    expect(formatHint(text)).toBeUndefined();
  }
});

describe('listen socket', () => {
  async function startListening(listen?: object): Promise<Harness> {
    const harness = await start(listen ? { listen } : {});
    harness.host.answerDials(() => {});
    await harness.post(inProgress);
    harness.host.setDemand('levels', CALL, true);
    await harness.host.clock.settle();
    return harness;
  }
  async function play({ host }: Harness, frame: (i: number) => Uint8Array, frames: number): Promise<void> {
    for (let i = 0; i < frames; i++) {
      await host.dials.at(-1)!.peer!.send(frame(i));
      await host.clock.advance(20);
    }
  }

  it('streams audio from the first byte, and switches the format once it is certain', async () => {
    const harness = await startListening();
    await play(harness, (i) => frameOf(16_000, [300], i), 130);
    const { host } = harness;
    expect(host.streams.map(({ options }) => [options.sampleRate, options.parties])).toEqual([
      [16_000, ['CUSTOMER', 'ASSISTANT']],
      [16_000, ['UNKNOWN']],
    ]);
    expect(host.streams[0]?.writes[0]?.bytes).toHaveLength(640);
    expect(host.streams[0]?.endReason).toContain('format');
    expect(host.streams[1]?.writes.every(({ party }) => party === 'UNKNOWN')).toBe(true);
    const writes = host.streams.flatMap((stream) => stream.writes);
    expect(writes).toHaveLength(130);
    host.verify();
  });

  it('keeps the stream if the assumed format is right', async () => {
    const harness = await startListening();
    await play(harness, (i) => frameOf(16_000, [300, 500], i), 200);
    expect(harness.host.streams).toHaveLength(1);
  });

  it('applies a hint at once', async () => {
    const harness = await startListening();
    await harness.host.dials[0]!.peer!.send(
      '{"type":"start","encoding":"linear16","sampleRate":8000,"channels":1}',
    );
    await harness.host.clock.settle();
    expect(harness.host.streams.at(-1)?.options).toMatchObject({ sampleRate: 8000, parties: ['UNKNOWN'] });
  });

  it('uses the configured format despite hints and measurements', async () => {
    const format = { sampleRate: 8000, channels: 2 };
    const harness = await startListening({ format, swapChannels: true });
    await harness.host.dials[0]!.peer!.send('{"sampleRate":16000,"channels":1}');
    await play(harness, (i) => frameOf(16_000, [300], i), 200);
    expect(harness.host.streams.map(({ options }) => options)).toMatchObject([
      { sampleRate: 8000, encoding: 'pcm_s16le', parties: ['ASSISTANT', 'CUSTOMER'] },
    ]);
  });

  it('accepts every sample frame, and emits no events from text frames', async () => {
    const { host } = await startListening();
    const count = host.events.length;
    for (const { meta, body } of samplesOf('listen')) {
      const { base64 } = body as { base64?: string };
      if (meta?.frame === 'binary') await host.dials[0]!.peer!.send(Buffer.from(base64!, 'base64'));
      if (meta?.frame === 'text' && (body as { type?: string }).type !== 'status-update') {
        await host.dials[0]!.peer!.send(JSON.stringify(body));
      }
    }
    await host.clock.settle();
    expect(host.events).toHaveLength(count);
    const bytes = host.streams[0]!.writes.reduce((sum, write) => sum + write.bytes.length, 0);
    // 128 + 64 + 31: the last three wait for the rest of their frame.
    expect(bytes).toBe(220);
    host.verify();
  });
});

it.each(['constructor', '__proto__', 'valueOf'])(
  'a hint with the inherited encoding %s is ignored',
  (encoding) => {
    expect(formatHint(JSON.stringify({ encoding, sampleRate: 8000, channels: 1 }))).toBeUndefined();
  },
);
