/** The options of this plugin in the configuration. */
import { findHeaderSecretError, Secret } from '@sidetone/core';
import { dialledNumber } from '@sidetone/plugin-kit';
import { z } from 'zod';
import { agentUrlProblem } from './relay/agent-url.ts';

const secret = z
  .string()
  .superRefine((text, context) => {
    const message = findHeaderSecretError(text);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  })
  .transform((text) => new Secret(text));

const address = z.url({ protocol: /^https?$/ }).transform((text) => new URL(text));

/** A phone number that Vobiz accepts. */
export const PHONE_NUMBER = /^\+?\d{3,15}$/;
/** A SIP address. A blank in the user part would end the call, so it is rejected. */
export const SIP_ADDRESS = /^sips?:[^\s@]+@[^\s@]+$/;
/** The longest text that Vobiz speaks at once. */
export const MAX_SPEAK_CHARACTERS = 500;

/** A number in any notation, normalised. */
const phoneNumber = z.string().transform((text, context) => {
  const { number, extension } = dialledNumber(text) ?? {};
  if (number !== undefined && extension === undefined && !text.includes('@')) return number;
  context.addIssue({
    code: 'custom',
    message: 'expected a phone number with + and its country code, such as +918000000001, or its digits',
  });
  return z.NEVER;
});

/** A number, or a SIP address. */
const destination = z.union([phoneNumber, z.string().regex(SIP_ADDRESS)], {
  error: 'expected a phone number, or sip:user@host',
});

/** The formats that Vobiz can send. Mu-law, the default, has the quality of telephone audio and no byte order. */
const CONTENT_TYPES = ['audio/x-mulaw;rate=8000', 'audio/x-l16;rate=8000', 'audio/x-l16;rate=16000'] as const;

/** The account's number that is shown to the dialled party. */
const callerId = phoneNumber.optional();

/** How a call continues if the agent or application fails. Without it, the call ends. */
const fallback = z
  .strictObject({
    /** Spoken to the caller. */
    say: z.string().trim().min(1).max(MAX_SPEAK_CHARACTERS).optional(),
    /** The party to which the call is then connected. */
    dial: destination.optional(),
  })
  .refine(({ say, dial }) => say !== undefined || dial !== undefined, 'expected say, dial, or both')
  .optional();

/** Forks the audio and connects the call to `dial`. */
const tap = z.strictObject({ mode: z.literal('tap'), dial: destination, callerId });

/** Connects the call to the agent at `agentUrl` over a two-way stream. */
const agentMode = z.strictObject({ mode: z.literal('agent'), callerId, fallback });

/** Uses the XML of the application at `url`, and forks the audio. */
const xml = z.strictObject({
  mode: z.literal('xml'),
  url: address,
  method: z.enum(['POST', 'GET']).default('POST'),
  /** Timeout of the application's response, ms; until then the caller hears nothing. */
  timeoutMs: z.number().int().min(50).max(2000).default(700),
  callerId,
  fallback,
});

const agentUrl = z
  .string()
  .superRefine((text, context) => {
    const problem = agentUrlProblem(text);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  })
  .transform((text) => new Secret(text));

const shape = z.strictObject({
  /** `MA_...`, or `SA_...` of a sub-account. Without it and its token, REST is not used. */
  authId: z
    .string()
    .regex(/^[\w-]+$/, 'expected the id of an account, for example MA_XXXXXXXX')
    .optional(),
  authToken: secret.optional(),
  /** The token of a sub-account's parent, which may sign its webhooks. */
  parentAuthToken: secret.optional(),
  /** Whether signatures of webhooks are ignored, verified if present, or required. */
  signature: z.enum(['off', 'verify', 'require']).default('verify'),
  /** Whether unsigned webhooks are accepted although other machines can reach the daemon. */
  unverified: z.boolean().default(false),
  apiBaseUrl: address.prefault('https://api.vobiz.ai/api/v1'),
  /** How calls are answered; without it they are not. */
  answer: z
    .discriminatedUnion('mode', [tap, agentMode, xml], { error: 'expected mode tap, agent or xml' })
    .optional(),
  /** The agent's URL in agent mode: `wss` or `ws`. */
  agentUrl: agentUrl.optional(),
  agent: z
    .strictObject({
      /** Timeout of one attempt to connect to the agent, ms. */
      connectTimeoutMs: z.number().int().min(100).max(30_000).default(3000),
      /** How many further attempts are made, initially and after a disconnect. */
      retries: z.number().int().min(0).max(20).default(4),
      /** Whether the agent receives the fields of the older start message beside those of the nested one. */
      flatStart: z.boolean().default(false),
    })
    .prefault({}),
  /** Which calls of other applications to attach to over REST: all of the account, or those that clients name. */
  attach: z
    .strictObject({
      calls: z.enum(['all', 'watched']).default('watched'),
      /** Polling interval for the account's live calls, ms. */
      intervalMs: z.number().int().min(1000).max(300_000).default(5000),
    })
    .optional(),
  /** The account's number from which calls are placed by default. */
  from: phoneNumber.optional(),
  /** The voice for spoken text. */
  speak: z
    .strictObject({
      /** `WOMAN`, `MAN`, or the name of a Polly voice. */
      voice: z.string().min(1).default('WOMAN'),
      language: z.string().min(1).default('en-US'),
    })
    .prefault({}),
  /** The byte order of L16 audio, on which Vobiz's own sources disagree: measured, or fixed. */
  l16ByteOrder: z.enum(['auto', 'le', 'be']).default('auto'),
  contentType: z.enum(CONTENT_TYPES).default('audio/x-mulaw;rate=8000'),
});

type Shape = z.output<typeof shape>;

/** Invalid combinations of options: the key to report, the condition, and the message. */
const RULES: readonly (readonly [
  key: keyof Shape,
  isBroken: (options: Shape) => boolean,
  message: string,
])[] = [
  [
    'authToken',
    ({ authId, authToken }) => authId !== undefined && authToken === undefined,
    'expected the token of authId, or neither',
  ],
  [
    'authId',
    ({ authId, authToken }) => authId === undefined && authToken !== undefined,
    'expected the account of authToken, or neither',
  ],
  [
    'signature',
    ({ signature, authToken }) => signature === 'require' && authToken === undefined,
    'expected verify or off: require needs authToken',
  ],
  [
    'answer',
    ({ answer, attach }) => answer === undefined && attach === undefined,
    'expected answer, attach, or both',
  ],
  [
    'attach',
    ({ attach, authId, authToken }) =>
      attach !== undefined && authId === undefined && authToken === undefined,
    'expected authId and authToken: attach uses REST',
  ],
  [
    'agentUrl',
    ({ answer, agentUrl: url }) => answer?.mode === 'agent' && url === undefined,
    'expected the URL of the agent: mode agent requires it',
  ],
  [
    'agentUrl',
    ({ answer, agentUrl: url }) => answer?.mode !== 'agent' && url !== undefined,
    'expected none: only mode agent has an agentUrl',
  ],
];

/** The schema of the options. */
export const optionsSchema = shape.superRefine((options, context) => {
  for (const [key, isBroken, message] of RULES) {
    if (isBroken(options)) context.addIssue({ code: 'custom', path: [key], message });
  }
});

export type VobizOptions = Shape;
/** How calls are answered. */
export type AnswerOptions = NonNullable<Shape['answer']>;
/** How a call continues if the agent or application fails. */
export type FallbackOptions = Extract<AnswerOptions, { readonly mode: 'agent' }>['fallback'];
