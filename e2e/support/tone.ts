/** Generates and measures tones. */

/** Returns the peak level of one frequency in 16-bit samples, dBFS: a sine at full scale is 0. Uses Goertzel's algorithm. */
export function toneLevelDb(samples: Int16Array, sampleRate: number, hz: number): number {
  const coefficient = 2 * Math.cos((2 * Math.PI * hz) / sampleRate);
  let [before, last] = [0, 0];
  for (const sample of samples) [before, last] = [last, sample / 32_768 + coefficient * last - before];
  const power = last * last + before * before - coefficient * last * before;
  const amplitude = (2 * Math.sqrt(Math.max(power, 1e-12))) / Math.max(1, samples.length);
  return 20 * Math.log10(amplitude);
}

/** Decodes 16-bit little-endian bytes. */
export function samplesOf(bytes: Uint8Array): Int16Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Int16Array.from({ length: bytes.byteLength >> 1 }, (_, i) => view.getInt16(i * 2, true));
}

/** Returns a WAV file with a tone: 8 kHz, 16 bits, one channel; `dbfs` is its peak. */
export function toneWav(hz: number, ms: number, dbfs = -12): Buffer {
  const frames = (ms * 8000) / 1000;
  const file = Buffer.alloc(44 + frames * 2);
  file.write('RIFF', 0);
  file.writeUInt32LE(36 + frames * 2, 4);
  file.write('WAVEfmt ', 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(8000, 24);
  file.writeUInt32LE(16_000, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36);
  file.writeUInt32LE(frames * 2, 40);
  const amplitude = 32_767 * 10 ** (dbfs / 20);
  for (let i = 0; i < frames; i++) {
    file.writeInt16LE(Math.round(amplitude * Math.sin((2 * Math.PI * hz * i) / 8000)), 44 + i * 2);
  }
  return file;
}
