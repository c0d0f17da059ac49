/**
 * Verifies the signatures of webhooks. Vobiz signs the URL and a nonce, never the body: a signature proves knowledge of a
 * token, for one URL, once. Therefore nonces are remembered for a while, and rejected when they are used again.
 */
import { createHmac } from 'node:crypto';
import { FaultError, type IngressRequest, type ProviderHost, type Secret } from '@sidetone/core';
import { BoundedMap, isSameSecret } from '@sidetone/plugin-kit';

/** How long a nonce is remembered, ms. */
export const NONCE_LIFETIME_MS = 10 * 60_000;
/** Largest number of remembered nonces. Only those with a valid signature are remembered. */
export const MAX_NONCES = 10_000;

interface SignatureOptions {
  /** Whether signatures are ignored, verified if present, or required. */
  readonly signature: 'off' | 'verify' | 'require';
  readonly authToken?: Secret | undefined;
  /** The token of the parent of a sub-account. */
  readonly parentAuthToken?: Secret | undefined;
}

/**
 * Verifies a request. Returns a function that releases its nonce: for a request that could not be handled, and that Vobiz
 * will send again.
 * @throws {FaultError} WEBHOOK_UNAUTHENTICATED.
 */
export type WebhookAuth = (request: Pick<IngressRequest, 'path' | 'headers'>) => () => void;

/** The schemes, best first. The oldest, plain `X-Vobiz-Signature`, is documented inconsistently and not supported. */
const SCHEMES = [
  { version: 'v3', text: (url: string, nonce: string) => `${url}.${nonce}` },
  { version: 'v2', text: (url: string, nonce: string) => url + nonce },
] as const;

/** The tokens that may sign: the account's own, or its parent's. */
const SIGNERS = [
  { infix: '', option: 'authToken' },
  { infix: 'ma-', option: 'parentAuthToken' },
] as const;

const rejected = (reason: string): FaultError => new FaultError('WEBHOOK_UNAUTHENTICATED', reason);

/** Creates the set of used nonces. */
function createNonces({ clock, log }: Pick<ProviderHost, 'clock' | 'log'>) {
  const used = new BoundedMap<string, number>(MAX_NONCES, () => {
    if (used.dropped === 1)
      log.warn('too many nonces of webhooks, dropping the oldest', { limit: MAX_NONCES });
  });

  return {
    /** Marks a nonce as used. Returns whether it was unused. */
    use(nonce: string): boolean {
      const now = clock.now();
      for (const [other, usedAt] of used) {
        if (now - usedAt < NONCE_LIFETIME_MS) break;
        used.delete(other);
      }
      if (used.has(nonce)) return false;
      used.set(nonce, now);
      return true;
    },
    release: (nonce: string) => void used.delete(nonce),
  };
}

/** Returns the URL that Vobiz signs: without its query. */
const signedUrl = (url: URL): string => url.origin + url.pathname;

const signatureOf = (token: Secret, text: string): string =>
  createHmac('sha256', token.reveal()).update(text).digest('base64');

/** Creates the check that the options require. */
export function createWebhookAuth(
  options: SignatureOptions,
  host: Pick<ProviderHost, 'publicUrl' | 'clock' | 'log'>,
): WebhookAuth {
  if (options.signature === 'off') return () => () => {};
  const nonces = createNonces(host);

  return ({ path, headers }) => {
    const scheme = SCHEMES.find(({ version }) =>
      SIGNERS.some(({ infix }) => headers[`x-vobiz-signature-${infix}${version}`] !== undefined),
    );
    if (!scheme) {
      if (options.signature === 'require') throw rejected('missing V2 or V3 signature of the webhook');
      return () => {};
    }
    const { version, text } = scheme;
    const url = signedUrl(host.publicUrl(path));
    const commonNonce = headers[`x-vobiz-signature-${version}-nonce`];
    for (const { infix, option } of SIGNERS) {
      const name = `x-vobiz-signature-${infix}${version}`;
      const token = options[option];
      const nonce = (headers[`${name}-nonce`] ?? commonNonce ?? '').trim();
      if (token === undefined || nonce === '') continue;
      if (!isSameSecret((headers[name] ?? '').trim(), signatureOf(token, text(url, nonce)))) continue;
      if (!nonces.use(nonce)) throw rejected('the nonce of the webhook was used before');
      return () => nonces.release(nonce);
    }
    throw rejected(`invalid ${version.toUpperCase()} signature: no configured token matches for this URL`);
  };
}
