/** The options of this plugin, as they stand in the configuration. */
import { Secret } from '@sidetone/core';
import { z } from 'zod';

const secret = z
  .string()
  .min(1)
  .transform((text) => new Secret(text));

const address = z.url({ protocol: /^https?$/ }).transform((text) => new URL(text));

const phoneNumber = z
  .string()
  .regex(/^\+?\d{3,15}$/, 'expected a phone number: digits with or without a leading +');

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
  apiBaseUrl: address.prefault('https://api.vobiz.ai/api/v1'),
  /** How a call is answered: heard by a one-way stream, and connected to `dial`. */
  answer: z.strictObject({
    mode: z.literal('tap'),
    /** A number, or a SIP address. A user with a blank in it would kill the call, so none is accepted. */
    dial: z.union([phoneNumber, z.string().regex(/^sips?:[^\s@]+@[^\s@]+$/)], {
      error: 'expected a phone number, or sip:user@host',
    }),
    /** Which of the account's numbers is shown to who is dialled. */
    callerId: phoneNumber.optional(),
  }),
  /** The byte order of L16 audio, on which Vobiz's own sources disagree. */
  l16ByteOrder: z.enum(['le', 'be']).default('le'),
  contentType: z.enum(CONTENT_TYPES).default('audio/x-mulaw;rate=8000'),
});

export type VobizOptions = z.output<typeof optionsSchema>;
