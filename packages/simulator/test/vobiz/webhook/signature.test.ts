import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { VOBIZ_BEHAVIOUR } from '../../../src/vobiz/behaviour.ts';
import type { VobizBehaviour } from '../../../src/vobiz/behaviour.ts';
import { createSigner } from '../../../src/vobiz/webhook/signature.ts';

const KEYS = { token: 'test-token-not-real', parentToken: 'parent-not-real' };
const URL_WITH_QUERY = 'https://tap.example.in/vobiz/hangup?run=7';
const BASE = 'https://tap.example.in/vobiz/hangup';

const signer = (behaviour: Partial<VobizBehaviour>): ((url: string) => Record<string, string>) =>
  createSigner(KEYS, () => ({ ...VOBIZ_BEHAVIOUR, ...behaviour }));
const hash = (token: string, text: string): string =>
  createHmac('sha256', token).update(text).digest('base64');

describe('the signature', () => {
  it('covers the URL without its query, and the nonce', () => {
    const headers = signer({ signature: 'both' })(URL_WITH_QUERY);
    const v2 = headers['X-Vobiz-Signature-V2-Nonce'] ?? '';
    const v3 = headers['X-Vobiz-Signature-V3-Nonce'] ?? '';
    expect(v2).toMatch(/^\d{20}$/);
    expect(headers['X-Vobiz-Signature-V2']).toBe(hash(KEYS.token, BASE + v2));
    expect(headers['X-Vobiz-Signature-V3']).toBe(hash(KEYS.token, `${BASE}.${v3}`));
    expect(headers['auth-token']).toBe(KEYS.token);
  });

  it.each([
    ['none', []],
    ['v2', ['X-Vobiz-Signature-V2', 'X-Vobiz-Signature-V2-Nonce', 'auth-token']],
    ['v3', ['X-Vobiz-Signature-V3', 'X-Vobiz-Signature-V3-Nonce', 'auth-token']],
  ] as const)('of kind %s has the headers %j', (signature, names) => {
    expect(Object.keys(signer({ signature })(URL_WITH_QUERY))).toEqual(names);
  });

  it('of a sub-account uses the token of its parent', () => {
    const headers = signer({ signature: 'ma-v3' })(URL_WITH_QUERY);
    const nonce = headers['X-Vobiz-Signature-V3-Nonce'] ?? '';
    expect(headers['X-Vobiz-Signature-MA-V3']).toBe(hash(KEYS.parentToken, `${BASE}.${nonce}`));
    expect(headers).not.toHaveProperty('X-Vobiz-Signature-V3');
  });

  it('does not match with signature wrong', () => {
    const headers = signer({ signature: 'wrong' })(URL_WITH_QUERY);
    const nonce = headers['X-Vobiz-Signature-V3-Nonce'] ?? '';
    expect(headers['X-Vobiz-Signature-V3']).toHaveLength(44);
    expect(headers['X-Vobiz-Signature-V3']).not.toBe(hash(KEYS.token, `${BASE}.${nonce}`));
  });

  it('has a new nonce for each request, unless replayNonce is set', () => {
    const nonces = (behaviour: Partial<VobizBehaviour>): Set<string | undefined> => {
      const sign = signer({ signature: 'v3', ...behaviour });
      return new Set([1, 2, 3].map(() => sign(URL_WITH_QUERY)['X-Vobiz-Signature-V3-Nonce']));
    };
    expect([nonces({}).size, nonces({ replayNonce: true }).size]).toEqual([3, 1]);
  });
});
