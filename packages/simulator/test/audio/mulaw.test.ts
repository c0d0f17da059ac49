import { describe, expect, it } from 'vitest';
import { decodeMulaw, encodeMulaw } from '../../src/audio/mulaw.ts';

describe('mu-law', () => {
  it('decodes the reference values of G.711', () => {
    expect([...decodeMulaw(Uint8Array.of(0x00, 0x80, 0x7f, 0xff, 0x0f, 0x8f))]).toEqual([
      -32_124, 32_124, 0, 0, -16_764, 16_764,
    ]);
  });

  it('encodes silence as 0xFF', () => {
    expect([...encodeMulaw(Int16Array.of(0, 0))]).toEqual([0xff, 0xff]);
  });

  it('encodes every decoded byte to itself, except the second zero', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const expected = bytes.map((byte) => (byte === 0x7f ? 0xff : byte));
    expect([...encodeMulaw(decodeMulaw(bytes))]).toEqual([...expected]);
  });

  it('clips the loudest samples', () => {
    expect([...decodeMulaw(encodeMulaw(Int16Array.of(32_767, -32_768)))]).toEqual([32_124, -32_124]);
  });
});
