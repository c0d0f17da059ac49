/**
 * Verifies the signatures of webhooks. Vobiz signs the URL and a nonce, never the body: a signature proves knowledge of a
 * token, for one URL, once. Therefore used nonces are remembered, across restarts, and rejected when they are used again.
 */
import { createHmac } from 'node:crypto';
import {
  FaultError,
  type Admission,
  type IngressRequest,
  type ProviderHost,
  type Secret,
} from '@sidetone/core';
import { createReplayGuard, isSameSecret, NO_CLAIM, type ReplayClaim } from '@sidetone/plugin-kit';

/** How long a nonce is remembered, ms. A signature has no timestamp, so it is valid again after this time. */
export const NONCE_LIFETIME_MS = 30 * 24 * 60 * 60_000;

interface SignatureOptions {
  /** Whether signatures are ignored, verified if present, or required. */
  readonly signature: 'off' | 'verify' | 'require';
  readonly authToken?: Secret | undefined;
  /** The token of the parent of a sub-account. */
  readonly parentAuthToken?: Secret | undefined;
}

/** A signature covers only the URL and headers. */
type SignedRequest = Pick<IngressRequest, 'path' | 'headers' | 'requestedUrl'>;

export interface WebhookAuth {
  /** Loads the nonces that were used before a restart. */
  load(): Promise<void>;
  /**
   * Verifies a request and claims its nonces, before its body is decoded: the body is not signed, so another body must not
   * get the same nonce. Releasing the claim allows Vobiz to send the request again.
   * @throws {FaultError} WEBHOOK_UNAUTHENTICATED, or STORE_WRITE_FAILED if the nonces cannot be stored.
   */
  authenticate(request: SignedRequest): Promise<ReplayClaim>;
  /**
   * Verifies the signature of a request whose body has not been read; undefined if it need not have one.
   * @throws {FaultError} WEBHOOK_UNAUTHENTICATED.
   */
  readonly admit?: (request: SignedRequest) => Admission;
}

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

/** Returns the URL that Vobiz signs: without its query. */
const signedUrl = (url: URL): string => url.origin + url.pathname;

const signatureOf = (token: Secret, text: string): string =>
  createHmac('sha256', token.reveal()).update(text).digest('base64');

/** Creates the check that the options require. */
export function createWebhookAuth(
  options: SignatureOptions,
  host: Pick<ProviderHost, 'publicUrl' | 'clock' | 'log' | 'state'>,
): WebhookAuth {
  const nonces = createReplayGuard({ host, prefix: 'nonces/', toleranceMs: NONCE_LIFETIME_MS });
  if (options.signature === 'off')
    return { load: () => Promise.resolve(), authenticate: () => Promise.resolve(NO_CLAIM) };

  /** Returns the nonces of the valid signatures; none if the request is not signed and need not be. */
  function verify({ path, headers, requestedUrl }: SignedRequest): readonly string[] {
    // The account may have the URL with other slashes, and a proxy may have removed them: Vobiz signed one of the two.
    const known = host.publicUrl(path);
    const urls = [...new Set([known, requestedUrl ?? known].map(signedUrl))];
    const present = SCHEMES.filter(({ version }) =>
      SIGNERS.some(({ infix }) => headers[`x-vobiz-signature-${infix}${version}`] !== undefined),
    );
    const best = present[0];
    if (!best) {
      if (options.signature === 'require') throw rejected('missing V2 or V3 signature of the webhook');
      return [];
    }
    if (verifiedNonces(best, urls, headers, options).length === 0) {
      const name = best.version.toUpperCase();
      throw rejected(`invalid ${name} signature: no configured token matches for this URL`);
    }
    // The nonces of the other signatures too: each could be sent alone, with another body.
    return present.flatMap((scheme) => verifiedNonces(scheme, urls, headers, options));
  }

  return {
    load: () => nonces.load(),
    ...(options.signature === 'require' && {
      admit(request: SignedRequest): Admission {
        verify(request);
        return { admit: true };
      },
    }),
    async authenticate(request) {
      const used = verify(request);
      if (used.length === 0) return NO_CLAIM;
      const claim = await nonces.claim([...new Set(used)]);
      if (!claim) throw rejected('the nonce of the webhook was used before');
      return claim;
    },
  };
}

/** Returns the nonces whose signatures of one scheme are valid for one of the URLs. */
function verifiedNonces(
  { version, text }: (typeof SCHEMES)[number],
  urls: readonly string[],
  headers: IngressRequest['headers'],
  options: SignatureOptions,
): readonly string[] {
  const commonNonce = headers[`x-vobiz-signature-${version}-nonce`];
  return SIGNERS.flatMap(({ infix, option }) => {
    const name = `x-vobiz-signature-${infix}${version}`;
    const token = options[option];
    const nonce = (headers[`${name}-nonce`] ?? commonNonce ?? '').trim();
    if (token === undefined || nonce === '') return [];
    const received = (headers[name] ?? '').trim();
    const isValid = urls
      .map((url) => isSameSecret(received, signatureOf(token, text(url, nonce))))
      .includes(true);
    return isValid ? [nonce] : [];
  });
}
