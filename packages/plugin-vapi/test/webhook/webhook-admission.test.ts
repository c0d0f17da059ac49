import { createHmac } from 'node:crypto';
import { createIngressRequest } from '@sidetone/testkit';
import { describe, expect, it } from 'vitest';
import { start } from '../harness.ts';

const digest = (encoding: 'hex' | 'base64'): string =>
  createHmac('sha256', 'key').update('any').digest(encoding);

async function admissionOf(webhook: object, headers: Record<string, string>, path = 'webhook') {
  const { provider } = await start({ webhook });
  const admitRequest = provider.ingress!.admitRequest!;
  try {
    return admitRequest(createIngressRequest({ path, headers }));
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
}

const SECRET = { secret: 'webhook-secret-0' };
const BEARER = { bearer: { token: 'webhook-token-0' } };
const HMAC = { hmac: { secretKey: 'webhook-key-0', algorithm: 'sha256' } };
const BASE64 = { hmac: { ...HMAC.hmac, encoding: 'base64', signaturePrefix: 'v1,' } };

describe('before the body of a webhook is read', () => {
  it.each([
    [SECRET, { 'x-vapi-secret': 'webhook-secret-0' }],
    [BEARER, { authorization: 'Bearer webhook-token-0' }],
    [HMAC, { 'x-signature': digest('hex') }],
    [HMAC, { 'x-signature': `old ${digest('hex').toUpperCase()}` }],
    [BASE64, { 'x-signature': `v1,${digest('base64')}` }],
  ])('%j admits %j', async (webhook, headers) => {
    expect(await admissionOf(webhook, headers)).toEqual({ admit: true });
  });

  it.each([
    [SECRET, {}],
    [SECRET, { 'x-vapi-secret': 'webhook-secret-1' }],
    [BEARER, { authorization: 'webhook-token-0' }],
    [HMAC, {}],
    [HMAC, { 'x-signature': '' }],
    [HMAC, { 'x-signature': digest('hex').slice(1) }],
    [HMAC, { 'x-signature': digest('base64') }],
    [HMAC, { 'x-signature': 'z'.repeat(64) }],
    [BASE64, { 'x-signature': digest('base64') }],
  ] as [object, Record<string, string>][])('%j rejects %j', async (webhook, headers) => {
    expect(await admissionOf(webhook, headers)).toBe('WEBHOOK_UNAUTHENTICATED');
  });

  it('an unknown path is rejected', async () => {
    const headers = { 'x-vapi-secret': 'webhook-secret-0' };
    expect(await admissionOf(SECRET, headers, 'other')).toEqual({ admit: false, status: 404 });
  });

  it('every body is read without a scheme', async () => {
    expect((await start({})).provider.ingress).not.toHaveProperty('admitRequest');
  });
});
