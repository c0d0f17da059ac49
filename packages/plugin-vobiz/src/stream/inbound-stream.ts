/** Turns the media messages of a socket into a stream of audio: which stream a frame belongs to, its party and its position. */
import {
  providerStreamId,
  type AudioEncoding,
  type MediaStream,
  type Party,
  type ProviderCallId,
  type ProviderHost,
  SAMPLE_BYTES,
} from '@sidetone/core';
import type { AudioFormat } from '@sidetone/plugin-kit';
import type { MediaFormat, StreamMessageOf, Track } from '../wire.ts';
import { DEFAULT_BYTE_ORDER, type ByteOrderOf } from './byte-order.ts';
import type { ByteOrders } from './byte-orders.ts';
import { createFrameOrder, type FrameOrder } from './frame-order.ts';
import { createHeldAudio, type HeldAudio } from './held-audio.ts';
import { payloadBytes, readPayload } from './payload.ts';
import type { SplitTracks } from './split-tracks.ts';

/** Assumed length of a frame until one with audio was received, ms. */
const FRAME_MS = 20;

const PARTY_OF: Readonly<Record<Track, Party>> = { inbound: 'CUSTOMER', outbound: 'ASSISTANT' };
const BOTH: readonly Party[] = ['CUSTOMER', 'ASSISTANT'];

const ENCODINGS: Readonly<Record<string, AudioEncoding>> = {
  'audio/x-mulaw': 'mulaw',
  'audio/x-l16': 'pcm_s16le',
};
const SAMPLE_RATES = new Set([8000, 16_000, 24_000]);

/** Returns the audio format of a media format; undefined if it is not supported. */
export function audioFormatOf({ encoding, sampleRate }: MediaFormat): AudioFormat | undefined {
  const known = Object.hasOwn(ENCODINGS, encoding) ? ENCODINGS[encoding] : undefined;
  return known && SAMPLE_RATES.has(sampleRate) ? { encoding: known, sampleRate } : undefined;
}

/** Returns whether a message names another stream than the one that was started. */
export function isOfOtherStream(
  message: { readonly streamId?: string },
  start: StreamMessageOf<'start'>,
): boolean {
  return (
    message.streamId !== undefined && start.streamId !== undefined && message.streamId !== start.streamId
  );
}

/** Numbers of media messages with problems. */
export type StreamCounters = Record<
  'foreign' | 'repeated' | 'badPayload' | 'oddLength' | 'unplaced' | 'clockSteps',
  number
>;

interface InboundStreamDeps {
  readonly host: ProviderHost;
  readonly providerCallId: ProviderCallId;
  readonly byteOrders: ByteOrders;
  /** The requested format, for a start without one. */
  readonly fallbackFormat: MediaFormat;
  readonly counters: StreamCounters;
  /** The track that was requested for this socket; undefined if both were, or the caller's of a two-way stream. */
  readonly track?: Track | undefined;
  /** Defined if both tracks were requested, or one of them because frames did not name theirs. */
  readonly splitTracks?: Pick<SplitTracks, 'tracksMissing' | 'tracksNamed'> | undefined;
}

interface OpenStream extends AudioFormat {
  readonly start: StreamMessageOf<'start'>;
  readonly order: FrameOrder;
  /** Byte order of 16-bit samples; undefined for 8-bit samples. */
  readonly byteOrder: ByteOrderOf | undefined;
  readonly parties: readonly Party[];
  readonly media: MediaStream;
  /** Writes to `media`. */
  readonly held: HeldAudio;
  /** Length of the last frame with audio, ms. */
  frameMs: number;
  /** Whether a frame named its track. */
  hasTracks: boolean;
}

interface InboundStream {
  /** The start message of the open stream. */
  readonly start: StreamMessageOf<'start'> | undefined;
  /** Opens a stream, and ends the previous one of the socket. */
  open(start: StreamMessageOf<'start'>): void;
  receive(frame: StreamMessageOf<'media'>): void;
  /** Writes audio that is played to the caller, which a two-way stream does not contain, in the format of the stream. */
  writePlayed(bytes: Uint8Array, positionMs: number): void;
  /** Counts audio that is played to the caller and not written, because there is no demand. */
  skipPlayed(bytes: number): void;
  end(reason: string): void;
}

