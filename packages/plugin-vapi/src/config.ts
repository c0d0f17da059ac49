/** The options of this plugin. Assumptions about Vapi can be changed here. */
import { findHeaderSecretError, Secret } from '@sidetone/core';
import { isHostRule } from '@sidetone/plugin-kit';
import { z } from 'zod';

const secret = z
  .string()
  .superRefine((text, context) => {
    const message = findHeaderSecretError(text);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  })
  .transform((text) => new Secret(text));

const address = z.url({ protocol: /^https?$/ }).transform((text) => new URL(text));

const headerName = z
  .string()
  .regex(/^[a-z0-9!#$%&'*+.^_`|~-]+$/i, 'expected a header name')
  .transform((text) => text.toLowerCase());

/** `.vapi.ai` (all subdomains), `monitor.example.net` (one host) or `127.0.0.1:8080` (one host and port). */
const hostRule = z.string().refine(isHostRule, 'expected a host, host:port, or a suffix with a leading dot');

/** What Vapi signs unless its credential names another format. */
export const DEFAULT_PAYLOAD_FORMAT = '{timestamp}.{body}';

const bearerSchema = z.strictObject({
  token: secret,
  header: headerName.prefault('authorization'),
  /** Text before the token; empty if there is none. */
  prefix: z
    .string()
    .regex(/^[!-~]*$/, 'expected a word of printable ASCII characters')
    .default('Bearer'),
});

/** A key that is not sent, so it may have any characters; the daemon rejects line endings. */
const signingKey = z
  .string()
  .min(1)
  .transform((text) => new Secret(text));

const hmacFields = z.strictObject({
  secretKey: signingKey,
  secretIsBase64: z.boolean().default(false),
  algorithm: z.enum(['sha256', 'sha512', 'sha1']),
  signatureHeader: headerName.prefault('x-signature'),
  timestampHeader: headerName.prefault('x-timestamp'),
  signaturePrefix: z.string().default(''),
  includeTimestamp: z.boolean().default(true),
  /** May contain `{body}`, `{timestamp}`, `{method}`, `{url}` and `{svix-id}`. */
  payloadFormat: z.string().min(1).optional(),
  messageIdHeader: headerName.prefault('svix-id'),
  encoding: z.enum(['hex', 'base64']).default('hex'),
  /** Largest difference between the timestamp and the current time. */
  toleranceSeconds: z.number().positive().default(300),
});

/** Vapi signs the timestamp of a payload format even if it is configured not to send it. */
const hmacSchema = hmacFields.refine(
  ({ includeTimestamp, payloadFormat = DEFAULT_PAYLOAD_FORMAT }) =>
    includeTimestamp || !payloadFormat.includes('{timestamp}'),
  {
    path: ['payloadFormat'],
    message:
      "expected a format without {timestamp}, such as '{body}', because includeTimestamp is false: the default format contains a timestamp that Vapi signs but does not send. Set the same payloadFormat in the credential at Vapi",
  },
);

const webhookSchema = z
  .strictObject({
    /** The value that Vapi sends as `x-vapi-secret`. */
    secret: secret.optional(),
    bearer: bearerSchema.optional(),
    hmac: hmacSchema.optional(),
    /** Whether every webhook is accepted although other machines can reach the daemon. */
    unverified: z.boolean().default(false),
  })
  .refine(
    ({ unverified, ...schemes }) =>
      Object.values(schemes).filter((scheme) => scheme !== undefined).length <= (unverified ? 0 : 1),
    { message: 'expected one of secret, bearer, hmac and unverified' },
  );

const listenFormat = z.union([
  z.literal('auto'),
  z.strictObject({
    sampleRate: z.int().min(3000).max(192_000),
    channels: z.union([z.literal(1), z.literal(2)]),
    encoding: z.enum(['pcm_s16le', 'mulaw']).default('pcm_s16le'),
  }),
]);

export const optionsSchema = z.strictObject({
  /** The private key, for the REST API. */
  apiKey: secret,
  /** The public key: the credential of calls whose monitor authentication is enabled. */
  publicKey: secret.optional(),
  apiBaseUrl: address.prefault('https://api.vapi.ai'),
  /** How webhooks are authenticated. Without a scheme, every webhook is accepted, but only on loopback. */
  webhook: webhookSchema.prefault({}),
  /** URL of the account's own application: all webhooks are forwarded to it, and it answers the messages that Vapi waits for. */
  forwardWebhooksTo: address.optional(),
  forward: z
    .strictObject({
      /** Vapi waits 7.5 s for an assistant. */
      assistantRequestTimeoutMs: z.int().min(100).max(7400).default(7000),
      /** Vapi waits 20 s for other responses by default. */
      timeoutMs: z.int().min(100).max(29_000).default(18_000),
      /** Additional headers, which override those of the webhook. */
      headers: z.record(headerName, secret).prefault({}),
      /** Messages that are queued for a slow or unreachable application. */
      queueLimit: z.int().min(1).max(100_000).default(1000),
    })
    .prefault({}),
  /** Allowed hosts of listen, control and transport URLs: these arrive in webhooks, which can be forged. */
  monitorHosts: z.array(hostRule).prefault(['.vapi.ai']),
  /** Polling for calls whose webhooks were lost. */
  sweep: z
    .strictObject({
      /** 0 disables it. */
      intervalMs: z.int().min(0).default(45_000),
      lookBackMs: z
        .int()
        .min(60_000)
        .default(12 * 60 * 60 * 1000),
    })
    .prefault({}),
  control: z
    .strictObject({
      /** Timeout of one attempt of a command. */
      timeoutMs: z.int().min(100).max(10_000).default(5000),
    })
    .prefault({}),
  listen: z
    .strictObject({
      /** The audio format of the listen socket, which Vapi does not document. `auto` measures it. */
      format: listenFormat.default('auto'),
      /** Whether the assistant is on the first channel. */
      swapChannels: z.boolean().default(false),
    })
    .prefault({}),
  transport: z
    .strictObject({
      /** Whether the private key is sent when a transport socket is opened. */
      sendApiKey: z.boolean().default(false),
    })
    .prefault({}),
  compatibility: z
    .strictObject({
      /** Sends the older field `message` in addition to `content` in `say`. */
      sayMessageKey: z.boolean().default(false),
    })
    .prefault({}),
});

export type VapiOptions = z.output<typeof optionsSchema>;
export type WebhookOptions = VapiOptions['webhook'];
export type HmacOptions = z.output<typeof hmacSchema>;
export type ListenOptions = VapiOptions['listen'];
