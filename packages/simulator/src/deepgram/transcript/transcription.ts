// What is heard in the audio of a socket, all channels in step.

import { createAudioDecoder } from './audio-decoder.ts';
import type { DeepgramBehaviour } from '../behaviour.ts';
import { createChannel } from './channel.ts';
import type { ChannelEvent } from './channel.ts';
import type { ListenQuery } from '../listen-query.ts';
import type { Phrase } from '../recogniser/phrase-index.ts';

/** Something that can be told about a channel. */
export interface ChannelResult {
  readonly channel: number;
  readonly event: ChannelEvent;
}

/** The ears of one socket. */
export interface Transcription {
  /** How many channels are heard. */
  readonly channels: number;
  /** The seconds of audio that were heard. */
  readonly seconds: number;
  push(bytes: Buffer): ChannelResult[];
  /** What is pending of one channel, or of all, is made final: because of `Finalize`, or for good. */
  flush(fromFinalize: boolean, only?: number): ChannelResult[];
}

/** `dials` are asked for all the time, because they may change. */
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
      const heard: ChannelResult[] = [];
      for (let step = 0; step < (steps[0]?.length ?? 0); step += 1) {
        for (const [index, channel] of channels.entries()) {
          const samples = steps[index]?.[step];
          if (samples !== undefined) heard.push(...channel.push(samples).map(by(index)));
        }
      }
      return heard;
    },
    flush: (fromFinalize, only) =>
      channels.flatMap((channel, index) =>
        only === undefined || only === index ? channel.flush(fromFinalize).map(by(index)) : [],
      ),
  };
}
