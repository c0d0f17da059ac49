/**
 * Authenticates webhooks by one of the schemes that Vapi offers, over the raw body. Comparisons take the same time whatever is
 * wrong.
 */
import { createHmac } from 'node:crypto';
import { Buffer } from 'node:buffer';
import { createReplayGuard, isSameSecret, NO_CLAIM, type ReplayClaim } from '@sidetone/plugin-kit';
import { FaultError, type IngressRequest, type ProviderHost, type Secret } from '@sidetone/core';
import { DEFAULT_PAYLOAD_FORMAT, type HmacOptions, type WebhookOptions } from '../config.ts';

type SignedRequest = Pick<IngressRequest, 'method' | 'headers' | 'body' | 'receivedAt' | 'requestedUrl'>;

export interface WebhookAuth {
  /** Loads the signed webhooks that were received before a restart. */
  load(): Promise<void>;
  /**
   * Verifies a webhook. Resolves with the claim on its signed bytes, or with undefined if they were received before: such a
   * webhook must not be handled again.
   * @throws {FaultError} WEBHOOK_UNAUTHENTICATED, or STORE_WRITE_FAILED if the claim cannot be stored.
   */
  authenticate(request: SignedRequest): Promise<ReplayClaim | undefined>;
}

/** How long signed bytes without a timestamp are remembered, ms. */
export const UNDATED_LIFETIME_MS = 30 * 24 * 60 * 60_000;

/** Verifies the headers of a webhook that is not signed. @throws {FaultError} WEBHOOK_UNAUTHENTICATED. */
type SecretCheck = (request: Pick<IngressRequest, 'headers'>) => void;

/** A smaller timestamp is in seconds: in milliseconds it would be in 1973. */
const SMALLEST_MS = 1e11;

const unauthenticated = (problem: string): FaultError => new FaultError('WEBHOOK_UNAUTHENTICATED', problem);

export function authenticateSecret(secret: Secret): SecretCheck {
  return ({ headers }) => {
    if (isSameSecret(headers['x-vapi-secret'] ?? '', secret.reveal())) return;
    throw unauthenticated('x-vapi-secret: missing or not the configured secret');
  };
}

export function authenticateBearer({
  token,
  header,
  prefix,
}: NonNullable<WebhookOptions['bearer']>): SecretCheck {
  const lead = prefix === '' ? '' : `${prefix} `;
  return ({ headers }) => {
    const received = headers[header] ?? '';
    const hasLead = received.slice(0, lead.length).toLowerCase() === lead.toLowerCase();
    // Compared in any case, so a wrong prefix takes as long as a wrong token.
    const isToken = isSameSecret(received.slice(lead.length), token.reveal());
    if (!hasLead || !isToken) throw unauthenticated(`${header}: missing or not the configured token`);
  };
}

/** The values of the placeholders in a payload format. */
interface Variables {
  readonly body: Uint8Array;
  readonly timestamp: string;
  readonly method: string;
  readonly url: string;
  readonly 'svix-id': string;
}

/** Returns the signed bytes. The body is inserted as received: it need not be text. */
function signedPayload(format: string, variables: Variables): Buffer {
  const parts = format.split(/(\{(?:body|timestamp|method|url|svix-id)\})/);
  return Buffer.concat(
    parts.map((part) => {
      const name = /^\{(.+)\}$/.exec(part)?.[1];
      const value =
        name !== undefined && Object.hasOwn(variables, name) ? variables[name as keyof Variables] : part;
      return typeof value === 'string' ? Buffer.from(value) : value;
    }),
  );
}

/** Returns a timestamp in epoch ms. It may be in seconds or milliseconds: Vapi does not document the unit. */
function parseTimestamp(text: string): number | undefined {
  const timestamp = /^\d{1,16}(\.\d+)?$/.test(text) ? Number(text) : Date.parse(text);
  if (!Number.isFinite(timestamp)) return undefined;
  return timestamp < SMALLEST_MS ? timestamp * 1000 : timestamp;
}

