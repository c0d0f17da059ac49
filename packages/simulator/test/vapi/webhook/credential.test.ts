// The schemes and their defaults are those of the reference's section on the authentication of webhooks.

import { createHmac } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { credentialHeaders, decodeCredential } from '../../../src/vapi/webhook/credential.ts';
import { createSetup } from '../../support/setup.ts';

const signable = {
  method: 'POST',
  url: 'http://here/hook',
  body: '{"message":{"text":"{timestamp} é"}}',
  messageId: 'msg_1',
  now: 1_787_310_000_123,
};
const hmac = { type: 'hmac', algorithm: 'sha256', secretKey: 'key' } as const;
const sign = (payload: string, algorithm = 'sha256', key: string | Buffer = 'key') =>
  createHmac(algorithm, key).update(payload);

vi.setConfig({ maxConcurrency: 20 });

describe('a credential', () => {
  it('adds nothing, a secret, or a token', () => {
    expect(credentialHeaders({ type: 'none' }, signable)).toEqual({});
    expect(credentialHeaders({ type: 'secret', secret: 's' }, signable)).toEqual({ 'x-vapi-secret': 's' });
    expect(credentialHeaders({ type: 'bearer', token: 't' }, signable)).toEqual({
      authorization: 'Bearer t',
    });
    expect(
      credentialHeaders(
        { type: 'bearer', token: 't', headerName: 'X-Vapi-Secret', bearerPrefixEnabled: false },
        signable,
      ),
    ).toEqual({ 'x-vapi-secret': 't' });
  });

  it('signs timestamp and body by default', () => {
    expect(credentialHeaders(hmac, signable)).toEqual({
      'x-timestamp': String(signable.now),
      'x-signature': sign(`${signable.now}.${signable.body}`).digest('hex'),
    });
    expect(credentialHeaders({ ...hmac, timestampUnit: 'seconds' }, signable)).toMatchObject({
      'x-timestamp': '1787310000',
    });
  });

  it('signs a timestamp that it does not send, as Vapi does', () => {
    const hidden = { ...hmac, includeTimestamp: false };
    expect(credentialHeaders(hidden, signable)).toEqual({
      'x-signature': sign(`${signable.now}.${signable.body}`).digest('hex'),
    });
    expect(credentialHeaders({ ...hidden, payloadFormat: '{body}' }, signable)).toEqual({
      'x-signature': sign(signable.body).digest('hex'),
    });
  });

  it.each(['sha1', 'sha512'] as const)('signs with %s', (algorithm) => {
    expect(credentialHeaders({ ...hmac, algorithm }, signable)['x-signature']).toBe(
      sign(`${signable.now}.${signable.body}`, algorithm).digest('hex'),
    );
  });

  it('signs like Svix with all parameters set', () => {
    const key = Buffer.from([0, 255, 16, 32]);
    const headers = credentialHeaders(
      {
        ...hmac,
        secretKey: key.toString('base64'),
        secretIsBase64: true,
        signatureHeader: 'Svix-Signature',
        timestampHeader: 'Svix-Timestamp',
        messageIdHeader: 'Svix-Id',
        signaturePrefix: 'v1,',
        signatureEncoding: 'base64',
        payloadFormat: '{svix-id}.{timestamp}.{method}.{url}.{body}',
      },
      signable,
    );
    const payload = `msg_1.${signable.now}.POST.http://here/hook.${signable.body}`;
    expect(headers).toEqual({
      'svix-id': 'msg_1',
      'svix-timestamp': String(signable.now),
      'svix-signature': `v1,${sign(payload, 'sha256', key).digest('base64')}`,
    });
  });

  it.each([
    [{}, 'type: expected one of none, secret, bearer, hmac'],
    [{ type: 'secret' }, 'secret: missing'],
    [{ type: 'bearer', token: 1 }, 'token: expected a string'],
    [{ type: 'bearer', token: 't', bearerPrefixEnabled: 'no' }, 'bearerPrefixEnabled: expected a boolean'],
    [{ type: 'hmac', algorithm: 'md5', secretKey: 'k' }, 'algorithm: expected one of sha256'],
    [{ type: 'none', toString: 1 }, 'toString: unknown field'],
  ])('rejects %j with a message', (fields, message) => {
    expect(() => decodeCredential(fields)).toThrow(message);
  });

  it('signs the raw body, and a static header overrides it', async (context) => {
    const { simulator, application } = await createSetup(context);
    const put = await fetch(`${simulator.url}/simulator/vapi/credential`, {
      method: 'PUT',
      body: JSON.stringify({ ...hmac, payloadFormat: '{timestamp}|{url}|{body}' }),
    });
    expect(put.status).toBe(204);
    simulator.pointAt({ vapiWebhookHeaders: { 'x-tenant': 'oak' } });
    const { id } = simulator.startCall({ provider: 'vapi', script: 'brief' });
    const request = await application.until('a webhook', () => application.requests[0]);
    const timestamp = String(request.headers['x-timestamp']);
    expect(request.headers).toMatchObject({
      'x-tenant': 'oak',
      'x-call-id': id,
      'x-signature': sign(`${timestamp}|${application.url}/vapi|${request.body}`).digest('hex'),
    });
    expect(Math.abs(Number(timestamp) - Date.now()) / 1000).toBeLessThan(60);
    simulator.pointAt({
      vapiCredential: { type: 'bearer', token: 't' },
      vapiWebhookHeaders: { authorization: 'Basic x' },
    });
    const other = simulator.startCall({ provider: 'vapi', script: 'brief' });
    const second = await application.until('a webhook', () =>
      application.requests.find(({ headers }) => headers['x-call-id'] === other.id),
    );
    expect(second.headers['authorization']).toBe('Basic x');
  });
});
