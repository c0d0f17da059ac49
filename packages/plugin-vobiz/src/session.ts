/**
 * One socket of a call's audio, which Vobiz opens. A call may have several, one after another or at once: the end of a
 * socket ends its stream, never the call.
 */
import {
  providerStreamId,
  type AudioEncoding,
  type MediaStream,
  type Party,
  type ProviderCallId,
  type ProviderHost,
  type Socket,
} from '@sidetone/core';
import { createByteOrder, type ByteOrder, type ByteOrderOf } from './byte-order.ts';
import { payloadBytes, readPayload } from './payload.ts';
import { createStreamOrder, type StreamOrder } from './stream-order.ts';
import {
  decodeStreamMessage,
  type MediaFormat,
  type StreamMessage,
  type StreamMessageOf,
  type StreamMessageType,
  type Track,
} from './wire.ts';

/** How many frames that come before their start are kept: a second of two tracks. */
export const MAX_EARLY_FRAMES = 100;
/** How long they are kept, ms. */
export const EARLY_FRAMES_MS = 1500;
/** How long a socket may stay without a start, or open after a stop, ms. */
export const IDLE_SOCKET_MS = 10_000;

/** Length of a frame until one says otherwise, ms. */
const FRAME_MS = 20;

const PARTY_OF: Readonly<Record<Track, Party>> = { inbound: 'CUSTOMER', outbound: 'ASSISTANT' };
const BOTH: readonly Party[] = ['CUSTOMER', 'ASSISTANT'];

const ENCODINGS: Readonly<
  Record<string, { readonly encoding: AudioEncoding; readonly sampleBytes: number }>
> = {
  'audio/x-mulaw': { encoding: 'mulaw', sampleBytes: 1 },
  'audio/x-l16': { encoding: 'pcm_s16le', sampleBytes: 2 },
};
const SAMPLE_RATES = new Set([8000, 16_000, 24_000]);

export interface StreamSessionDeps {
  readonly host: ProviderHost;
  readonly providerCallId: ProviderCallId;
  readonly byteOrder: ByteOrder | 'auto';
  /** What was asked for, for a start that does not say what it is. */
  readonly fallbackFormat: MediaFormat;
  readonly onStart: (message: StreamMessageOf<'start'>) => void;
  readonly onDtmf: (message: StreamMessageOf<'dtmf'>) => void;
  /** Called once, when the socket is closed. */
  readonly onClose: () => void;
}

export interface StreamSession {
  /** Closes the socket and ends its stream. */
  stop(reason: string): void;
}

interface OpenStream {
  readonly start: StreamMessageOf<'start'>;
  readonly encoding: AudioEncoding;
  readonly sampleBytes: number;
  readonly sampleRate: number;
  readonly order: StreamOrder;
  /** Of 16-bit samples; undefined where samples are single bytes. */
  readonly byteOrder: ByteOrderOf | undefined;
  readonly parties: readonly Party[];
  readonly media: MediaStream;
  /** Length of the last frame that had one, ms. */
  readonly frameMs: number;
}

/** What went wrong on a socket, for the log when it closes. */
type Counters = Record<
  | 'malformed'
  | 'unknown'
  | 'errors'
  | 'early'
  | 'foreign'
  | 'repeated'
  | 'badPayload'
  | 'oddLength'
  | 'unplaced',
  number
>;

