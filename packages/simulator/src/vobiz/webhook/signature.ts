// The signature of webhooks: a hash of the URL without its query, and a nonce of twenty digits. The body is not signed.
// The headers were observed to contain the account's token in plain text as well.

import { createHmac, randomInt } from 'node:crypto';
import type { VobizWebhookBehaviour } from '../behaviour.ts';

/** The keys of signatures. */
export interface SigningKeys {
  readonly token: string;
  /** The token of the parent account, for a sub-account. */
  readonly parentToken: string;
}

/** Returns the signature headers of one request. */
export type Sign = (url: string) => Record<string, string>;

const NONCE_DIGITS = 20;

type Signed = (keys: SigningKeys, base: string, nonce: string) => Record<string, string>;

const v2: Signed = ({ token }, base, nonce) => ({
  'X-Vobiz-Signature-V2': hash(token, base + nonce),
  'X-Vobiz-Signature-V2-Nonce': nonce,
});

const v3: Signed = ({ token }, base, nonce) => ({
  'X-Vobiz-Signature-V3': hash(token, `${base}.${nonce}`),
  'X-Vobiz-Signature-V3-Nonce': nonce,
});

const SIGNATURES: { [Kind in VobizWebhookBehaviour['signature']]: Signed } = {
  none: () => ({}),
  v2,
  v3,
  both: (keys, base, nonce) => ({ ...v2(keys, base, nonce), ...v3(keys, base, nonce) }),
  wrong: ({ token, parentToken }, base, nonce) =>
    SIGNATURES.both({ token: `not ${token}`, parentToken }, base, nonce),
  // It is not documented which header carries the nonce: both are sent.
  'ma-v3': ({ parentToken }, base, nonce) => ({
    'X-Vobiz-Signature-MA-V3': hash(parentToken, `${base}.${nonce}`),
    'X-Vobiz-Signature-MA-V3-Nonce': nonce,
    'X-Vobiz-Signature-V3-Nonce': nonce,
  }),
};

/** Creates the signer of one call. `behaviour` is read for each request. */
export function createSigner(keys: SigningKeys, behaviour: () => VobizWebhookBehaviour): Sign {
  const first = nonceOf();
  return (url) => {
    const { signature, replayNonce } = behaviour();
    if (signature === 'none') return {};
    const { protocol, host, pathname } = new URL(url);
    const nonce = replayNonce ? first : nonceOf();
    return {
      ...SIGNATURES[signature](keys, `${protocol}//${host}${pathname}`, nonce),
      'auth-token': keys.token,
      ...(signature === 'ma-v3' ? { 'parent-auth-token': keys.parentToken } : {}),
    };
  };
}

function hash(token: string, text: string): string {
  return createHmac('sha256', token).update(text).digest('base64');
}

function nonceOf(): string {
  return Array.from({ length: NONCE_DIGITS }, () => randomInt(10)).join('');
}
