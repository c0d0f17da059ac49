import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeMulaw, decodePcm16le, encodeMulaw, encodePcm16le } from '@sidetone/core';

const samples = fc.array(fc.integer({ min: -32_768, max: 32_767 })).map((values) => Int16Array.from(values));

describe('encoding samples', () => {
  it('round-trips PCM without changes', () => {
    fc.assert(
      fc.property(samples, (values) => {
        expect([...decodePcm16le(encodePcm16le(values))]).toEqual([...values]);
      }),
    );
  });

  it('round-trips every mu-law value without changes', () => {
    const octets = Uint8Array.from({ length: 256 }, (_, octet) => octet);
    const again = decodeMulaw(encodeMulaw(decodeMulaw(octets)));
    expect([...again]).toEqual([...decodeMulaw(octets)]);
  });

  it('encodes mu-law with an error of at most half a step', () => {
    fc.assert(
      fc.property(fc.integer({ min: -32_635, max: 32_635 }), (value) => {
        const [near] = decodeMulaw(encodeMulaw(Int16Array.of(value)));
        expect(Math.abs(near! - value)).toBeLessThanOrEqual(Math.max(4, Math.abs(value) / 16 + 4));
      }),
    );
  });

  it('encodes silence as FF in mu-law and clips samples that are too loud', () => {
    expect([...encodeMulaw(Int16Array.of(0, 32_767, -32_768))]).toEqual([0xff, 0x80, 0x00]);
  });
});
