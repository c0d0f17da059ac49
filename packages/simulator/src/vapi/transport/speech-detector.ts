import { FRAME_MS, loudness } from '../../audio/pcm.ts';

/** So much of loud audio in a row is speech; a click is not. */
export const ONSET_MS = 60;

/** What a frame changed: somebody began to speak, or has been silent for long enough to have finished. */
export type SpeechChange = 'started' | 'stopped' | undefined;

/** Tells speech from silence by how loud frames are. */
export interface SpeechDetector {
  readonly speaking: boolean;
  frame(samples: Int16Array): SpeechChange;
}

/** `threshold` is a root mean square; `endpointingMs` the silence that ends a turn. */
export function createSpeechDetector(threshold: number, endpointingMs: number): SpeechDetector {
  let speaking = false;
  let loudMs = 0;
  let quietMs = 0;
  return {
    get speaking() {
      return speaking;
    },
    frame(samples) {
      const isLoud = loudness(samples) > threshold;
      loudMs = isLoud ? loudMs + FRAME_MS : 0;
      quietMs = isLoud ? 0 : quietMs + FRAME_MS;
      if (!speaking && loudMs >= ONSET_MS) {
        speaking = true;
        return 'started';
      }
      if (speaking && quietMs >= endpointingMs) {
        speaking = false;
        return 'stopped';
      }
      return undefined;
    },
  };
}
