// The query of `/v1/listen`, validated for the parameters that a client for phone calls uses. Unknown parameters are
// ignored.

import { invalidQuery, rejectionOf } from './rejection.ts';
import type { Rejection } from './rejection.ts';

/** The parameters of a socket. */
export interface ListenQuery {
  readonly model: string;
  readonly encoding: 'linear16' | 'mulaw';
  readonly sampleRate: number;
  /** How many channels are interleaved in the audio. */
  readonly channels: number;
  /** Whether each channel is transcribed separately. */
  readonly multichannel: boolean;
  readonly interimResults: boolean;
  /** The silence that ends a turn; undefined: none. */
  readonly endpointingMs: number | undefined;
  readonly utteranceEndMs: number | undefined;
  readonly vadEvents: boolean;
  readonly punctuate: boolean;
  /** Whether words contain their language. */
  readonly isMultilingual: boolean;
  /** Repeated in every result. */
  readonly extra: Readonly<Record<string, string>> | undefined;
}

/** The maximum number of channels. */
const MAX_CHANNELS = 2;
/** The maximum length of a query. */
export const MAX_QUERY_LENGTH = 8_192;
/** The maximum number of tokens of all key terms. */
export const MAX_KEYTERM_TOKENS = 500;

const DEFAULT_ENDPOINTING_MS = 10;
const RATES = [4_000, 96_000] as const;
const UTTERANCE_END_MS = [1_000, 5_000] as const;
const FLAGS = [
  'multichannel',
  'interim_results',
  'vad_events',
  'punctuate',
  'smart_format',
  'numerals',
  'no_delay',
  'mip_opt_out',
  'profanity_filter',
  'filler_words',
] as const;

/** Parses a query. Returns a rejection if it is invalid. */
export function decodeListenQuery(query: URLSearchParams): ListenQuery | Rejection {
  const problem = RULES.map((rule) => rule(query)).find((refusal) => refusal !== undefined);
  if (problem !== undefined) return problem;
  const is = (name: (typeof FLAGS)[number]): boolean => query.get(name) === 'true';
  const extra = query.getAll('extra').map((pair) => pair.split(/:(.*)/s));
  return {
    model: modelOf(query),
    encoding: query.get('encoding') === 'mulaw' ? 'mulaw' : 'linear16',
    sampleRate: Number(query.get('sample_rate')),
    channels: Number(query.get('channels') ?? 1),
    multichannel: is('multichannel'),
    interimResults: is('interim_results'),
    endpointingMs: endpointingOf(query.get('endpointing')),
    utteranceEndMs: query.has('utterance_end_ms') ? Number(query.get('utterance_end_ms')) : undefined,
    vadEvents: is('vad_events'),
    punctuate: is('punctuate') || is('smart_format'),
    isMultilingual: query.get('language') === 'multi',
    extra:
      extra.length === 0
        ? undefined
        : Object.fromEntries(extra.map(([key = '', value = '']) => [key, value])),
  };
}

/** Whether it is a rejection. */
export function isRejection(answer: ListenQuery | Rejection): answer is Rejection {
  return 'status' in answer;
}

/** Returns the approximate number of tokens of key terms. */
export function tokensOf(terms: readonly string[]): number {
  return terms.reduce((sum, term) => sum + Math.max(term.split(/\s+/).length, Math.ceil(term.length / 4)), 0);
}

type Rule = (query: URLSearchParams) => Rejection | undefined;

const RULES: readonly Rule[] = [
  (query) => (query.toString().length > MAX_QUERY_LENGTH ? rejectionOf(414) : undefined),
  (query) => (modelOf(query).startsWith('whisper') ? rejectionOf(405) : undefined),
  (query) => (modelOf(query).startsWith('flux') ? invalidQuery('This model needs the v2 API.') : undefined),
  (query) =>
    FLAGS.map((name) => oneOf(query, name, ['true', 'false'])).find((refusal) => refusal !== undefined),
  (query) =>
    query.has('encoding')
      ? oneOf(query, 'encoding', ['linear16', 'mulaw'])
      : invalidQuery('Containers are not simulated: encoding is required.'),
  (query) =>
    query.has('sample_rate')
      ? wholeNumber(query, 'sample_rate', RATES)
      : invalidQuery('sample_rate is required when encoding is set.'),
  (query) => wholeNumber(query, 'channels', [1, MAX_CHANNELS]),
  (query) =>
    /^(true|false)$/.test(query.get('endpointing') ?? 'true')
      ? undefined
      : wholeNumber(query, 'endpointing', [0, 60_000]),
  (query) => wholeNumber(query, 'utterance_end_ms', UTTERANCE_END_MS),
  (query) =>
    query.has('utterance_end_ms') && query.get('interim_results') !== 'true'
      ? invalidQuery('utterance_end_ms needs interim_results=true.')
      : undefined,
  (query) =>
    isNova3(modelOf(query)) && query.has('keywords')
      ? invalidQuery('Keywords are not supported for Nova-3. Please use `keyterm` instead.')
      : undefined,
  (query) =>
    !isNova3(modelOf(query)) && query.has('keyterm')
      ? invalidQuery('Keyterms need a Nova-3 model.')
      : undefined,
  (query) =>
    tokensOf(query.getAll('keyterm')) > MAX_KEYTERM_TOKENS
      ? invalidQuery(
          `Keyterm limit exceeded. The maximum number of tokens across all keyterms is ${MAX_KEYTERM_TOKENS}.`,
        )
      : undefined,
  (query) =>
    /^[a-z]{2,3}(-(?!Latn$)[A-Za-z0-9]{2,4})*$|^multi$/.test(query.get('language') ?? 'en')
      ? undefined
      : invalidQuery('No such model and language combination.'),
  (query) =>
    query.has('language_hint') && query.get('language') !== 'multi'
      ? invalidQuery('language_hint needs language=multi.')
      : undefined,
  (query) => tooLong(query, 'tag', 128),
  (query) => tooLong(query, 'extra', 2_048),
];

/** Whether a model accepts key terms. */
export function isNova3(model: string): boolean {
  return /^nova-3(-|$)/.test(model);
}

function modelOf(query: URLSearchParams): string {
  return query.get('model') ?? 'nova-3';
}

function endpointingOf(value: string | null): number | undefined {
  if (value === 'false') return undefined;
  return value === null || value === 'true' ? DEFAULT_ENDPOINTING_MS : Number(value);
}

/** Rejects a parameter with another value. */
export function oneOf(
  query: URLSearchParams,
  name: string,
  values: readonly string[],
): Rejection | undefined {
  const value = query.get(name);
  return value === null || values.includes(value) ? undefined : invalidQuery(`unexpected value for ${name}`);
}

/** Rejects a parameter that is not a whole number in a range. */
export function wholeNumber(
  query: URLSearchParams,
  name: string,
  [from, to]: readonly [number, number],
): Rejection | undefined {
  const value = query.get(name);
  if (value === null) return undefined;
  const isInside = /^\d{1,9}$/.test(value) && Number(value) >= from && Number(value) <= to;
  return isInside ? undefined : invalidQuery(`${name} must be a whole number from ${from} to ${to}`);
}

function tooLong(query: URLSearchParams, name: string, longest: number): Rejection | undefined {
  return query.getAll(name).some(({ length }) => length > longest)
    ? invalidQuery(`${name} may have ${longest} characters`)
    : undefined;
}
