/**
 * Whether a webhook comes from the account: by one of the schemes that Vapi offers, over the bytes as they came. Every
 * comparison takes the same time whatever is wrong.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { Buffer } from 'node:buffer';
import { FaultError, type IngressRequest, type Secret } from '@sidetone/core';
import type { HmacOptions, WebhookOptions } from '../config.ts';

type SignedRequest = Pick<IngressRequest, 'method' | 'headers' | 'body' | 'receivedAt'>;

/** @throws {FaultError} WEBHOOK_UNAUTHENTICATED. */
export type WebhookAuth = (request: SignedRequest) => void;

/** An instant below this is told in seconds: as milliseconds it would lie in 1973. */
const SMALLEST_MS = 1e11;

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Whether two texts are equal, in a time that depends on neither. */
function isSame(told: string, expected: string): boolean {
  return timingSafeEqual(digest(told), digest(expected));
}

const refused = (what: string): FaultError => new FaultError('WEBHOOK_UNAUTHENTICATED', what);

function bySecret(secret: Secret): WebhookAuth {
  return ({ headers }) => {
    if (isSame(headers['x-vapi-secret'] ?? '', secret.reveal())) return;
    throw refused('x-vapi-secret is missing or not the configured secret');
  };
}

function byBearer({ token, header, prefix }: NonNullable<WebhookOptions['bearer']>): WebhookAuth {
  const lead = prefix === '' ? '' : `${prefix} `;
  return ({ headers }) => {
    const told = headers[header] ?? '';
    const hasLead = told.slice(0, lead.length).toLowerCase() === lead.toLowerCase();
    // Compared in any case, so that a wrong prefix takes as long as a wrong token.
    const isToken = isSame(told.slice(lead.length), token.reveal());
    if (!hasLead || !isToken) throw refused(`${header} is missing or does not hold the configured token`);
  };
}

/** What `{...}` in a payload format stands for. */
interface Variables {
  readonly body: Uint8Array;
  readonly timestamp: string;
  readonly method: string;
  readonly url: string;
  readonly 'svix-id': string;
}

/** The signed bytes: the body goes in as it came, for it need not be text. */
function payloadOf(format: string, variables: Variables): Buffer {
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

/** A timestamp in epoch ms: told in seconds or in milliseconds, which Vapi does not say. */
function millisecondsOf(text: string): number | undefined {
  const told = /^\d{1,16}(\.\d+)?$/.test(text) ? Number(text) : Date.parse(text);
  if (!Number.isFinite(told)) return undefined;
  return told < SMALLEST_MS ? told * 1000 : told;
}

function keyOf({ secretKey, secretIsBase64 }: HmacOptions): Buffer {
  const text = secretKey.reveal();
  return secretIsBase64 ? Buffer.from(text.replace(/^whsec_/, ''), 'base64') : Buffer.from(text);
}

function byHmac(options: HmacOptions, url: () => string): WebhookAuth {
  const { algorithm, encoding, includeTimestamp, signatureHeader, timestampHeader } = options;
  const format = options.payloadFormat ?? (includeTimestamp ? '{timestamp}.{body}' : '{body}');
  const signsTimestamp = format.includes('{timestamp}');
  const key = keyOf(options);

  return ({ headers, body, method, receivedAt }) => {
    const timestamp = headers[timestampHeader]?.trim() ?? '';
    const messageId = headers[options.messageIdHeader]?.trim() ?? '';
    const payload = payloadOf(format, { body, timestamp, method, url: url(), 'svix-id': messageId });
    const expected = options.signaturePrefix + createHmac(algorithm, key).update(payload).digest(encoding);
    // Several signatures, parted by blanks, are sent while a key is changed.
    const told = (headers[signatureHeader] ?? '').split(' ').map((text) => normal(text.trim(), encoding));
    const isSigned = told.map((text) => isSame(text, normal(expected, encoding))).includes(true);
    if (!isSigned) throw refused(`${signatureHeader} is missing or is not the signature of this body`);
    if (!signsTimestamp) return;
    const at = millisecondsOf(timestamp);
    if (at === undefined || Math.abs(receivedAt - at) > options.toleranceSeconds * 1000) {
      throw refused(`${timestampHeader} is more than ${options.toleranceSeconds} s from our clock`);
    }
  };
}

const normal = (signature: string, encoding: 'hex' | 'base64'): string =>
  encoding === 'hex' ? signature.toLowerCase() : signature;

/** The check that the options ask for; none lets every webhook in. `url` is where Vapi posts to. */
export function createWebhookAuth(options: WebhookOptions, url: () => string): WebhookAuth {
  if (options.secret) return bySecret(options.secret);
  if (options.bearer) return byBearer(options.bearer);
  if (options.hmac) return byHmac(options.hmac, url);
  return () => undefined;
}
