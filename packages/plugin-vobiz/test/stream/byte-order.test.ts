import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createByteOrder, MEASURED_MS, type ByteOrder } from '../../src/stream/byte-order.ts';

const RATE = 8000;
const FRAME = 160;

/** Returns 16-bit samples as frames of 20 ms in a byte order. */
function framesOf(samples: readonly number[], order: ByteOrder): Buffer[] {
  const bytes = Buffer.from(Int16Array.from(samples).buffer);
  const frames = Array.from({ length: Math.ceil(samples.length / FRAME) }, (_, index) =>
    Buffer.from(bytes.subarray(index * FRAME * 2, (index + 1) * FRAME * 2)),
  );
  return order === 'be' ? frames.map((frame) => frame.swap16()) : frames;
}

const tone = (hertz: number, amplitude: number, length = RATE): number[] =>
  Array.from({ length }, (_, index) =>
    Math.round(amplitude * Math.sin((2 * Math.PI * hertz * index) / RATE + 0.3)),
  );

/** Returns the byte order of the last frame. */
function lastOrder(
  frames: readonly Uint8Array[],
  configured: ByteOrder | 'auto' = 'auto',
): ByteOrder | undefined {
  const orderOf = createByteOrder({ configured, sampleRate: RATE });
  return frames.map((frame) => orderOf(frame)).at(-1);
}

const orders = fc.constantFrom('le' as const, 'be' as const);
/** The same for the same seed. */
const noise = (seed: number, amplitude: number, length = RATE): number[] => {
  let state = seed | 1;
  return Array.from({ length }, () => {
    state = Math.imul(state ^ (state >>> 15), 2_246_822_519) + 374_761_393;
    return Math.round((((state >>> 8) & 0xffff) / 0xffff - 0.5) * 2 * amplitude);
  });
};

describe('the byte order', () => {
  it('of a tone is detected at any level and with some noise', () => {
    const tones = [
      fc.integer({ min: 80, max: 500 }),
      fc.integer({ min: 40, max: 8000 }),
      fc.integer(),
    ] as const;
    fc.assert(
      fc.property(orders, ...tones, (order, hertz, amplitude, seed) => {
        const hiss = noise(seed, amplitude / 20);
        const samples = tone(hertz, amplitude).map((sample, index) => sample + hiss[index]!);
        expect(lastOrder(framesOf(samples, order))).toBe(order);
      }),
    );
  });

  it('of noise at full scale is not known, and the default after ten seconds', () => {
    fc.assert(
      fc.property(orders, fc.integer(), (order, seed) => {
        expect(lastOrder(framesOf(noise(seed, 32_767), order))).toBeUndefined();
      }),
    );
    expect(lastOrder(framesOf(noise(7, 32_767, 10 * RATE), 'be'))).toBe('le');
  });

  it('is known after the first 100 ms of sound, and does not change later', () => {
    const orderOf = createByteOrder({ configured: 'auto', sampleRate: RATE });
    const frames = MEASURED_MS / 20;
    const big = framesOf(tone(200, 3000), 'be').map((frame) => orderOf(frame));
    expect(big.slice(0, frames - 1)).toEqual(Array.from({ length: frames - 1 }, () => undefined));
    expect(new Set(big.slice(frames - 1))).toEqual(new Set(['be']));
    const little = framesOf(tone(200, 3000), 'le').map((frame) => orderOf(frame));
    expect(new Set(little)).toEqual(new Set(['be']));
  });

  it('is known from the first frame if it is remembered, and corrected by a second of other sound', () => {
    const measured: ByteOrder[] = [];
    const orderOf = createByteOrder({
      configured: 'auto',
      sampleRate: RATE,
      remembered: 'be',
      onMeasured: (order) => measured.push(order),
    });
    const found = framesOf(tone(200, 3000), 'le').map((frame) => orderOf(frame));
    expect(found.slice(0, -1)).toEqual(Array.from({ length: 49 }, () => 'be'));
    expect([found.at(-1), measured]).toEqual(['le', ['le']]);
  });

  it('that is remembered is kept if the sound is not clear', () => {
    const options = { configured: 'auto', sampleRate: RATE, remembered: 'be' } as const;
    const orderOf = createByteOrder(options);
    expect(new Set(framesOf(noise(3, 32_767, 3 * RATE), 'be').map((frame) => orderOf(frame)))).toEqual(
      new Set(['be']),
    );
  });

  it.each([0, -1, 0x0101, 1234])('ignores frames with the constant value %i', (value) => {
    const constant = framesOf(
      Array.from({ length: RATE * 3 }, () => value),
      'le',
    );
    const sound = framesOf(tone(200, 3000), 'be').slice(0, MEASURED_MS / 20);
    expect(lastOrder([...constant, ...sound.slice(0, -1)])).toBeUndefined();
    expect(lastOrder([...constant, ...sound])).toBe('be');
  });

  it('is not measured if it is configured', () => {
    const samples = framesOf(tone(200, 3000), 'be');
    expect(lastOrder(samples, 'le')).toBe('le');
    expect(lastOrder(samples, 'be')).toBe('be');
  });

  it('of frames with less than two samples is not known', () => {
    for (const length of [0, 1, 2, 3]) expect(lastOrder([new Uint8Array(length)])).toBeUndefined();
  });
});
