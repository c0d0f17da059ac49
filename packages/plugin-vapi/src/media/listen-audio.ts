/** The audio of a call's listen socket: written to a media stream in the likeliest format, and in another once that is known. */
import type { ProviderCallId, ProviderHost } from '@sidetone/core';
import type { ListenOptions } from '../config.ts';
import { createFrameSplitter } from './frame-splitter.ts';
import {
  createFormatMeter,
  forcedFormat,
  isSameFormat,
  LIKELIEST_FORMAT,
  partiesOf,
  type ListenFormat,
} from './listen-format.ts';

/** A whole number of frames in every format: two channels of two bytes. */
const FRAME_BYTES = 4;

export interface ListenStream {
  write(bytes: Uint8Array): void;
  /** Switches to a format that is certain, unless the configuration sets one. */
  setFormat(format: ListenFormat): void;
  end(reason: string): void;
}

export interface ListenAudio {
  /** Opens the stream of a new connection. The caller must end it. */
  open(): ListenStream;
}

/** Returns the audio of one call. It remembers the format for the next connection. */
export function createListenAudio(
  host: Pick<ProviderHost, 'openStream' | 'clock' | 'log'>,
  providerCallId: ProviderCallId,
  options: ListenOptions,
): ListenAudio {
  const forced = forcedFormat(options);
  let format = forced ?? LIKELIEST_FORMAT;

  const openStream = () =>
    host.openStream({
      providerCallId,
      encoding: format.encoding,
      sampleRate: format.sampleRate,
      parties: partiesOf(format, options),
    });

  return {
    open() {
      let stream = openStream();
      let meter = forced ? undefined : createFormatMeter();
      const splitter = createFrameSplitter(FRAME_BYTES);

      function setFormat(certain: ListenFormat): void {
        if (forced) return;
        meter = undefined;
        if (isSameFormat(certain, format)) return;
        host.log.info('listen socket has another audio format than assumed', { providerCallId, ...certain });
        stream.end('the audio format changed');
        format = certain;
        stream = openStream();
      }

      return {
        setFormat,
        write(bytes) {
          const frames = splitter.push(bytes);
          if (frames.length === 0) return;
          const measured = meter?.push(frames, host.clock.elapsed());
          if (measured) setFormat(measured);
          stream.write(format.channels === 1 ? 'UNKNOWN' : 'INTERLEAVED', frames);
        },
        end: (reason) => stream.end(reason),
      };
    },
  };
}
