// What is heard in the audio of a socket, all channels in step.

import { createAudioDecoder } from './audio-decoder.ts';
import type { DeepgramBehaviour } from '../behaviour.ts';
import { createChannel } from './channel.ts';
import type { ChannelEvent } from './channel.ts';
import type { ListenQuery } from '../listen-query.ts';
import type { Phrase } from '../recogniser/phrase-index.ts';

/** Something that can be told about a channel. */
export interface Heard {
  readonly channel: number;
  readonly event: ChannelEvent;
}

/** The ears of one socket. */
export interface Hearing {
  /** How many channels are heard. */
  readonly channels: number;
  /** The seconds of audio that were heard. */
  readonly seconds: number;
  hear(bytes: Buffer): Heard[];
  /** What is pending of one channel, or of all, is made final: because of `Finalize`, or for good. */
  flush(fromFinalize: boolean, only?: number): Heard[];
}

/** `dials` are asked for all the time, because they may change. */
export function createHearing(
  book: readonly Phrase[],
  query: ListenQuery,
  dials: () => DeepgramBehaviour,
): Hearing {
  const decoder = createAudioDecoder(query);
  const channels = Array.from({ length: decoder.channels }, () => createChannel(book, query, dials));
  const by = (channel: number) => (event: ChannelEvent) => ({ channel, event });
  return {
    channels: channels.length,
    get seconds() {
      return decoder.seconds;
    },
    hear(bytes) {
      const steps = decoder.push(bytes);
      const heard: Heard[] = [];
      for (let step = 0; step < (steps[0]?.length ?? 0); step += 1) {
        for (const [index, channel] of channels.entries()) {
          const samples = steps[index]?.[step];
          if (samples !== undefined) heard.push(...channel.hear(samples).map(by(index)));
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
