import { CALL_SAMPLE_RATE } from './pcm.ts';

const CHARACTERS_A_SECOND = 15;
const SHORTEST_MS = 300;
const SYLLABLE_HZ = 4;
const HARMONICS: readonly (readonly [hz: number, level: number])[] = [
  [140, 5_000],
  [280, 3_000],
  [700, 2_000],
  [1_190, 1_000],
];

/**
 * Returns a tone with the pitch and the syllable rhythm of speech, as long as the text would take at 15 characters a
 * second. It replaces the voice for a text without a recording, so that meters and players receive audio.
 */
export function speechLikeTone(text: string): Int16Array {
  const ms = Math.max(SHORTEST_MS, (text.length / CHARACTERS_A_SECOND) * 1000);
  return Int16Array.from({ length: Math.round((ms * CALL_SAMPLE_RATE) / 1000) }, (_, index) => {
    const seconds = index / CALL_SAMPLE_RATE;
    const syllable = Math.sin(Math.PI * SYLLABLE_HZ * seconds) ** 2;
    const voice = HARMONICS.reduce(
      (sum, [hz, level]) => sum + level * Math.sin(2 * Math.PI * hz * seconds),
      0,
    );
    return Math.round(voice * (0.15 + 0.85 * syllable));
  });
}

/** Returns a sine at the rate of calls; 0 dBFS is full scale. */
export function sineTone(hz: number, dbfs: number, ms: number): Int16Array {
  const level = 32_767 * 10 ** (dbfs / 20);
  return Int16Array.from({ length: Math.round((ms * CALL_SAMPLE_RATE) / 1000) }, (_, index) =>
    Math.round(level * Math.sin((2 * Math.PI * hz * index) / CALL_SAMPLE_RATE)),
  );
}
