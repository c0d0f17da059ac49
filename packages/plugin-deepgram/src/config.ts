/** The options of this plugin. */
import { findHeaderSecretError, Secret } from '@sidetone/core';
import { z } from 'zod';

/** Hosts that only the operator controls: loopback, private networks, and names without a domain. */
const PRIVATE_HOST =
  /^(localhost|[^.:]+|.+\.localhost|127(\.\d+){3}|10(\.\d+){3}|192\.168(\.\d+){2}|172\.(1[6-9]|2\d|3[01])(\.\d+){2}|\[::1\]|\[f[cd][0-9a-f]{2}:[0-9a-f:]+\]|\[fe[89ab][0-9a-f]:[0-9a-f:]+\])$/;

/** Returns the base URL of the service; undefined if it is invalid, or would send audio unencrypted over the internet. */
export function parseBaseUrl(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || url.hash !== '' || url.search !== '' || url.username !== '' || url.password !== '')
    return undefined;
  const isAllowed = url.protocol === 'wss:' || (url.protocol === 'ws:' && PRIVATE_HOST.test(url.hostname));
  return isAllowed ? url : undefined;
}

/** Returns whether a model belongs to the Flux family, which has another interface: one party per socket, and turns. */
export const isFlux = (model: string): boolean => model.startsWith('flux');

const secret = z
  .string()
  .superRefine((text, context) => {
    const message = findHeaderSecretError(text);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  })
  .transform((text) => new Secret(text));

const baseUrl = z.string().transform((text, context) => {
  const url = parseBaseUrl(text);
  if (url) return url;
  context.addIssue({
    code: 'custom',
    message: 'expected a wss URL without a query; ws only for a private or loopback host',
  });
  return z.NEVER;
});

const language = z.string().regex(/^[a-z]{2,8}(-[a-z0-9]{2,8})*$/i, 'expected a language, such as en-IN');
const term = z.string().trim().min(1).max(100);

const shape = z.strictObject({
  apiKey: secret,
  apiBaseUrl: baseUrl.prefault('wss://api.deepgram.com'),
  model: z.string().min(1).default('nova-3'),
  version: z.string().min(1).default('latest'),
  /** `multi` for several languages. Not used by Flux models. */
  language: language.default('en'),
  languageHints: z.array(language).max(20).default([]),
  /** 50 keyterms are below the limit of 500 tokens, above which Deepgram sends no results. */
  keyterms: z.array(term).max(50).default([]),
  /** `word:boost`, for models before Nova-3. */
  keywords: z.array(term).max(100).default([]),
  redact: z.array(term).max(20).default([]),
  punctuate: z.boolean().default(true),
  smartFormat: z.boolean().default(false),
  numerals: z.boolean().default(false),
  profanityFilter: z.boolean().default(false),
  fillerWords: z.boolean().default(false),
  /** The silence that ends an utterance. */
  endpointingMs: z.int().min(10).max(5000).default(300),
  /** The gap between words that ends an utterance, also in noise. */
  utteranceEndMs: z.int().min(1000).max(5000).default(1500),
  /** When a Flux model ends a turn. */
  flux: z
    .strictObject({
      eotThreshold: z.number().min(0.5).max(1).default(0.7),
      eotTimeoutMs: z.int().min(500).max(60_000).default(5000),
    })
    .prefault({}),
  encoding: z.enum(['linear16', 'mulaw']).default('linear16'),
  /** Hz; not resampled by default. */
  sampleRate: z.union([z.literal(8000), z.literal(16_000)]).optional(),
  /** One socket with one channel per party, or one socket per party. Flux models always use `party`. */
  sockets: z.enum(['call', 'party']).default('call'),
  /** Prevents that audio and text are stored or used for training. */
  mipOptOut: z.boolean().default(true),
  tag: z.string().trim().min(1).max(128).optional(),
  /** How much of the audio received during a disconnect is sent. */
  replay: z
    .strictObject({
      mode: z.enum(['full', 'capped', 'none']).default('full'),
      /** The limit in mode `capped`. */
      maxMs: z.int().min(1000).max(30_000).default(8000),
    })
    .prefault({}),
  /** How much audio is buffered for a replay. */
  bufferMs: z.int().min(15_000).max(30_000).default(20_000),
  maxCalls: z.int().min(1).max(10_000).default(50),
});

type Shape = z.output<typeof shape>;

const supportsHints = ({ model, language: spoken }: Shape): boolean =>
  isFlux(model) ? model.includes('multi') : spoken === 'multi';

/** Options that cannot be combined: the invalid option, when it is invalid, and what is expected. */
const RULES: readonly (readonly [
  key: keyof Shape,
  isInvalid: (options: Shape) => boolean,
  message: string,
])[] = [
  [
    'keywords',
    ({ keywords, model }) => keywords.length > 0 && (model.startsWith('nova-3') || isFlux(model)),
    'expected no keywords: Nova-3 and Flux models reject them, use keyterms',
  ],
  [
    'languageHints',
    (options) => options.languageHints.length > 0 && !supportsHints(options),
    'expected no languageHints: they require the language multi, or a multilingual Flux model',
  ],
  [
    'redact',
    ({ redact, model }) =>
      isFlux(model) && redact.some((kind) => kind !== 'numbers' && kind !== 'aggressive_numbers'),
    'expected numbers or aggressive_numbers: Flux models redact nothing else',
  ],
];

export const optionsSchema = shape.superRefine((options, context) => {
  for (const [key, isInvalid, message] of RULES) {
    if (isInvalid(options)) context.addIssue({ code: 'custom', path: [key], message });
  }
});

export type DeepgramOptions = Shape;
