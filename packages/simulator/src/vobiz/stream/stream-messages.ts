// What a stream's socket says, in the shape that is documented today, in the shape of an older page, and in the
// spellings that others have met.

import type { VobizShapeDials } from '../behaviour.ts';
import { CONTENT_TYPES } from './stream-format.ts';
import type { StreamSpec, Track } from './stream-format.ts';

/** The account's internal number, which streams carry instead of the `MA_` id. */
const ACCOUNT_NUMBER = '512345';

/** Who a stream belongs to. */
export interface StreamIdentity {
  readonly streamId: string;
  readonly callId: string;
  readonly authId: string;
  readonly from: string;
  readonly to: string;
  readonly direction: 'inbound' | 'outbound';
}

/** The first message of a stream. */
export function startMessage(dials: VobizShapeDials, identity: StreamIdentity, spec: StreamSpec): object {
  const { streamId, callId, authId, from, to, direction } = identity;
  const { tracks, contentType, audioTrack } = spec;
  if (dials.startShape === 'flat') {
    return {
      event: 'start',
      streamId,
      accountId: authId,
      callId,
      from,
      to,
      direction,
      contentType,
      audioTrack,
    };
  }
  const { encoding, sampleRate } = CONTENT_TYPES[contentType];
  const mediaFormat = {
    encoding,
    sampleRate: dials.startShape === 'rate-as-text' ? String(sampleRate) : sampleRate,
  };
  return {
    sequenceNumber: dials.sequenceFrom,
    event: 'start',
    start: { callId, streamId, accountId: ACCOUNT_NUMBER, tracks, mediaFormat },
    ...extraHeaders(dials, spec),
    ...(dials.startShape === 'hybrid' ? { streamId, callId } : {}),
  };
}

/** One chunk of one track. */
export interface MediaChunk {
  readonly streamId: string;
  readonly sequenceNumber: number;
  readonly chunk: number;
  readonly track: Track;
  readonly timestamp: number;
  readonly payload: string;
}

/** A message with audio, whose payload may yet be spoilt. */
export interface MediaMessage {
  readonly [field: string]: unknown;
  readonly media: { readonly payload?: unknown; readonly [field: string]: unknown };
}

/** A message with audio. The older shape does not say whose it is. */
export function mediaMessage(dials: VobizShapeDials, chunk: MediaChunk, spec: StreamSpec): MediaMessage {
  const { streamId, sequenceNumber, track, timestamp, payload } = chunk;
  if (dials.mediaShape === 'older') {
    const { encoding, sampleRate } = CONTENT_TYPES[spec.contentType];
    return { event: 'media', streamId, media: { payload, contentType: encoding, sampleRate, timestamp } };
  }
  return {
    sequenceNumber,
    streamId,
    event: 'media',
    media: {
      ...TRACK_LABELS[dials.mediaTrack](track),
      ...TIMESTAMPS[dials.mediaTimestamps](timestamp),
      chunk: chunk.chunk,
      payload,
    },
    ...extraHeaders(dials, spec),
  };
}

const TRACK_LABELS: { [Label in VobizShapeDials['mediaTrack']]: (track: Track) => object } = {
  known: (track) => ({ track }),
  missing: () => ({}),
  unknown: () => ({ track: 'sideways' }),
};

const TIMESTAMPS: { [Kind in VobizShapeDials['mediaTimestamps']]: (timestamp: number) => object } = {
  text: (timestamp) => ({ timestamp: String(timestamp) }),
  number: (timestamp) => ({ timestamp }),
  missing: () => ({}),
};

const EXTRA_HEADERS: {
  [Shape in VobizShapeDials['extraHeadersShape']]: (pairs: Readonly<Record<string, string>>) => unknown;
} = {
  empty: () => '{}',
  json: (pairs) => JSON.stringify(pairs),
  pairs: (pairs) =>
    Object.entries(pairs)
      .map(([key, value]) => `${key}=${value}`)
      .join(';'),
  object: (pairs) => pairs,
  missing: () => undefined,
};

/** The field that each current message ends with. Observed to be an empty object as text, whatever was asked for. */
function extraHeaders({ extraHeadersShape }: VobizShapeDials, spec: StreamSpec): object {
  const told = EXTRA_HEADERS[extraHeadersShape](spec.extraHeaders);
  return told === undefined ? {} : { extra_headers: told };
}

const DIGITS: { [Shape in VobizShapeDials['dtmfShape']]: (digit: string, timestamp: number) => object } = {
  nested: (digit, timestamp) => ({ dtmf: { track: 'inbound', digit, timestamp: String(timestamp) } }),
  flat: (digit) => ({ digit }),
  number: (digit, timestamp) => ({ dtmf: { digit: /\d/.test(digit) ? Number(digit) : digit, timestamp } }),
};

/** A key that the person pressed. The body is assumed: no page shows it. */
export function dtmfMessage(
  { dtmfShape }: VobizShapeDials,
  streamId: string,
  sequenceNumber: number,
  digit: string,
  timestamp: number,
): object {
  const told = DIGITS[dtmfShape](digit, timestamp);
  return dtmfShape === 'nested'
    ? { sequenceNumber, event: 'dtmf', streamId, ...told, extra_headers: '{}' }
    : { event: 'dtmf', streamId, ...told };
}

/** All audio before a checkpoint was heard. */
export function playedMessage(name: string): object {
  return { event: 'playedStream', name };
}

/** Nothing waits to be played any more. */
export function clearedMessage(streamId: string, sequenceNumber: number): object {
  return { sequenceNumber, event: 'clearedAudio', streamId };
}

/** The older last message of a stream. */
export function stopMessage(streamId: string): object {
  return { event: 'stop', streamId, reason: 'call_ended' };
}
