// The messages of a stream: in the format that is documented today, in that of an older page, and in variants that were
// observed.

import type { VobizFormatBehaviour } from '../behaviour.ts';
import { CONTENT_TYPES } from './stream-format.ts';
import type { StreamSpec, Track } from './stream-format.ts';

/** The account's internal number, which streams contain instead of the `MA_` id. */
const ACCOUNT_NUMBER = '512345';

/** The ids and parties of a stream. */
interface StreamIdentity {
  readonly streamId: string;
  readonly callId: string;
  readonly authId: string;
  readonly from: string;
  readonly to: string;
  readonly direction: 'inbound' | 'outbound';
}

/** Creates the first message of a stream. */
export function startMessage(
  behaviour: VobizFormatBehaviour,
  identity: StreamIdentity,
  spec: StreamSpec,
): object {
  const { streamId, callId, authId, from, to, direction } = identity;
  const { tracks, contentType, audioTrack } = spec;
  if (behaviour.startShape === 'flat') {
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
    sampleRate: behaviour.startShape === 'rate-as-text' ? String(sampleRate) : sampleRate,
  };
  return {
    sequenceNumber: behaviour.sequenceFrom,
    event: 'start',
    start: { callId, streamId, accountId: ACCOUNT_NUMBER, tracks, mediaFormat },
    ...extraHeaders(behaviour, spec),
    ...(behaviour.startShape === 'hybrid' ? { streamId, callId } : {}),
  };
}

/** One chunk of one track. */
interface MediaChunk {
  readonly streamId: string;
  readonly sequenceNumber: number;
  readonly chunk: number;
  readonly track: Track;
  readonly timestamp: number;
  readonly payload: string;
}

/** A message with audio. */
export interface MediaMessage {
  readonly [field: string]: unknown;
  readonly media: { readonly payload?: unknown; readonly [field: string]: unknown };
}

/** Creates a message with audio. The older format has no track. */
export function mediaMessage(
  behaviour: VobizFormatBehaviour,
  chunk: MediaChunk,
  spec: StreamSpec,
): MediaMessage {
  const { streamId, sequenceNumber, track, timestamp, payload } = chunk;
  if (behaviour.mediaShape === 'older') {
    const { encoding, sampleRate } = CONTENT_TYPES[spec.contentType];
    return { event: 'media', streamId, media: { payload, contentType: encoding, sampleRate, timestamp } };
  }
  return {
    sequenceNumber,
    streamId,
    event: 'media',
    media: {
      ...TRACK_LABELS[behaviour.mediaTrack](track),
      ...TIMESTAMPS[behaviour.mediaTimestamps](timestamp),
      chunk: chunk.chunk,
      payload,
    },
    ...extraHeaders(behaviour, spec),
  };
}

const TRACK_LABELS: { [Label in VobizFormatBehaviour['mediaTrack']]: (track: Track) => object } = {
  known: (track) => ({ track }),
  missing: () => ({}),
  unknown: () => ({ track: 'sideways' }),
};

const TIMESTAMPS: { [Kind in VobizFormatBehaviour['mediaTimestamps']]: (timestamp: number) => object } = {
  text: (timestamp) => ({ timestamp: String(timestamp) }),
  number: (timestamp) => ({ timestamp }),
  missing: () => ({}),
};

const EXTRA_HEADERS: {
  [Shape in VobizFormatBehaviour['extraHeadersShape']]: (pairs: Readonly<Record<string, string>>) => unknown;
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

/** Returns the last field of current messages. It was observed to be `"{}"` regardless of the extra headers. */
function extraHeaders({ extraHeadersShape }: VobizFormatBehaviour, spec: StreamSpec): object {
  const value = EXTRA_HEADERS[extraHeadersShape](spec.extraHeaders);
  return value === undefined ? {} : { extra_headers: value };
}

const DIGITS: { [Shape in VobizFormatBehaviour['dtmfShape']]: (digit: string, timestamp: number) => object } =
  {
    nested: (digit, timestamp) => ({ dtmf: { track: 'inbound', digit, timestamp: String(timestamp) } }),
    flat: (digit) => ({ digit }),
    number: (digit, timestamp) => ({ dtmf: { digit: /\d/.test(digit) ? Number(digit) : digit, timestamp } }),
  };

/** Creates the message for a pressed digit. Its format is assumed; it is not documented. */
export function dtmfMessage(
  { dtmfShape }: VobizFormatBehaviour,
  streamId: string,
  sequenceNumber: number,
  digit: string,
  timestamp: number,
): object {
  const body = DIGITS[dtmfShape](digit, timestamp);
  return dtmfShape === 'nested'
    ? { sequenceNumber, event: 'dtmf', streamId, ...body, extra_headers: '{}' }
    : { event: 'dtmf', streamId, ...body };
}

/** Creates the message that a checkpoint was reached. */
export function playedMessage(name: string): object {
  return { event: 'playedStream', name };
}

/** Creates the message that the queue was cleared. */
export function clearedMessage(streamId: string, sequenceNumber: number): object {
  return { sequenceNumber, event: 'clearedAudio', streamId };
}

/** Creates the last message of a stream in the older protocol. */
export function stopMessage(streamId: string): object {
  return { event: 'stop', streamId, reason: 'call_ended' };
}
