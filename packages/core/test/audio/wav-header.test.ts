import { decodeWav } from '@sidetone/plugin-kit';
import { encodePcm16le, encodeWavHeader, WAV_HEADER_BYTES } from '@sidetone/core';
import { expect, test } from 'vitest';

test('encodes a WAV header that decodes to the same format', () => {
  const samples = encodePcm16le(Int16Array.of(1, 3, -5, -7));
  const head = encodeWavHeader({ channels: 2, sampleRate: 16_000 }, samples.length);
  expect(head.length).toBe(WAV_HEADER_BYTES);
  const wav = decodeWav(Uint8Array.of(...head, ...samples));
  expect(wav).toEqual({ ok: true, sound: { sampleRate: 16_000, samples: Int16Array.of(2, -6) } });
});

test('encodes the sizes of file and samples up to 32 bits', () => {
  const view = new DataView(encodeWavHeader({ channels: 1, sampleRate: 8000 }, 2 ** 32 - 37).buffer);
  expect([view.getUint32(4, true), view.getUint32(40, true), view.getUint32(28, true)]).toEqual([
    2 ** 32 - 1,
    2 ** 32 - 37,
    16_000,
  ]);
});
