// The assistant's audio to the transport socket: in real time, or in bursts ahead of real time, as text to speech
// produces it. The client plays bursts at its own pace and must drop the rest when the customer interrupts.

import { FRAME_MS, FRAME_SAMPLES } from '../../audio/pcm.ts';
import type { Conversation } from '../../call/conversation.ts';
import type { VapiBehaviour } from '../behaviour.ts';
import { createDownlinkEncoder } from './audio-format.ts';
import type { AudioFormat } from './audio-format.ts';

/** The downlink of one call. */
interface Downlink {
  readonly sentMs: number;
  /** Returns what to send with a frame of the call: none, one or many frames. */
  frame(assistant: Int16Array, conversation: Conversation): Buffer[];
}

/** Creates the downlink of one call. */
export function createDownlink(format: AudioFormat, behaviour: () => VapiBehaviour): Downlink {
  const encode = createDownlinkEncoder(format);
  let sentMs = 0;
  let utterance: unknown;
  let sentSamples = 0;

  const encoded = (samples: Int16Array): Buffer => {
    sentMs += FRAME_MS;
    return encode(samples);
  };

  return {
    get sentMs() {
      return sentMs;
    },
    frame(assistant, conversation) {
      const spoken = conversation.currentSpeech('assistant');
      const { downlinkBurstMs, downlinkSilence } = behaviour();
      if (spoken === undefined) {
        utterance = undefined;
        return downlinkSilence && downlinkBurstMs === 0 ? [encoded(assistant)] : [];
      }
      if (downlinkBurstMs === 0) return [encoded(assistant)];
      if (utterance !== spoken.utterance) {
        utterance = spoken.utterance;
        sentSamples = 0;
      }
      // Everything that was sent has been played: the next burst is due.
      if (sentSamples >= spoken.playedSamples) return [];
      const { samples } = spoken.utterance;
      const end = Math.min(samples.length, sentSamples + (downlinkBurstMs / FRAME_MS) * FRAME_SAMPLES);
      const burst: Buffer[] = [];
      for (; sentSamples < end; sentSamples += FRAME_SAMPLES) {
        const frame = new Int16Array(FRAME_SAMPLES);
        frame.set(samples.subarray(sentSamples, sentSamples + FRAME_SAMPLES));
        burst.push(encoded(frame));
      }
      return burst;
    },
  };
}
