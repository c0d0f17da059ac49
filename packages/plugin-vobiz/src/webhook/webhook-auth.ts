/**
 * Whether a webhook comes from the account. Vobiz signs the address that it calls and a nonce, never the body: a signature
 * proves knowledge of a token, for one address, once. So nonces are remembered for a while, and refused when they come again.
 */
import type { Buffer } from 'node:buffer';
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { FaultError, type IngressRequest, type ProviderHost, type Secret } from '@sidetone/core';
import type { VobizOptions } from '../config.ts';

/** How long a nonce is remembered, ms. */
export const NONCE_LIFE_MS = 10 * 60_000;
/** How many nonces are remembered; beyond, the oldest goes. Only those of right signatures count. */
export const MAX_NONCES = 10_000;

/**
 * Checks a request. The function that comes back gives its nonce free again: for a request that could not be taken in,
 * which Vobiz will send once more.
 * @throws {FaultError} WEBHOOK_UNAUTHENTICATED.
 */
export type WebhookAuth = (request: Pick<IngressRequest, 'path' | 'headers'>) => () => void;

/** The schemes from the best to the least. The oldest, plain `X-Vobiz-Signature`, is not told the same way everywhere. */
const SCHEMES = [
  { version: 'v3', text: (url: string, nonce: string) => `${url}.${nonce}` },
  { version: 'v2', text: (url: string, nonce: string) => url + nonce },
] as const;

/** Whose token signs: the account's own, or that of its parent. */
const SIGNERS = [
  { infix: '', whose: 'authToken' },
  { infix: 'ma-', whose: 'parentAuthToken' },
] as const;

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Whether two texts are equal, in a time that depends on neither. */
const isSame = (told: string, expected: string): boolean => timingSafeEqual(digest(told), digest(expected));

const refused = (what: string): FaultError => new FaultError('WEBHOOK_UNAUTHENTICATED', what);

/** Nonces that were used, oldest first. */
function createNonces({ clock, log }: Pick<ProviderHost, 'clock' | 'log'>) {
  const used = new Map<string, number>();
  let evicted = 0;

  function prune(now: number): void {
    for (const [nonce, at] of used) {
      if (now - at < NONCE_LIFE_MS) break;
      used.delete(nonce);
    }
    const oldest = used.size >= MAX_NONCES ? used.keys().next().value : undefined;
    if (oldest === undefined) return;
    used.delete(oldest);
    if (evicted++ === 0) log.warn('more webhooks than nonces can be remembered', { limit: MAX_NONCES });
  }

  return {
    /** Whether it is new; from now on it is not. */
    use(nonce: string): boolean {
      const now = clock.now();
      prune(now);
      if (used.has(nonce)) return false;
      used.set(nonce, now);
      return true;
    },
    release: (nonce: string) => void used.delete(nonce),
  };
}

/** The address of a webhook as it is signed: without its query. */
function signedAddress(url: URL): string {
  return url.origin + url.pathname;
}

/** The check that the options ask for. */
export function createWebhookAuth(
  options: Pick<VobizOptions, 'signature' | 'authToken' | 'parentAuthToken'>,
  host: Pick<ProviderHost, 'publicUrl' | 'clock' | 'log'>,
): WebhookAuth {
  if (options.signature === 'off') return () => () => {};
  const nonces = createNonces(host);

  const signatureOf = (token: Secret, text: string): string =>
    createHmac('sha256', token.reveal()).update(text).digest('base64');

  return ({ path, headers }) => {
    const signed = SCHEMES.find(({ version }) =>
      SIGNERS.some(({ infix }) => headers[`x-vobiz-signature-${infix}${version}`] !== undefined),
    );
    if (!signed) {
      if (options.signature === 'require') throw refused('the webhook is not signed by V2 or V3');
      return () => {};
    }
    const { version, text } = signed;
    const url = signedAddress(host.publicUrl(path));
    const common = headers[`x-vobiz-signature-${version}-nonce`];
    for (const { infix, whose } of SIGNERS) {
      const name = `x-vobiz-signature-${infix}${version}`;
      const token = options[whose];
      const nonce = (headers[`${name}-nonce`] ?? common ?? '').trim();
      if (token === undefined || nonce === '') continue;
      if (!isSame((headers[name] ?? '').trim(), signatureOf(token, text(url, nonce)))) continue;
      if (!nonces.use(nonce)) throw refused('a webhook came with a nonce that was used before');
      return () => nonces.release(nonce);
    }
    throw refused(
      `the ${version.toUpperCase()} signature is not that of a configured token for this address`,
    );
  };
}
