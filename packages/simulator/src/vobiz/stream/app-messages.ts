// The messages of an application on a two-way stream, parsed strictly: a message that is not exactly as documented has
// no effect, and the reason is counted for tests.

import { decodeMulaw } from '../../audio/mulaw.ts';
import { CALL_SAMPLE_RATE, decodeLinear16 } from '../../audio/pcm.ts';
import type { ByteOrder } from '../../audio/pcm.ts';
import { createResampler } from '../../audio/resampler.ts';
import type { Resample } from '../../audio/resampler.ts';
import { jsonObject } from '../../http/http-request.ts';

/** A valid message. */
export type AppMessage =
  | { readonly event: 'playAudio'; readonly audio: AppAudio }
  | { readonly event: 'checkpoint'; readonly name: string }
  | { readonly event: 'clearAudio' }
  | { readonly event: 'stop' };

/** Received audio, not decoded. */
interface AppAudio {
  readonly contentType: 'audio/x-l16' | 'audio/x-mulaw';
  readonly sampleRate: number;
  readonly bytes: Buffer;
}

/** Why a message has no effect. */
const IGNORED_REASONS = [
  'one-way stream',
  'binary',
  'not a JSON object',
  'unknown event',
  'other stream',
  'contentType',
  'sampleRate',
  'payload',
  'name',
  'sendDTMF',
] as const;

/** One of the reasons. */
export type IgnoredReason = (typeof IGNORED_REASONS)[number];

type Fields = Readonly<Record<string, unknown>>;

const RATES: Readonly<Record<AppAudio['contentType'], readonly number[]>> = {
  'audio/x-l16': [8_000, 16_000, 24_000],
  'audio/x-mulaw': [8_000],
};
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

const DECODERS: Readonly<Record<string, (fields: Fields) => AppMessage | IgnoredReason>> = {
  playAudio(fields) {
    const audio = decodeAudio(fields['media']);
    return typeof audio === 'string' ? audio : { event: 'playAudio', audio };
  },
  checkpoint: ({ name }) =>
    typeof name === 'string' && name !== '' ? { event: 'checkpoint', name } : 'name',
  clearAudio: () => ({ event: 'clearAudio' }),
  stop: () => ({ event: 'stop' }),
  // A message of another vendor; Vobiz does not document it.
  sendDTMF: () => 'sendDTMF',
};

/** Parses a message for a stream; older applications omit the id. Returns the reason if it has no effect. */
export function decodeAppMessage(text: string, streamId: string): AppMessage | IgnoredReason {
  const fields = jsonObject(text);
  if (fields === undefined) return 'not a JSON object';
  const { event } = fields;
  const decode = typeof event === 'string' && Object.hasOwn(DECODERS, event) ? DECODERS[event] : undefined;
  if (decode === undefined) return 'unknown event';
  if (fields['streamId'] !== undefined && fields['streamId'] !== streamId) return 'other stream';
  return decode(fields);
}

/** Creates a decoder to the rate of calls. Consecutive messages of one format join seamlessly. */
export function createAudioDecoder(): (audio: AppAudio, order: ByteOrder) => Int16Array {
  const resamplers = new Map<number, Resample>();
  return ({ contentType, sampleRate, bytes }, order) => {
    const resample = resamplers.get(sampleRate) ?? createResampler(sampleRate, CALL_SAMPLE_RATE);
    resamplers.set(sampleRate, resample);
    return resample(contentType === 'audio/x-mulaw' ? decodeMulaw(bytes) : decodeLinear16(bytes, order));
  };
}

function decodeAudio(media: unknown): AppAudio | IgnoredReason {
  const { contentType, sampleRate, payload } = (typeof media === 'object' ? (media ?? {}) : {}) as Fields;
  if (contentType !== 'audio/x-l16' && contentType !== 'audio/x-mulaw') return 'contentType';
  if (typeof sampleRate !== 'number' || !RATES[contentType].includes(sampleRate)) return 'sampleRate';
  if (typeof payload !== 'string' || payload === '' || !BASE64.test(payload)) return 'payload';
  const bytes = Buffer.from(payload, 'base64');
  const isCut = contentType === 'audio/x-l16' && bytes.length % 2 === 1;
  return isCut ? 'payload' : { contentType, sampleRate, bytes };
}
