/**
 * Decodes the messages of a stream's socket. Pure and total. Two forms are documented; each identifier is looked up where
 * either of them has it. Webhooks are decoded in `webhook/webhook-form.ts`.
 */
import {
  instantOf,
  isJsonObject,
  listOf,
  getOwn,
  numberOf,
  objectOf,
  parseJson,
  definedFields,
  textOf,
  type JsonObject,
} from '@sidetone/plugin-kit';

export const TRACKS = ['inbound', 'outbound'] as const;
export type Track = (typeof TRACKS)[number];

/** The format of a stream's audio, in Vobiz's terms. */
export interface MediaFormat {
  /** `audio/x-mulaw` or `audio/x-l16`. */
  readonly encoding: string;
  readonly sampleRate: number;
}

/** The fields of each message of a stream. */
interface StreamMessageFields {
  start: {
    readonly callId?: string;
    readonly tracks: readonly Track[];
    readonly format?: MediaFormat;
    readonly from?: string;
    readonly to?: string;
    readonly direction?: string;
  };
  media: {
    readonly track?: Track;
    readonly timestamp?: number;
    readonly chunk?: number;
    readonly payload?: string;
    /** Whether `payload` is known to be base64; undefined if it was not checked. */
    readonly isBase64?: true;
  };
  dtmf: { readonly digits?: string; readonly sequence?: number; readonly timestamp?: number };
  stop: { readonly reason?: string };
  /** Everything before a checkpoint was played. */
  played: { readonly name?: string };
  /** The buffered audio was dropped. */
  cleared: object;
  error: { readonly code?: string };
  /** An unknown event. */
  unknown: object;
  /** Not a JSON object. */
  malformed: object;
}

type StreamMessageType = keyof StreamMessageFields;
export type StreamMessageOf<Type extends StreamMessageType> = {
  readonly type: Type;
  readonly streamId?: string;
} & StreamMessageFields[Type];
export type StreamMessage = { [Type in StreamMessageType]: StreamMessageOf<Type> }[StreamMessageType];

const EVENTS: Readonly<Record<string, Exclude<StreamMessageType, 'unknown' | 'malformed'>>> = {
  start: 'start',
  media: 'media',
  dtmf: 'dtmf',
  stop: 'stop',
  playedStream: 'played',
  played: 'played',
  clearedAudio: 'cleared',
  error: 'error',
};

function firstText(sources: readonly JsonObject[], names: readonly string[]): string | undefined {
  for (const source of sources) {
    for (const name of names) {
      const text = textOf(source[name]);
      if (text !== undefined) return text;
    }
  }
  return undefined;
}

const trackOf = (value: unknown): Track | undefined =>
  value === 'inbound' || value === 'outbound' ? value : undefined;

function tracksOf(start: JsonObject, message: JsonObject): readonly Track[] {
  const audioTrack = textOf(start['audioTrack']) ?? textOf(message['audioTrack']);
  if (audioTrack === 'both') return ['inbound', 'outbound'];
  const listed = listOf(start['tracks'])
    .map(trackOf)
    .filter((track) => track !== undefined);
  const one = trackOf(audioTrack);
  return listed.length > 0 ? [...new Set(listed)] : one ? [one] : [];
}

/** Returns the format of a content type such as `audio/x-l16;rate=8000`, or of an encoding and a separate rate. */
export function formatOf(type: string | undefined, rate?: number): MediaFormat | undefined {
  const [encoding, ...parameters] = (type ?? '').toLowerCase().split(/\s*;\s*/);
  if (encoding === undefined || encoding === '') return undefined;
  const inType = parameters.find((parameter) => parameter.startsWith('rate='))?.slice('rate='.length);
  return { encoding, sampleRate: rate ?? numberOf(inType) ?? 8000 };
}

const DIGITS = /^[0-9*#A-D]+$/;

function digitsIn(message: JsonObject): string | undefined {
  const digit = objectOf(message['dtmf'])['digit'] ?? message['digit'];
  const digits = (typeof digit === 'number' ? String(digit) : textOf(digit))?.toUpperCase();
  return digits !== undefined && DIGITS.test(digits) ? digits : undefined;
}

const READERS: {
  readonly [Type in StreamMessageType]: (message: JsonObject) => StreamMessageFields[Type];
} = {
  start(message) {
    const start = objectOf(message['start']);
    const format = objectOf(start['mediaFormat']);
    return {
      tracks: tracksOf(start, message),
      ...definedFields({
        callId: firstText([start, message], ['callId', 'callUUID', 'CallUUID', 'call_uuid']),
        format: formatOf(
          textOf(format['encoding']) ?? firstText([start, message], ['contentType']),
          numberOf(format['sampleRate']),
        ),
        from: firstText([start, message], ['from']),
        to: firstText([start, message], ['to']),
        direction: firstText([start, message], ['direction']),
      }),
    };
  },
  media(message) {
    const media = objectOf(message['media']);
    return definedFields({
      track: trackOf(media['track']),
      timestamp: instantOf(media['timestamp']),
      chunk: numberOf(media['chunk']),
      payload: textOf(media['payload']),
    });
  },
  dtmf: (message) =>
    definedFields({
      digits: digitsIn(message),
      sequence: numberOf(message['sequenceNumber']),
      timestamp: instantOf(objectOf(message['dtmf'])['timestamp']),
    }),
  stop: (message) =>
    definedFields({ reason: textOf(message['reason']) ?? textOf(objectOf(message['stop'])['reason']) }),
  played: (message) => definedFields({ name: textOf(message['name']) }),
  cleared: () => ({}),
  error: (message) =>
    definedFields({ code: textOf(objectOf(message['error'])['code']) ?? textOf(message['error']) }),
  unknown: () => ({}),
  malformed: () => ({}),
};

/**
 * A media message exactly as Vobiz sends it, with any spaces after separators. 50 of them per second and stream arrive: this match
 * costs a third of parsing the JSON and checking the payload. All other messages are parsed.
 */
const USUAL_MEDIA = new RegExp(
  String.raw`^\{"sequenceNumber": ?\d+, ?"streamId": ?"([\w-]+)", ?"event": ?"media", ?"media": ?\{` +
    String.raw`"track": ?"(inbound|outbound)", ?"timestamp": ?"(\d{13})", ?"chunk": ?(\d{1,15}), ?` +
    String.raw`"payload": ?"([A-Za-z0-9+/]+={0,2})"\}(?:, ?"extra_headers": ?"\{\}")?\}$`,
);

function readUsualMedia(text: string): StreamMessageOf<'media'> | undefined {
  const found = USUAL_MEDIA.exec(text);
  const timestamp = instantOf(Number(found?.[3]));
  if (!found || timestamp === undefined) return undefined;
  return {
    type: 'media',
    streamId: found[1]!,
    track: found[2] as Track,
    timestamp,
    chunk: Number(found[4]),
    payload: found[5]!,
    isBase64: true,
  };
}

/** Decodes one message of a stream's socket. */
export function decodeStreamMessage(text: string): StreamMessage {
  return readUsualMedia(text) ?? parseStreamMessage(text);
}

function parseStreamMessage(text: string): StreamMessage {
  const message = parseJson(text);
  if (!isJsonObject(message)) return { type: 'malformed' };
  const event = textOf(message['event']);
  const type = getOwn(EVENTS, event) ?? 'unknown';
  const streamId = firstText([objectOf(message['start']), message], ['streamId', 'stream_id']);
  return { type, ...READERS[type](message), ...definedFields({ streamId }) } as StreamMessage;
}
