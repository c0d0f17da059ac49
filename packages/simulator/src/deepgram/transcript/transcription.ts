// The transcription of a socket's audio, with all channels in step.

import { createAudioDecoder } from './audio-decoder.ts';
import type { DeepgramBehaviour } from '../behaviour.ts';
import { createChannel } from './channel.ts';
import type { ChannelEvent } from './channel.ts';
import type { ListenQuery } from '../listen-query.ts';
import type { Phrase } from '../recogniser/phrase-index.ts';

/** A result and its channel. */
export interface ChannelResult {
  readonly channel: number;
  readonly event: ChannelEvent;
}

/** The transcription of one socket. */
export interface Transcription {
  /** The number of transcribed channels. */
  readonly channels: number;
  /** The seconds of audio processed. */
  readonly seconds: number;
  push(bytes: Buffer): ChannelResult[];
  /** Makes everything of one channel, or of all, final: after `Finalize`, or at the end. */
  flush(fromFinalize: boolean, only?: number): ChannelResult[];
}

/** Creates the transcription of one socket. `behaviour` is read for each step. */
export function createTranscription(
  phrases: readonly Phrase[],
  query: ListenQuery,
  behaviour: () => DeepgramBehaviour,
): Transcription {
  const decoder = createAudioDecoder(query);
  const channels = Array.from({ length: decoder.channels }, () => createChannel(phrases, query, behaviour));
  const by = (channel: number) => (event: ChannelEvent) => ({ channel, event });
  return {
    channels: channels.length,
    get seconds() {
      return decoder.seconds;
    },
    push(bytes) {
      const steps = decoder.push(bytes);
      const results: ChannelResult[] = [];
      for (let step = 0; step < (steps[0]?.length ?? 0); step += 1) {
        for (const [index, channel] of channels.entries()) {
          const samples = steps[index]?.[step];
          if (samples !== undefined) results.push(...channel.push(samples).map(by(index)));
        }
      }
      return results;
    },
    flush: (fromFinalize, only) =>
      channels.flatMap((channel, index) =>
        only === undefined || only === index ? channel.flush(fromFinalize).map(by(index)) : [],
      ),
  };
}
