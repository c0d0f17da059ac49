import { expect, test } from 'vitest';
import { decodeMulaw, decodePcm16be, decodePcm16le, encodePcm16be } from '@sidetone/core';

test('decodes mu-law to the values of ITU-T G.711, table 2', () => {
  // Decoder output values of the table, times four: the table counts in 14 bits.
  const samples = [...decodeMulaw(Uint8Array.of(0x80, 0x8f, 0x90, 0xf0, 0xfe, 0xff, 0x00, 0x7f, 0x7e))];
  expect(samples).toEqual([32_124, 16_764, 15_996, 120, 8, 0, -32_124, 0, -8]);
});

test('decodes mu-law into a given array', () => {
  const into = new Int16Array(2);
  expect(decodeMulaw(Uint8Array.of(0x80, 0x00), into)).toBe(into);
  expect([...into]).toEqual([32_124, -32_124]);
});

test('inverts the sign if the first bit of a mu-law octet is inverted', () => {
  for (let octet = 0; octet < 128; octet++) {
    const [negative, positive] = decodeMulaw(Uint8Array.of(octet, octet | 0x80));
    expect(negative! + positive!).toBe(0);
  }
});

test('decodes little-endian PCM at any alignment and ignores an odd last byte', () => {
  const bytes = Uint8Array.of(0xff, 0x01, 0x02, 0xff, 0xff, 0x07);
  expect([...decodePcm16le(bytes.subarray(1))]).toEqual([0x0201, -1]);
  expect([...decodePcm16le(Uint8Array.from(bytes.subarray(1)))]).toEqual([0x0201, -1]);
});

test('decodes and encodes big-endian PCM as in RFC 3551', () => {
  const bytes = Uint8Array.of(0x01, 0x02, 0xff, 0xfe, 0x07);
  expect([...decodePcm16be(bytes)]).toEqual([0x0102, -2]);
  expect([...decodePcm16be(Uint8Array.of(0, ...bytes).subarray(1))]).toEqual([0x0102, -2]);
  expect([...encodePcm16be(Int16Array.of(0x0102, -2))]).toEqual([0x01, 0x02, 0xff, 0xfe]);
});