/** Reads a socket until it closes. */
export function createStreamSession(socket: Socket, deps: StreamSessionDeps): StreamSession {
  const { host, providerCallId } = deps;
  const counters: Counters = {
    malformed: 0,
    unknown: 0,
    errors: 0,
    early: 0,
    foreign: 0,
    repeated: 0,
    badPayload: 0,
    oddLength: 0,
    unplaced: 0,
  };
  let open: OpenStream | undefined;
  let early: StreamMessageOf<'media'>[] = [];
  /** Frames are kept only until the first start. */
  let isWaiting = true;
  let closed = false;

  const cancelEarly = host.clock.schedule(EARLY_FRAMES_MS, () => {
    counters.early += early.length;
    early = [];
  });
  let cancelIdle = host.clock.schedule(IDLE_SOCKET_MS, () => stop('no start came', 1008));

  const isWanted = (): boolean => host.wants('levels', providerCallId) || host.wants('audio', providerCallId);

  function openStream(start: StreamMessageOf<'start'>, parties: readonly Party[]): OpenStream | undefined {
    const format = start.format ?? deps.fallbackFormat;
    const known = ENCODINGS[format.encoding];
    if (!known || !SAMPLE_RATES.has(format.sampleRate)) {
      host.log.warn('a stream has a format that cannot be read', { providerCallId, ...format });
      return undefined;
    }
    const media = host.openStream({
      providerCallId,
      encoding: known.encoding,
      sampleRate: format.sampleRate,
      parties,
      ...(start.streamId !== undefined && { providerStreamId: providerStreamId(start.streamId) }),
    });
    const { sampleRate } = format;
    return {
      start,
      ...known,
      sampleRate,
      order: createStreamOrder(),
      byteOrder: known.sampleBytes === 2 ? createByteOrder(deps.byteOrder, sampleRate) : undefined,
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

  function take(message: StreamMessageOf<'media'>, stream: OpenStream): void {
    const { start, order, media, sampleBytes, sampleRate } = stream;
    if (isForeign(message, start)) return void counters.foreign++;
    const party = partyOf(message, stream);
    if (!stream.parties.includes(party)) return takeUnplaced(message, stream, party);
    const wanted = isWanted();
    const audio = wanted ? readPayload(message.payload, stream.byteOrder) : undefined;
    const bytes = wanted ? (audio?.bytes.length ?? 0) : payloadBytes(message.payload);
    const frameMs = bytes === 0 ? stream.frameMs : (bytes / sampleBytes / sampleRate) * 1000;
    const placement = order.place(party, message, frameMs);
    if (placement === 'repeated') return void counters.repeated++;
    open = { ...stream, frameMs };
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
  function takeUnplaced(message: StreamMessageOf<'media'>, stream: OpenStream, party: Party): void {
    if (party !== 'UNKNOWN' || stream.parties !== BOTH) return void counters.unplaced++;
    stream.media.end('its audio does not say whose it is');
    open = openStream(stream.start, ['UNKNOWN']);
    if (open) take(message, open);
  }

  function end(reason: string): void {
    open?.media.end(reason);
    open = undefined;
  }

  const HANDLERS: { readonly [Type in StreamMessageType]: (message: StreamMessageOf<Type>) => void } = {
    start(message) {
      if (message.callId !== undefined && message.callId !== providerCallId) {
        host.log.warn('a stream was started for another call than its address is for', { providerCallId });
        return stop('the start names another call', 1008);
      }
      if (open && open.start.streamId === message.streamId) return;
      end('another stream was started on its socket');
      isWaiting = false;
      cancelIdle();
      deps.onStart(message);
      open = openStream(message, BOTH);
      const kept = early;
      early = [];
      for (const frame of kept) if (open) take(frame, open);
    },
    media(message) {
      if (open) return take(message, open);
      if (isWaiting && early.length < MAX_EARLY_FRAMES) early.push(message);
      else counters.early++;
    },
    dtmf: (message) => deps.onDtmf(message),
    stop(message) {
      if (!open || isForeign(message, open.start)) return;
      end(message.reason ?? 'stopped');
      cancelIdle = host.clock.schedule(IDLE_SOCKET_MS, () => stop('the stream was stopped', 1000));
    },
    idle: () => {},
    error(message) {
      counters.errors++;
      host.log.debug('a stream tells of an error', { providerCallId, code: message.code });
    },
    unknown: () => void counters.unknown++,
    malformed: () => void counters.malformed++,
  };

  function stop(reason: string, code: number): void {
    end(reason);
    finish();
    socket.close(code, reason);
  }

  function finish(): void {
    if (closed) return;
    closed = true;
    cancelEarly();
    cancelIdle();
    counters.early += early.length;
    early = [];
    host.log.debug('a stream socket is done', { providerCallId, ...counters });
    deps.onClose();
  }

  socket.onClose((code) => {
    end(`the stream socket closed with ${code}`);
    finish();
  });
  socket.onMessage((text) => {
    if (closed) return;
    const message: StreamMessage =
      typeof text === 'string' ? decodeStreamMessage(text) : { type: 'malformed' };
    (HANDLERS[message.type] as (message: StreamMessage) => void)(message);
  });

  return { stop: (reason) => stop(reason, 1000) };
}

function isForeign(message: { readonly streamId?: string }, start: StreamMessageOf<'start'>): boolean {
  return (
    message.streamId !== undefined && start.streamId !== undefined && message.streamId !== start.streamId
  );
}
