import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeMulaw, decodePcm16le, encodeMulaw, encodePcm16le } from '@sidetone/core';

const samples = fc.array(fc.integer({ min: -32_768, max: 32_767 })).map((values) => Int16Array.from(values));

describe('writing samples down', () => {
  it('as PCM and reading them again changes nothing', () => {
    fc.assert(
      fc.property(samples, (values) => {
        expect([...decodePcm16le(encodePcm16le(values))]).toEqual([...values]);
      }),
    );
  });

  it('as mu-law keeps every value that mu-law has', () => {
    const octets = Uint8Array.from({ length: 256 }, (_, octet) => octet);
    const again = decodeMulaw(encodeMulaw(decodeMulaw(octets)));
    expect([...again]).toEqual([...decodeMulaw(octets)]);
  });

  it('as mu-law is never further off than half a step', () => {
    fc.assert(
      fc.property(fc.integer({ min: -32_635, max: 32_635 }), (value) => {
        const [near] = decodeMulaw(encodeMulaw(Int16Array.of(value)));
        expect(Math.abs(near! - value)).toBeLessThanOrEqual(Math.max(4, Math.abs(value) / 16 + 4));
      }),
    );
  });

  it('as mu-law gives silence as FF and clips what is too loud', () => {
    expect([...encodeMulaw(Int16Array.of(0, 32_767, -32_768))]).toEqual([0xff, 0x80, 0x00]);
  });
});