/** Creates the reader of one socket. The caller must end it. */
export function createInboundStream(deps: InboundStreamDeps): InboundStream {
  const { host, providerCallId, counters } = deps;
  let open: OpenStream | undefined;

  const hasDemand = (): boolean =>
    host.hasDemand('levels', providerCallId) || host.hasDemand('audio', providerCallId);

  function openStream(start: StreamMessageOf<'start'>, parties: readonly Party[]): OpenStream | undefined {
    const mediaFormat = start.format ?? deps.fallbackFormat;
    const format = audioFormatOf(mediaFormat);
    if (!format) {
      host.log.warn('stream has an unsupported format', { providerCallId, ...mediaFormat });
      return undefined;
    }
    const media = host.openStream({
      providerCallId,
      ...format,
      parties,
      ...(start.streamId !== undefined && { providerStreamId: providerStreamId(start.streamId) }),
    });
    const is16Bit = format.encoding === 'pcm_s16le';
    return {
      start,
      ...format,
      order: createFrameOrder(),
      byteOrder: is16Bit ? deps.byteOrders.create('vobiz', format.sampleRate) : undefined,
      parties,
      media,
      held: createHeldAudio(media),
      frameMs: FRAME_MS,
      hasTracks: false,
    };
  }

  /** Returns the party of a frame; UNKNOWN if its stream was started for both tracks but its frames name none. */
  function partyOf({ track }: StreamMessageOf<'media'>, stream: OpenStream): Party {
    if (track && !stream.hasTracks) {
      stream.hasTracks = true;
      deps.splitTracks?.tracksNamed();
    }
    if (deps.track) return PARTY_OF[deps.track];
    if (track) return PARTY_OF[track];
    const [only, another] = stream.start.tracks;
    if (only && !another) return PARTY_OF[only];
    return another && !stream.hasTracks ? 'UNKNOWN' : 'CUSTOMER';
  }

  function write(message: StreamMessageOf<'media'>, stream: OpenStream): void {
    const { start, order, media, held, encoding, sampleRate } = stream;
    if (isOfOtherStream(message, start)) return void counters.foreign++;
    const party = partyOf(message, stream);
    if (!stream.parties.includes(party)) return writeUnplaced(message, stream, party);
    const isNeeded = hasDemand();
    const audio = isNeeded ? readPayload(message.payload, stream.byteOrder, message.isBase64) : undefined;
    const bytes = isNeeded ? (audio?.bytes.length ?? 0) : payloadBytes(message.payload);
    const frameMs = bytes === 0 ? stream.frameMs : (bytes / SAMPLE_BYTES[encoding] / sampleRate) * 1000;
    const placement = order.place(party, message, frameMs, host.clock.elapsed());
    if (placement === 'repeated') return void counters.repeated++;
    stream.frameMs = frameMs;
    if (placement.gapMs > 0) held.gap(party, placement.gapMs, placement.gapFrames);
    if (audio) {
      if (audio.wasOdd) counters.oddLength++;
      const byteOrder = stream.byteOrder ? audio.order : DEFAULT_BYTE_ORDER;
      held.write(party, audio.bytes, placement.positionMs, frameMs, byteOrder);
    } else if (bytes > 0) {
      held.release();
      media.skip(bytes);
    } else {
      counters.badPayload++;
      held.gap(party, frameMs, 1);
    }
  }

  /** The first frame without a track on a stream of both: the stream is reopened for an unknown party. */
  function writeUnplaced(message: StreamMessageOf<'media'>, stream: OpenStream, party: Party): void {
    if (party !== 'UNKNOWN' || stream.parties !== BOTH) return void counters.unplaced++;
    deps.splitTracks?.tracksMissing();
    stream.held.release();
    stream.media.end('its audio does not name a track');
    open = openStream(stream.start, ['UNKNOWN']);
    if (open) write(message, open);
  }

  function end(reason: string): void {
    open?.held.release();
    open?.media.end(reason);
    counters.clockSteps += open?.order.clockSteps ?? 0;
    open = undefined;
  }

  return {
    get start() {
      return open?.start;
    },
    open(start) {
      end('another stream was started on its socket');
      open = openStream(start, deps.track ? [PARTY_OF[deps.track]] : BOTH);
    },
    receive(frame) {
      if (open) write(frame, open);
    },
    writePlayed(bytes, positionMs) {
      if (open?.parties.includes('ASSISTANT')) open.media.write('ASSISTANT', bytes, positionMs);
    },
    skipPlayed(bytes) {
      if (open?.parties.includes('ASSISTANT')) open.media.skip(bytes);
    },
    end,
  };
}
