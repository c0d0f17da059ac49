/** The audio that Vobiz sends on a socket: which stream it belongs to, whose it is, and where in time. */
import {
  providerStreamId,
  type AudioEncoding,
  type MediaStream,
  type Party,
  type ProviderCallId,
  type ProviderHost,
} from '@sidetone/core';
import { type AudioFormat } from '@sidetone/plugin-kit';
import { createByteOrder, type ByteOrder, type ByteOrderOf } from './byte-order.ts';
import { payloadBytes, readPayload } from './payload.ts';
import { createStreamOrder, type StreamOrder } from './frame-order.ts';
import type { MediaFormat, StreamMessageOf, Track } from '../wire.ts';

/** Length of a frame until one says otherwise, ms. */
const FRAME_MS = 20;

const PARTY_OF: Readonly<Record<Track, Party>> = { inbound: 'CUSTOMER', outbound: 'ASSISTANT' };
const BOTH: readonly Party[] = ['CUSTOMER', 'ASSISTANT'];

const ENCODINGS: Readonly<Record<string, AudioEncoding>> = {
  'audio/x-mulaw': 'mulaw',
  'audio/x-l16': 'pcm_s16le',
};
const SAMPLE_BYTES = { mulaw: 1, pcm_s16le: 2 } as const;
const SAMPLE_RATES = new Set([8000, 16_000, 24_000]);

/** A format in Sidetone's words; undefined for one that cannot be read. */
export function audioFormatOf({ encoding, sampleRate }: MediaFormat): AudioFormat | undefined {
  const known = Object.hasOwn(ENCODINGS, encoding) ? ENCODINGS[encoding] : undefined;
  return known && SAMPLE_RATES.has(sampleRate) ? { encoding: known, sampleRate } : undefined;
}

/** Whether a message names another stream than the one that was started. */
export function isForeign(message: { readonly streamId?: string }, start: StreamMessageOf<'start'>): boolean {
  return (
    message.streamId !== undefined && start.streamId !== undefined && message.streamId !== start.streamId
  );
}

export interface HeardStreamDeps {
  readonly host: ProviderHost;
  readonly providerCallId: ProviderCallId;
  readonly byteOrder: ByteOrder | 'auto';
  /** What was asked for, for a start that does not say what it is. */
  readonly fallbackFormat: MediaFormat;
  /** What went wrong. */
  readonly counters: Record<'foreign' | 'repeated' | 'badPayload' | 'oddLength' | 'unplaced', number>;
}

interface OpenStream extends AudioFormat {
  readonly start: StreamMessageOf<'start'>;
  readonly order: StreamOrder;
  /** Of 16-bit samples; undefined where samples are single bytes. */
  readonly byteOrder: ByteOrderOf | undefined;
  readonly parties: readonly Party[];
  readonly media: MediaStream;
  /** Length of the last frame that had one, ms. */
  frameMs: number;
}

export interface HeardStream {
  /** The start of the stream that is open. */
  readonly start: StreamMessageOf<'start'> | undefined;
  open(start: StreamMessageOf<'start'>): void;
  take(frame: StreamMessageOf<'media'>): void;
  /** Takes what is played to the caller, which a two-way stream does not tell, in the stream's own format. */
  takePlayed(bytes: Uint8Array, positionMs: number): void;
  end(reason: string): void;
}

/** No stream yet. Whoever makes it ends it. */
export function createHeardStream(deps: HeardStreamDeps): HeardStream {
  const { host, providerCallId, counters } = deps;
  let open: OpenStream | undefined;

  const isWanted = (): boolean =>
    host.hasDemand('levels', providerCallId) || host.hasDemand('audio', providerCallId);

  function openStream(start: StreamMessageOf<'start'>, parties: readonly Party[]): OpenStream | undefined {
    const told = start.format ?? deps.fallbackFormat;
    const format = audioFormatOf(told);
    if (!format) {
      host.log.warn('a stream has a format that cannot be read', { providerCallId, ...told });
      return undefined;
    }
    const media = host.openStream({
      providerCallId,
      ...format,
      parties,
      ...(start.streamId !== undefined && { providerStreamId: providerStreamId(start.streamId) }),
    });
    const isWide = format.encoding === 'pcm_s16le';
    return {
      start,
      ...format,
      order: createStreamOrder(),
      byteOrder: isWide ? createByteOrder(deps.byteOrder, format.sampleRate) : undefined,
      parties,
      media,
      frameMs: FRAME_MS,
    };
  }

  /** A frame of a stream that has no tracks although it was started for both: whose it is cannot be known. */
  function partyOf({ track }: StreamMessageOf<'media'>, { start }: OpenStream): Party {
    if (track) return PARTY_OF[track];
    const [only, another] = start.tracks;
    if (only && !another) return PARTY_OF[only];
    return start.isFlat && another ? 'UNKNOWN' : 'CUSTOMER';
  }

  function place(message: StreamMessageOf<'media'>, stream: OpenStream): void {
    const { start, order, media, encoding, sampleRate } = stream;
    if (isForeign(message, start)) return void counters.foreign++;
    const party = partyOf(message, stream);
    if (!stream.parties.includes(party)) return placeUnplaced(message, stream, party);
    const wanted = isWanted();
    const audio = wanted ? readPayload(message.payload, stream.byteOrder) : undefined;
    const bytes = wanted ? (audio?.bytes.length ?? 0) : payloadBytes(message.payload);
    const frameMs = bytes === 0 ? stream.frameMs : (bytes / SAMPLE_BYTES[encoding] / sampleRate) * 1000;
    const placement = order.place(party, message, frameMs);
    if (placement === 'repeated') return void counters.repeated++;
    stream.frameMs = frameMs;
    if (placement.gapMs > 0) media.gap(party, placement.gapMs, placement.gapFrames);
    if (audio) {
      if (audio.wasOdd) counters.oddLength++;
      media.write(party, audio.bytes, placement.positionMs);
    } else if (bytes === 0) {
      counters.badPayload++;
      media.gap(party, frameMs, 1);
    }
  }

  /** The first frame without a side, on a stream of both: the stream goes on as one of nobody in particular. */
  function placeUnplaced(message: StreamMessageOf<'media'>, stream: OpenStream, party: Party): void {
    if (party !== 'UNKNOWN' || stream.parties !== BOTH) return void counters.unplaced++;
    stream.media.end('its audio does not say whose it is');
    open = openStream(stream.start, ['UNKNOWN']);
    if (open) place(message, open);
  }

  function end(reason: string): void {
    open?.media.end(reason);
    open = undefined;
  }

  return {
    get start() {
      return open?.start;
    },
    open(start) {
      end('another stream was started on its socket');
      open = openStream(start, BOTH);
    },
    take(frame) {
      if (open) place(frame, open);
    },
    takePlayed(bytes, positionMs) {
      if (open?.parties.includes('ASSISTANT')) open.media.write('ASSISTANT', bytes, positionMs);
    },
    end,
  };
}