function signingKey({ secretKey, secretIsBase64 }: HmacOptions): Buffer {
  const text = secretKey.reveal();
  return secretIsBase64 ? Buffer.from(text.replace(/^whsec_/, ''), 'base64') : Buffer.from(text);
}

const normalise = (signature: string, encoding: 'hex' | 'base64'): string =>
  encoding === 'hex' ? signature.toLowerCase() : signature;

const payloadFormatOf = ({ payloadFormat }: HmacOptions): string => payloadFormat ?? DEFAULT_PAYLOAD_FORMAT;

const hasTimestamp = (options: HmacOptions): boolean => payloadFormatOf(options).includes('{timestamp}');

/** Returns a check that returns the signed bytes. */
function authenticateHmac(
  options: HmacOptions,
  host: Pick<ProviderHost, 'publicUrl'>,
): (request: SignedRequest) => Buffer {
  const { algorithm, encoding, signatureHeader, timestampHeader } = options;
  const format = payloadFormatOf(options);
  const signsTimestamp = hasTimestamp(options);
  const key = signingKey(options);

  return ({ headers, body, method, receivedAt, requestedUrl }) => {
    const timestamp = headers[timestampHeader]?.trim() ?? '';
    const messageId = headers[options.messageIdHeader]?.trim() ?? '';
    // The credential may have the URL with other slashes, and a proxy may have removed them: Vapi signed one of the two.
    const known = host.publicUrl('webhook').href;
    const payloads = [...new Set([known, requestedUrl?.href ?? known])].map((url) =>
      signedPayload(format, { body, timestamp, method, url, 'svix-id': messageId }),
    );
    // While a key is being rotated, several signatures are sent, separated by spaces.
    const received = (headers[signatureHeader] ?? '')
      .split(' ')
      .map((text) => normalise(text.trim(), encoding));
    const payload = payloads.filter((signed) => {
      const expected = options.signaturePrefix + createHmac(algorithm, key).update(signed).digest(encoding);
      return received.map((text) => isSameSecret(text, normalise(expected, encoding))).includes(true);
    })[0];
    if (!payload) throw unauthenticated(`${signatureHeader}: missing or not the signature of this body`);
    if (!signsTimestamp) return payload;
    const at = parseTimestamp(timestamp);
    if (at === undefined || Math.abs(receivedAt - at) > options.toleranceSeconds * 1000) {
      throw unauthenticated(
        `${timestampHeader}: expected a time within ${options.toleranceSeconds} s of now`,
      );
    }
    return payload;
  };
}

/**
 * Returns the check that the options configure. Without a scheme every webhook is accepted. `host` provides the URL that Vapi posts
 * to, which can be part of a signature.
 */
export function createWebhookAuth(
  options: WebhookOptions,
  host: Pick<ProviderHost, 'publicUrl' | 'state' | 'clock' | 'log'>,
): WebhookAuth {
  if (options.hmac) return createHmacAuth(options.hmac, host);
  const check = options.secret
    ? authenticateSecret(options.secret)
    : options.bearer && authenticateBearer(options.bearer);
  return {
    load: () => Promise.resolve(),
    async authenticate(request) {
      check?.(request);
      // A sender that can replay a webhook without a signature knows its secret, and could send any.
      return NO_CLAIM;
    },
  };
}

function createHmacAuth(
  options: HmacOptions,
  host: Pick<ProviderHost, 'publicUrl' | 'state' | 'clock' | 'log'>,
): WebhookAuth {
  const verify = authenticateHmac(options, host);
  const received = createReplayGuard({
    host,
    prefix: 'webhooks/',
    // A timestamp may be as far in the future as in the past.
    toleranceMs: hasTimestamp(options) ? 2 * options.toleranceSeconds * 1000 : UNDATED_LIFETIME_MS,
  });
  return {
    load: () => received.load(),
    authenticate: async (request) => received.claim([verify(request)]),
  };
}
