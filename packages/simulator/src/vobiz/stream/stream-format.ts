import { createDecimator } from '../../audio/decimator.ts';
import { encodeMulaw } from '../../audio/mulaw.ts';
import { encodeLinear16 } from '../../audio/pcm.ts';
import type { ByteOrder } from '../../audio/pcm.ts';

/** The parameters of a stream. */
export interface StreamSpec {
  readonly url: string;
  readonly bidirectional: boolean;
  readonly keepCallAlive: boolean;
  readonly tracks: readonly Track[];
  readonly audioTrack: string;
  readonly contentType: ContentType;
  readonly timeoutMs: number;
  readonly maxRetries: number;
  readonly statusCallbackUrl: string | undefined;
  readonly statusCallbackMethod: 'GET' | 'POST';
  readonly extraHeaders: Readonly<Record<string, string>>;
}

/** `inbound` is the audio that the caller sends, `outbound` the audio that the caller receives. */
export type Track = 'inbound' | 'outbound';

/** An audio encoding. */
interface Encoding {
  readonly encoding: 'audio/x-l16' | 'audio/x-mulaw';
  readonly sampleRate: 8_000 | 16_000;
}

/** The content types of Vobiz. L16 is little-endian by default, as in captured frames. */
export const CONTENT_TYPES = {
  'audio/x-l16;rate=8000': { encoding: 'audio/x-l16', sampleRate: 8_000 },
  'audio/x-l16;rate=16000': { encoding: 'audio/x-l16', sampleRate: 16_000 },
  'audio/x-mulaw;rate=8000': { encoding: 'audio/x-mulaw', sampleRate: 8_000 },
} as const satisfies Record<string, Encoding>;

/** One of the content types. */
type ContentType = keyof typeof CONTENT_TYPES;

const DEFAULT_CONTENT_TYPE: ContentType = 'audio/x-l16;rate=8000';
const DEFAULT_TIMEOUT_S = 86_400;
const MAX_RETRIES = 10;

const TRACKS: Readonly<Record<string, readonly Track[]>> = {
  inbound: ['inbound'],
  outbound: ['outbound'],
  both: ['inbound', 'outbound'],
};

/**
 * Parses the attributes of a `<Stream>`. Returns undefined for an unsupported combination, a two-way stream with any
 * track but `inbound`, which ends the call.
 */
export function decodeStream(
  attributes: Readonly<Record<string, string>>,
  url: string,
): StreamSpec | undefined {
  const bidirectional = attributes['bidirectional'] === 'true';
  const audioTrack = attributes['audioTrack'] ?? 'inbound';
  const tracks = TRACKS[audioTrack];
  if (tracks === undefined || (bidirectional && audioTrack !== 'inbound')) return undefined;
  const asked = (attributes['contentType'] ?? DEFAULT_CONTENT_TYPE).replace(/\s/g, '').toLowerCase();
  const known = Object.keys(CONTENT_TYPES).find((type): type is ContentType => type === asked);
  const timeoutS = Number(attributes['streamTimeout'] ?? DEFAULT_TIMEOUT_S);
  const retries = Math.trunc(Number(attributes['maxRetries'] ?? 0));
  return {
    url,
    bidirectional,
    keepCallAlive: bidirectional && attributes['keepCallAlive'] === 'true',
    tracks,
    audioTrack,
    contentType: known ?? DEFAULT_CONTENT_TYPE,
    timeoutMs: (timeoutS > 0 ? timeoutS : DEFAULT_TIMEOUT_S) * 1000,
    maxRetries: Number.isNaN(retries) ? 0 : Math.min(MAX_RETRIES, Math.max(0, retries)),
    statusCallbackUrl: attributes['statusCallbackUrl'],
    statusCallbackMethod: attributes['statusCallbackMethod']?.toUpperCase() === 'GET' ? 'GET' : 'POST',
    extraHeaders: decodeExtraHeaders(attributes['extraHeaders'] ?? ''),
  };
}

/**
 * Converts the fields of `POST /Call/{uuid}/Stream/` to attributes of a `<Stream>`. Returns undefined without a URL. Only
 * the text "true" makes a stream two-way; JSON's `true` gives a one-way stream without an error.
 */
export function restStreamAttributes(
  fields: Readonly<Record<string, unknown>>,
): { readonly url: string; readonly attributes: Readonly<Record<string, string>> } | undefined {
  const url = fields['service_url'];
  if (typeof url !== 'string' || !/^wss?:\/\//.test(url)) return undefined;
  const attributes: Record<string, string> = { audioTrack: 'both' };
  for (const [field, attribute] of Object.entries(REST_FIELDS)) {
    const value = fields[field];
    if (typeof value === 'string' || typeof value === 'number') attributes[attribute] = String(value);
  }
  // REST writes `header:value` where XML writes `key=value`.
  const pairs = attributes['extraHeaders']?.split(',').map((pair) => pair.replace(/^([^:=]*):/, '$1='));
  return {
    url,
    attributes: pairs === undefined ? attributes : { ...attributes, extraHeaders: pairs.join(',') },
  };
}

const REST_FIELDS = {
  bidirectional: 'bidirectional',
  audio_track: 'audioTrack',
  content_type: 'contentType',
  stream_timeout: 'streamTimeout',
  status_callback_url: 'statusCallbackUrl',
  status_callback_method: 'statusCallbackMethod',
  extra_headers: 'extraHeaders',
} as const;

/** Creates an encoder for one track. */
export function createEncoder(contentType: ContentType): (frame: Int16Array, order?: ByteOrder) => Buffer {
  const { encoding, sampleRate } = CONTENT_TYPES[contentType];
  const decimator = sampleRate === 8_000 ? createDecimator() : undefined;
  return (frame, order) => {
    const samples = decimator === undefined ? frame : decimator.push(frame);
    return encoding === 'audio/x-mulaw' ? Buffer.from(encodeMulaw(samples)) : encodeLinear16(samples, order);
  };
}

function decodeExtraHeaders(text: string): Record<string, string> {
  const pairs = text.split(',').map((pair) => pair.split('=', 2));
  return Object.fromEntries(
    pairs.flatMap(([key = '', value]) =>
      key.trim() === '' || value === undefined ? [] : [[key.trim(), value.trim()]],
    ),
  );
}
