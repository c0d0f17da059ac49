/** Decides by the headers of a webhook whether its body is read. */
import { createHmac } from 'node:crypto';
import { FaultError, type Admission, type IngressRequestHead } from '@sidetone/core';
import type { HmacOptions, WebhookOptions } from '../config.ts';
import { authenticateBearer, authenticateSecret } from './webhook-auth.ts';

type WebhookAdmission = (request: IngressRequestHead) => Admission;

/** The characters of a digest. */
const DIGITS = { hex: /^[0-9a-f]+$/i, base64: /^[0-9a-z+/]+=*$/i } as const;

/** Returns a check that a signature has the form of the configured one. */
function admitHmac({ algorithm, encoding, signatureHeader, signaturePrefix }: HmacOptions): WebhookAdmission {
  const { length } = createHmac(algorithm, '').digest(encoding);
  const isWellFormed = (text: string): boolean => {
    const digest = text.slice(signaturePrefix.length);
    const hasPrefix = text.toLowerCase().startsWith(signaturePrefix.toLowerCase());
    return hasPrefix && digest.length === length && DIGITS[encoding].test(digest);
  };
  return ({ headers }) => {
    if ((headers[signatureHeader] ?? '').split(' ').some(isWellFormed)) return { admit: true };
    throw new FaultError('WEBHOOK_UNAUTHENTICATED', `${signatureHeader}: missing or not a signature`);
  };
}

/**
 * Returns the check of the scheme that the options configure, or undefined without one. A secret or token is verified, a
 * signature only in its form: it covers the body.
 */
export function createWebhookAdmission({
  secret,
  bearer,
  hmac,
}: WebhookOptions): WebhookAdmission | undefined {
  if (hmac) return admitHmac(hmac);
  const check = secret ? authenticateSecret(secret) : bearer && authenticateBearer(bearer);
  return (
    check &&
    ((request) => {
      check(request);
      return { admit: true };
    })
  );
}
