import { createHmac } from 'node:crypto';
import { createIngressRequest } from '@sidetone/testkit';
import { describe, expect, it } from 'vitest';
import { AUTH, start } from '../harness.ts';

const PARENT = 'parent-token-0';
const URL = 'https://calls.example.com/providers/fake/answer';
const sign = (text: string, token: string = AUTH.authToken): string =>
  createHmac('sha256', token).update(text).digest('base64');

const V3 = sign(`${URL}.1`);

async function started() {
  return start({ signature: 'require', parentAuthToken: PARENT });
}

async function admissionOf(headers: Record<string, string>, path = 'answer') {
  const admitRequest = (await started()).provider.ingress!.admitRequest!;
  try {
    return admitRequest(createIngressRequest({ path, headers }));
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
}

describe('before the body of a webhook is read', () => {
  it.each([
    { 'x-vobiz-signature-v3': V3, 'x-vobiz-signature-v3-nonce': '1' },
    { 'x-vobiz-signature-v2': sign(`${URL}1`), 'x-vobiz-signature-v2-nonce': '1' },
    { 'x-vobiz-signature-ma-v3': sign(`${URL}.1`, PARENT), 'x-vobiz-signature-ma-v3-nonce': '1' },
  ] as Record<string, string>[])('a valid signature is admitted: %j', async (headers) => {
    expect(await admissionOf(headers)).toEqual({ admit: true });
  });

  it.each([
    {},
    { 'x-vobiz-signature-v3': V3 },
    { 'x-vobiz-signature-v3': V3, 'x-vobiz-signature-v3-nonce': '2' },
    { 'x-vobiz-signature-v3': V3, 'x-vobiz-signature-v2-nonce': '1' },
    { 'x-vobiz-signature-v3': 'AAAA', 'x-vobiz-signature-v3-nonce': '1' },
    { 'x-vobiz-signature': V3, 'x-vobiz-signature-nonce': '1' },
  ] as Record<string, string>[])('other headers are rejected: %j', async (headers) => {
    expect(await admissionOf(headers)).toBe('WEBHOOK_UNAUTHENTICATED');
  });

  it('a signature for another path is rejected', async () => {
    const headers = { 'x-vobiz-signature-v3': V3, 'x-vobiz-signature-v3-nonce': '1' };
    expect(await admissionOf(headers, 'hangup')).toBe('WEBHOOK_UNAUTHENTICATED');
  });

  it('an unknown path is rejected', async () => {
    expect(await admissionOf({}, 'other')).toEqual({ admit: false, status: 404 });
  });

  it('its nonce is not used up', async () => {
    const { provider } = await started();
    const headers = { 'x-vobiz-signature-v3': V3, 'x-vobiz-signature-v3-nonce': '1' };
    const request = createIngressRequest({ path: 'answer', headers, form: { Event: 'ConferenceEnter' } });
    expect(provider.ingress!.admitRequest!(request)).toEqual({ admit: true });
    expect((await provider.ingress!.request!(request)).status).toBe(200);
  });

  it.each(['verify', 'off'])('every body is read with signature: %s', async (signature) => {
    expect((await start({ signature })).provider.ingress).not.toHaveProperty('admitRequest');
  });
});
