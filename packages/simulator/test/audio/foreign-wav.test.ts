import { describe, expect, it } from 'vitest';
import { decodeWav } from '../../src/audio/wav.ts';
import { wavFile } from '../support/vobiz.ts';

/** Returns a file with changed fields in its format chunk. */
function changed(change: (file: Buffer) => void): Buffer {
  const file = Buffer.from(wavFile(440, 20));
  change(file);
  return file;
}

describe('decodeWav', () => {
  it('decodes 16-bit samples', () => {
    const recording = decodeWav(wavFile(440, 20));
    expect([recording?.sampleRate, recording?.samples.length]).toEqual([8_000, 160]);
  });

  it('mixes the channels into one', () => {
    const stereo = changed((file) => {
      file.writeUInt16LE(2, 22);
      file.writeInt16LE(100, 44);
      file.writeInt16LE(300, 46);
    });
    expect(decodeWav(stereo)?.samples.slice(0, 1)).toEqual(Int16Array.of(200));
    expect(decodeWav(stereo)?.samples).toHaveLength(80);
  });

  it('decodes mu-law and skips unknown chunks', () => {
    const mulaw = changed((file) => {
      file.writeUInt16LE(7, 20);
      file.writeUInt16LE(8, 34);
    });
    expect(decodeWav(mulaw)?.samples).toHaveLength(320);
    const list = Buffer.concat([Buffer.from('LIST'), Buffer.from([3, 0, 0, 0, 1, 2, 3, 0])]);
    const file = wavFile(440, 20);
    expect(decodeWav(Buffer.concat([file.subarray(0, 12), list, file.subarray(12)]))?.samples).toHaveLength(
      160,
    );
  });

  it.each([
    ['is another format', Buffer.from('ID3 and so on')],
    ['is empty', Buffer.alloc(0)],
    ['is cut in its header', wavFile(440, 20).subarray(0, 30)],
    ['has 24 bits', changed((file) => file.writeUInt16LE(24, 34))],
    ['is floating point', changed((file) => file.writeUInt16LE(3, 20))],
    ['has no channels', changed((file) => file.writeUInt16LE(0, 22))],
  ])('returns undefined for a file that %s', (_, file) => {
    expect(decodeWav(file)).toBeUndefined();
  });
});
