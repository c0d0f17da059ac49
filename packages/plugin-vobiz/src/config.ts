/** The options of this plugin, as they stand in the configuration. */
import { Secret } from '@sidetone/core';
import { z } from 'zod';
import { mistakeInAgentUrl } from './relay/agent-url.ts';
import { MAX_SPEAK_CHARACTERS } from './rest/spoken-text.ts';

const secret = z
  .string()
  .min(1)
  .transform((text) => new Secret(text));

const address = z.url({ protocol: /^https?$/ }).transform((text) => new URL(text));

/** A phone number as Vobiz takes it. */
export const PHONE_NUMBER = /^\+?\d{3,15}$/;
/** A SIP address. A user with a blank in it would kill the call, so none is accepted. */
export const SIP_ADDRESS = /^sips?:[^\s@]+@[^\s@]+$/;

const phoneNumber = z
  .string()
  .regex(PHONE_NUMBER, 'expected a phone number: digits with or without a leading +');

/** A number, or a SIP address. */
const destination = z.union([phoneNumber, z.string().regex(SIP_ADDRESS)], {
  error: 'expected a phone number, or sip:user@host',
});

/** What Vobiz can send: mu-law says all that telephone audio says, and has no byte order to get wrong. */
export const CONTENT_TYPES = [
  'audio/x-mulaw;rate=8000',
  'audio/x-l16;rate=8000',
  'audio/x-l16;rate=16000',
] as const;

/** Which of the account's numbers is shown to who is dialled. */
const callerId = phoneNumber.optional();

/** What happens to a call when what should tell cannot be reached. Without it the call is hung up. */
const fallback = z
  .strictObject({
    /** Said to the caller. */
    say: z.string().trim().min(1).max(MAX_SPEAK_CHARACTERS).optional(),
    /** Whom the call is then connected to. */
    dial: destination.optional(),
  })
  .refine(({ say, dial }) => say !== undefined || dial !== undefined, 'expected say, dial, or both')
  .optional();

/** Heard by a one-way stream, and connected to `dial`. */
const tap = z.strictObject({ mode: z.literal('tap'), dial: destination, callerId });

/** Talked with by the agent at `agentUrl`, over a two-way stream. */
const agentMode = z.strictObject({ mode: z.literal('agent'), callerId, fallback });

/** Whatever the application at `url` says, heard by a one-way stream. */
const xml = z.strictObject({
  mode: z.literal('xml'),
  url: address,
  method: z.enum(['POST', 'GET']).default('POST'),
  /** How long the application has, ms: the caller hears nothing until it has answered. */
  timeoutMs: z.number().int().min(50).max(2000).default(700),
  callerId,
  fallback,
});

const agentUrl = z
  .string()
  .superRefine((text, context) => {
    const mistake = mistakeInAgentUrl(text);
    if (mistake !== undefined) context.addIssue({ code: 'custom', message: mistake });
  })
  .transform((text) => new Secret(text));

const shape = z.strictObject({
  /** `MA_...`, or `SA_...` of a sub-account. Without it, and its token, nothing is asked over REST. */
  authId: z
    .string()
    .regex(/^[\w-]+$/, 'expected the id of an account, for example MA_XXXXXXXX')
    .optional(),
  authToken: secret.optional(),
  /** The token of the parent of a sub-account, with which its webhooks may be signed. */
  parentAuthToken: secret.optional(),
  /** Whether webhooks must be signed: not at all, if they carry a signature, or always. */
  signature: z.enum(['off', 'verify', 'require']).default('verify'),
  apiBaseUrl: address.prefault('https://api.vobiz.ai/api/v1'),
  /** How a call is answered; without it none is. */
  answer: z
    .discriminatedUnion('mode', [tap, agentMode, xml], { error: 'expected mode tap, agent or xml' })
    .optional(),
  /** Where the agent is, in agent mode: `wss`, or `ws`. */
  agentUrl: agentUrl.optional(),
  agent: z
    .strictObject({
      /** How long one attempt to connect with the agent may take, ms. */
      connectTimeoutMs: z.number().int().min(100).max(30_000).default(3000),
      /** How many further attempts there are, at the start and after a loss. */
      retries: z.number().int().min(0).max(20).default(4),
    })
    .prefault({}),
  /** Calls that others answer are joined over REST: all of the account, or those that we are told of. */
  attach: z
    .strictObject({
      calls: z.enum(['all', 'told']).default('told'),
      /** How often the account's live calls are asked for, ms. */
      intervalMs: z.number().int().min(1000).max(300_000).default(5000),
    })
    .optional(),
  /** Which of the account's numbers a call is placed from, unless told otherwise. */
  from: phoneNumber.optional(),
  /** The voice that says what is to be said. */
  speak: z
    .strictObject({
      /** `WOMAN`, `MAN`, or the name of a Polly voice. */
      voice: z.string().min(1).default('WOMAN'),
      language: z.string().min(1).default('en-US'),
    })
    .prefault({}),
  /** The byte order of L16 audio, on which Vobiz's own sources disagree: measured, or as told here. */
  l16ByteOrder: z.enum(['auto', 'le', 'be']).default('auto'),
  contentType: z.enum(CONTENT_TYPES).default('audio/x-mulaw;rate=8000'),
});

type Shape = z.output<typeof shape>;

/** What does not go together: the key that is at fault, whether it is, and what was expected. */
const RULES: readonly (readonly [
  key: keyof Shape,
  isBroken: (options: Shape) => boolean,
  message: string,
])[] = [
  [
    'authToken',
    ({ authId, authToken }) => authId !== undefined && authToken === undefined,
    'expected the token of authId, or neither of them',
  ],
  [
    'authId',
    ({ authId, authToken }) => authId === undefined && authToken !== undefined,
    'expected the account of authToken, or neither of them',
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
    'expected no attach without authId and authToken: calls are joined over REST',
  ],
  [
    'agentUrl',
    ({ answer, agentUrl: url }) => answer?.mode === 'agent' && url === undefined,
    'expected the address of the agent, which mode agent needs',
  ],
  [
    'agentUrl',
    ({ answer, agentUrl: url }) => answer?.mode !== 'agent' && url !== undefined,
    'expected no agentUrl: only mode agent has one',
  ],
];

export const optionsSchema = shape.superRefine((options, context) => {
  for (const [key, isBroken, message] of RULES) {
    if (isBroken(options)) context.addIssue({ code: 'custom', path: [key], message });
  }
});

export type VobizOptions = Shape;
/** How calls are answered. */
export type AnswerOptions = NonNullable<Shape['answer']>;
/** What happens when what should tell cannot be reached. */
export type FallbackOptions = Extract<AnswerOptions, { readonly mode: 'agent' }>['fallback'];
