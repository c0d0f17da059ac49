// The query of `/v2/listen`, validated for the parameters that a client for phone calls uses.

import { wholeNumber, oneOf } from '../listen-query.ts';
import type { ListenQuery } from '../listen-query.ts';
import { invalidQuery } from '../rejection.ts';
import type { Rejection } from '../rejection.ts';

/** The settings of turns; `Configure` can change them. */
export interface TurnSettings {
  /** The confidence that ends a turn; at 1, no turn ends by itself. */
  readonly eotThreshold: number;
  /** The confidence of an eager end; undefined if eager ends are off. */
  readonly eagerEotThreshold: number | undefined;
  /** The silence that ends a turn regardless. */
  readonly eotTimeoutMs: number;
  readonly languageHints: readonly string[];
}

/** The parameters of a socket. */
export interface FluxQuery extends ListenQuery {
  readonly turns: TurnSettings;
}

const SAMPLE_RATES = ['8000', '16000', '24000', '44100', '48000'];
const MODELS = ['flux-general-en', 'flux-general-multi'];
/** Parameters of `/v1/listen` that do not exist. */
const MISSING = [
  'language',
  'channels',
  'multichannel',
  'interim_results',
  'endpointing',
  'utterance_end_ms',
  'vad_events',
  'smart_format',
  'punctuate',
];

/** Parses a query. Returns a rejection if it is invalid. */
export function decodeFluxQuery(query: URLSearchParams): FluxQuery | Rejection {
  const problem = RULES.map((rule) => rule(query)).find((refusal) => refusal !== undefined);
  if (problem !== undefined) return { ...problem, code: 'INVALID_PARAMETER' };
  const turns = settingsOf(query);
  const eager = turns.eagerEotThreshold;
  if (eager !== undefined && eager > turns.eotThreshold) {
    return { ...invalidQuery('eager_eot_threshold is above eot_threshold'), code: 'INVALID_PARAMETER' };
  }
  return {
    model: query.get('model') ?? '',
    encoding: query.get('encoding') === 'mulaw' ? 'mulaw' : 'linear16',
    sampleRate: Number(query.get('sample_rate')),
    channels: 1,
    multichannel: false,
    interimResults: true,
    endpointingMs: undefined,
    utteranceEndMs: undefined,
    vadEvents: false,
    punctuate: true,
    isMultilingual: isMultilingual(query),
    extra: undefined,
    turns,
  };
}

function settingsOf(query: URLSearchParams): TurnSettings {
  return {
    eotThreshold: Number(query.get('eot_threshold') ?? 0.7),
    eagerEotThreshold: query.has('eager_eot_threshold')
      ? Number(query.get('eager_eot_threshold'))
      : undefined,
    eotTimeoutMs: Number(query.get('eot_timeout_ms') ?? 5_000),
    languageHints: query.getAll('language_hint'),
  };
}

const isMultilingual = (query: URLSearchParams): boolean => query.get('model') === 'flux-general-multi';

/** Whether a value is a share in a range. */
export const isShare = (value: number, from: number, to: number): boolean => value >= from && value <= to;

const share = (name: string, from: number, to: number) => (query: URLSearchParams) => {
  const value = query.get(name);
  return value === null || (value !== '' && isShare(Number(value), from, to))
    ? undefined
    : invalidQuery(`${name} must be from ${from} to ${to}`);
};

const RULES: readonly ((query: URLSearchParams) => Rejection | undefined)[] = [
  (query) =>
    MODELS.includes(query.get('model') ?? '') ? undefined : invalidQuery('No such model for the v2 API.'),
  (query) => {
    const name = MISSING.find((missing) => query.has(missing));
    return name === undefined ? undefined : invalidQuery(`unknown parameter ${name}`);
  },
  (query) =>
    query.has('encoding')
      ? oneOf(query, 'encoding', ['linear16', 'mulaw'])
      : invalidQuery('Containers are not simulated: encoding is required.'),
  (query) =>
    query.has('sample_rate')
      ? oneOf(query, 'sample_rate', SAMPLE_RATES)
      : invalidQuery('sample_rate is required when encoding is set.'),
  share('eot_threshold', 0.5, 1),
  share('eager_eot_threshold', 0.3, 0.9),
  (query) => wholeNumber(query, 'eot_timeout_ms', [500, 60_000]),
  (query) =>
    query.has('language_hint') && !isMultilingual(query)
      ? invalidQuery('language_hint needs flux-general-multi.')
      : undefined,
  (query) =>
    query.getAll('redact').every((kind) => ['numbers', 'aggressive_numbers'].includes(kind))
      ? undefined
      : invalidQuery('unexpected value for redact'),
];
