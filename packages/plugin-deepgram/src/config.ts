/** The options of this plugin, as they stand in the configuration. */
import { Secret } from '@sidetone/core';
import { z } from 'zod';
import { isFlux, webSocketAddress } from './connection/address.ts';

const secret = z
  .string()
  .min(1)
  .transform((text) => new Secret(text));

const address = z.string().transform((text, context) => {
  const url = webSocketAddress(text);
  if (url) return url;
  context.addIssue({
    code: 'custom',
    message: 'expected a wss address without a query; ws only for a private or loopback host',
  });
  return z.NEVER;
});

const language = z.string().regex(/^[a-z]{2,8}(-[a-z0-9]{2,8})*$/i, 'expected a language, such as en-IN');
const word = z.string().trim().min(1).max(100);

const shape = z.strictObject({
  apiKey: secret,
  apiBaseUrl: address.prefault('wss://api.deepgram.com'),
  model: z.string().min(1).default('nova-3'),
  version: z.string().min(1).default('latest'),
  /** `multi` for speech in several; a Flux model takes none. */
  language: language.default('en'),
  languageHints: z.array(language).max(20).default([]),
  /** 50 stay below the limit of 500 tokens, beyond which Deepgram stops without a word. */
  keyterms: z.array(word).max(50).default([]),
  /** `word:boost`, for models before Nova-3. */
  keywords: z.array(word).max(100).default([]),
  redact: z.array(word).max(20).default([]),
  punctuate: z.boolean().default(true),
  smartFormat: z.boolean().default(false),
  numerals: z.boolean().default(false),
  profanityFilter: z.boolean().default(false),
  fillerWords: z.boolean().default(false),
  /** The silence that makes a pause. */
  endpointingMs: z.int().min(10).max(5000).default(300),
  /** The gap between words that ends an utterance, in noise too. */
  utteranceEndMs: z.int().min(1000).max(5000).default(1500),
  /** When a Flux model takes a turn as over. */
  flux: z
    .strictObject({
      eotThreshold: z.number().min(0.5).max(1).default(0.7),
      eotTimeoutMs: z.int().min(500).max(60_000).default(5000),
    })
    .prefault({}),
  encoding: z.enum(['linear16', 'mulaw']).default('linear16'),
  /** Hz; as it comes when absent. */
  sampleRate: z.union([z.literal(8000), z.literal(16_000)]).optional(),
  /** One socket with a channel a party, or one socket a party. A Flux model has one a party. */
  sockets: z.enum(['call', 'party']).default('call'),
  /** Keeps audio and words from being stored, and from being used for training. */
  mipOptOut: z.boolean().default(true),
  tag: z.string().trim().min(1).max(128).optional(),
  /** What is sent of the audio that came while there was no connection. */
  replay: z
    .strictObject({
      mode: z.enum(['full', 'capped', 'none']).default('full'),
      /** How much at most, in mode capped. */
      maxMs: z.int().min(1000).max(30_000).default(8000),
    })
    .prefault({}),
  /** How much audio is kept for a replay. */
  bufferMs: z.int().min(15_000).max(30_000).default(20_000),
  maxCalls: z.int().min(1).max(10_000).default(50),
});

type Shape = z.output<typeof shape>;

const takesHints = ({ model, language: spoken }: Shape): boolean =>
  isFlux(model) ? model.includes('multi') : spoken === 'multi';

/** What does not go together: the key that is at fault, whether it is, and what was expected. */
const RULES: readonly (readonly [
  key: keyof Shape,
  isBroken: (options: Shape) => boolean,
  message: string,
])[] = [
  [
    'keywords',
    ({ keywords, model }) => keywords.length > 0 && (model.startsWith('nova-3') || isFlux(model)),
    'expected no keywords: Nova-3 and Flux models refuse them, use keyterms',
  ],
  [
    'languageHints',
    (options) => options.languageHints.length > 0 && !takesHints(options),
    'expected no languageHints but with the language multi, or a multilingual Flux model',
  ],
  [
    'redact',
    ({ redact, model }) =>
      isFlux(model) && redact.some((kind) => kind !== 'numbers' && kind !== 'aggressive_numbers'),
    'expected numbers or aggressive_numbers: a Flux model redacts nothing else',
  ],
];

export const optionsSchema = shape.superRefine((options, context) => {
  for (const [key, isBroken, message] of RULES) {
    if (isBroken(options)) context.addIssue({ code: 'custom', path: [key], message });
  }
});

export type DeepgramOptions = Shape;
