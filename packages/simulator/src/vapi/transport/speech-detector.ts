import { FRAME_MS, loudness } from '../../audio/pcm.ts';

/** Shorter loud audio, such as a click, is not speech. */
const ONSET_MS = 60;

/** The change in a frame: speech started, or was followed by enough silence. */
type SpeechChange = 'started' | 'stopped' | undefined;

/** Detects speech by its level. */
interface SpeechDetector {
  readonly speaking: boolean;
  frame(samples: Int16Array): SpeechChange;
}

/** Creates a detector. `threshold` is a root mean square; `endpointingMs` the silence that ends a turn. */
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
