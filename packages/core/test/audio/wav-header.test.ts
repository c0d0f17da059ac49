import { decodeWav } from '@sidetone/plugin-kit';
import { encodePcm16le, encodeWavHeader, WAV_HEADER_BYTES } from '@sidetone/core';
import { expect, test } from 'vitest';

test('the head of a WAV file is read back as what was written', () => {
  const samples = encodePcm16le(Int16Array.of(1, 3, -5, -7));
  const head = encodeWavHeader({ channels: 2, sampleRate: 16_000 }, samples.length);
  expect(head.length).toBe(WAV_HEADER_BYTES);
  const wav = decodeWav(Uint8Array.of(...head, ...samples));
  expect(wav).toEqual({ ok: true, sound: { sampleRate: 16_000, samples: Int16Array.of(2, -6) } });
});

test('the sizes in it are those of the file and of its sound, up to what 32 bits hold', () => {
  const view = new DataView(encodeWavHeader({ channels: 1, sampleRate: 8000 }, 2 ** 32 - 37).buffer);
  expect([view.getUint32(4, true), view.getUint32(40, true), view.getUint32(28, true)]).toEqual([
    2 ** 32 - 1,
    2 ** 32 - 37,
    16_000,
  ]);
});
