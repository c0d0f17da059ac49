import {
  createByteQueue,
  createSoundQueue,
  MAX_AHEAD_MS,
  MAX_QUEUED_MS,
  samplesInFrame,
  silence,
  type Sound,
} from '../../src/index.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const MULAW = { encoding: 'mulaw', sampleRate: 8000 } as const;
const PCM = { encoding: 'pcm_s16le', sampleRate: 8000 } as const;

const sound = (samples: number, value: number, sampleRate = 8000): Sound => ({
  sampleRate,
  samples: new Int16Array(samples).fill(value),
});
const levels = (bytes: Uint8Array): number[] => {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return Array.from({ length: bytes.length / 2 }, (_, i) => view.getInt16(i * 2, true));
};

describe('samplesInFrame and silence', () => {
  it('distribute the samples of a rate that is not a multiple of 50 Hz', () => {
    const total = Array.from({ length: 50 }, (_, frame) => samplesInFrame(frame, 11_025));
    expect(total.reduce((sum, samples) => sum + samples, 0)).toBe(11_025);
    expect(new Set(total)).toEqual(new Set([220, 221]));
  });

  it('use the silence value of the encoding', () => {
    expect([...silence(MULAW, 3)]).toEqual([255, 255, 255]);
    expect([...silence(PCM, 2)]).toEqual([0, 0, 0, 0]);
  });
});

describe('createSoundQueue', () => {
  it('plays sounds in order, each starting with a new frame, and then silence', () => {
    const queue = createSoundQueue(PCM);
    queue.add(sound(3, 100));
    queue.add(sound(2, 200));
    expect(levels(queue.take(2))).toEqual([100, 100]);
    expect(levels(queue.take(2))).toEqual([100, 0]);
    expect(levels(queue.take(2))).toEqual([200, 200]);
    expect(queue.isEmpty).toBe(true);
    expect(levels(queue.take(2))).toEqual([0, 0]);
  });

  it('calls onEnd for each sound that was played, but not for cleared ones', () => {
    const queue = createSoundQueue(PCM);
    const ended: string[] = [];
    queue.add(sound(2, 1), () => ended.push('first'));
    queue.add(sound(4, 1), () => ended.push('second'));
    queue.take(2);
    expect(ended).toEqual(['first']);
    queue.take(2);
    queue.clear();
    queue.take(4);
    expect(ended).toEqual(['first']);
    expect(queue.isEmpty).toBe(true);
  });

  it('converts the sample rate', () => {
    const queue = createSoundQueue({ ...PCM, sampleRate: 16_000 });
    queue.add(sound(400, 1000));
    expect(
      levels(queue.take(800))
        .slice(300, 500)
        .every((level) => Math.abs(level - 1000) < 5),
    ).toBe(true);
    expect(queue.isEmpty).toBe(true);
  });

  it('rejects sounds above the limit', () => {
    const queue = createSoundQueue(MULAW);
    expect(queue.add(sound(8 * MAX_QUEUED_MS, 0))).toBe(true);
    expect(queue.add(sound(1, 0))).toBe(false);
    queue.take(1);
    expect(queue.add(sound(1, 0))).toBe(true);
  });
});

describe('createByteQueue', () => {
  it('returns whole samples in order for pieces of any size', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 9 }), { maxLength: 9 }),
        fc.integer({ min: 1, max: 5 }),
        (chunks, samples) => {
          const queue = createByteQueue(PCM);
          for (const chunk of chunks) queue.add(chunk);
          const all = chunks.flatMap((chunk) => [...chunk]);
          const taken: number[] = [];
          for (let piece = queue.take(samples); piece.length > 0; piece = queue.take(samples)) {
            expect(piece.length).toBeLessThanOrEqual(samples * 2);
            taken.push(...piece);
          }
          expect(taken).toEqual(all.slice(0, all.length - (all.length % 2)));
        },
      ),
    );
  });

  it('drops and counts bytes above the limit', () => {
    const queue = createByteQueue(MULAW);
    queue.add(new Uint8Array(8 * MAX_AHEAD_MS));
    queue.add(new Uint8Array(5));
    expect(queue.dropped).toBe(5);
    queue.clear();
    expect(queue.take(1)).toHaveLength(0);
  });
});
