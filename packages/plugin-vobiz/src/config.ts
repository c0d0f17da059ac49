/** The options of this plugin, as they stand in the configuration. */
import { Secret } from '@sidetone/core';
import { z } from 'zod';

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

/** What Vobiz can send: mu-law says all that telephone audio says, and has no byte order to get wrong. */
export const CONTENT_TYPES = [
  'audio/x-mulaw;rate=8000',
  'audio/x-l16;rate=8000',
  'audio/x-l16;rate=16000',
] as const;

export const optionsSchema = z.strictObject({
  /** `MA_...`, or `SA_...` of a sub-account. */
  authId: z.string().regex(/^[\w-]+$/, 'expected the id of an account, for example MA_XXXXXXXX'),
  authToken: secret,
  /** The token of the parent of a sub-account, with which its webhooks may be signed. */
  parentAuthToken: secret.optional(),
  /** Whether webhooks must be signed: not at all, if they carry a signature, or always. */
  signature: z.enum(['off', 'verify', 'require']).default('verify'),
  apiBaseUrl: address.prefault('https://api.vobiz.ai/api/v1'),
  /** How a call is answered: heard by a one-way stream, and connected to `dial`. */
  answer: z.strictObject({
    mode: z.literal('tap'),
    /** A number, or a SIP address. */
    dial: z.union([phoneNumber, z.string().regex(SIP_ADDRESS)], {
      error: 'expected a phone number, or sip:user@host',
    }),
    /** Which of the account's numbers is shown to who is dialled. */
    callerId: phoneNumber.optional(),
  }),
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

export type VobizOptions = z.output<typeof optionsSchema>;
