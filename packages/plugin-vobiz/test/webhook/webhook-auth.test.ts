import { createHmac } from 'node:crypto';
import {
  createCommandContext,
  createControlledCall,
  createFakeHost,
  createIngressRequest,
  type FakeHost,
} from '@sidetone/testkit';
import type { Provider } from '@sidetone/core';
import { describe, expect, it } from 'vitest';
import { createWebhookAuth, NONCE_LIFETIME_MS } from '../../src/webhook/webhook-auth.ts';
import { readOptions, start } from '../harness.ts';
import { CALL, form } from '../samples.ts';

const TOKEN = 'test-token-not-real';
const PARENT = 'parent-token-not-real';
const NONCE = '12345678901234567890';
const PUBLIC_URL = 'https://tap.example.in/vobiz/';
const HANGUP_URL = `${PUBLIC_URL}hangup`;
/** Computed independently of this code, for `https://tap.example.in/vobiz/hangup?run=7`, whose query is not signed. */
const V2 = 'gGP5BL1VHyig3TxOOKBaqs4toXHBxDBfSDKaNbWf4xc=';
const V3 = 'w2HX9mVKr4y/+S02vJWwUvLwD/IE3z71YSl1dH7RaQk=';

const sign = (text: string, key = TOKEN): string => createHmac('sha256', key).update(text).digest('base64');

const signed = (version: string, signature: string, nonce = NONCE): Record<string, string> => ({
  [`X-Vobiz-Signature-${version}`]: signature,
  [`X-Vobiz-Signature-${version}-Nonce`]: nonce,
});

async function started(options: object = {}) {
  return start({ authToken: TOKEN, ...options }, { publicUrl: PUBLIC_URL });
}

const post = (provider: Provider, headers: Record<string, string>, path = 'hangup') =>
  provider.ingress!.request!(
    createIngressRequest({ path, query: { run: '7' }, headers, form: form('hangup_normal_caller') }),
  );

async function expectRejected(
  { host, provider }: { host: FakeHost; provider: Provider },
  headers: Record<string, string>,
): Promise<void> {
  await expect(post(provider, headers)).rejects.toMatchObject({ code: 'WEBHOOK_UNAUTHENTICATED' });
  expect(host.events).toEqual([]);
}

describe('a signature', () => {
  it.each([
    ['V3', V3],
    ['V2', V2],
  ])('of the published vector is accepted: %s', async (version, signature) => {
    const { host, provider } = await started({ signature: 'require' });
    expect(await post(provider, signed(version, signature))).toMatchObject({ status: 200 });
    expect(host.eventsOf('call.ended')).toMatchObject([{ providerCallId: CALL }]);
  });

  it.each(['hangup/', '/hangup', '/hangup//'])(
    'of the URL as Vobiz has it is accepted: %s',
    async (spelling) => {
      const { host, provider } = await started({ signature: 'require' });
      const url = `https://tap.example.in/vobiz/${spelling}`;
      const headers = signed('V3', sign(`${url}.${NONCE}`));
      const request = createIngressRequest({ path: 'hangup', headers, form: form('hangup_normal_caller') });
      await expect(provider.ingress!.request!(request)).rejects.toMatchObject({
        code: 'WEBHOOK_UNAUTHENTICATED',
      });
      const requestedUrl = new URL(`${url}?run=7`);
      expect(await provider.ingress!.request!({ ...request, requestedUrl })).toMatchObject({ status: 200 });
      expect(host.eventsOf('call.ended')).toHaveLength(1);
    },
  );

  it.each([
    ['V3', V2],
    ['V2', V3],
    ['V3', `${V3}=`],
    ['V3', ''],
    ['V3', sign(`${HANGUP_URL}.${NONCE}`, 'another token')],
    ['V3', sign(`${HANGUP_URL}?run=7.${NONCE}`)],
    ['V3', sign(`${PUBLIC_URL}answer.${NONCE}`)],
    ['MA-V3', V3],
  ])('that is invalid is rejected: %s %s', async (version, signature) => {
    await expectRejected(await started(), signed(version, signature));
  });

  it('requires its nonce', async () => {
    await expectRejected(await started(), { 'X-Vobiz-Signature-V3': V3 });
    await expectRejected(await started(), signed('V3', V3, '12345678901234567891'));
  });

  it('of the best scheme decides: a valid V2 next to an invalid V3 is rejected', async () => {
    await expectRejected(await started(), { ...signed('V2', V2), ...signed('V3', V2) });
  });

  it('of the first scheme is ignored', async () => {
    const headers = { 'X-Vobiz-Signature': 'anything' };
    const lenient = await started();
    expect(await post(lenient.provider, headers)).toMatchObject({ status: 200 });
    await expectRejected(await started({ signature: 'require' }), headers);
  });

  it.each(['V3', 'V2'])(
    "may be the parent account's, with either header for its nonce: %s",
    async (version) => {
      const signature = sign(version === 'V3' ? `${HANGUP_URL}.${NONCE}` : HANGUP_URL + NONCE, PARENT);
      for (const nonceName of [
        `X-Vobiz-Signature-MA-${version}-Nonce`,
        `X-Vobiz-Signature-${version}-Nonce`,
      ]) {
        const headers = { [`X-Vobiz-Signature-MA-${version}`]: signature, [nonceName]: NONCE };
        const child = await started({ parentAuthToken: PARENT });
        expect(await post(child.provider, headers)).toMatchObject({ status: 200 });
        // Without that token the signature cannot be verified, and is rejected.
        await expectRejected(await started(), headers);
      }
    },
  );
});

describe('a webhook without a signature', () => {
  it('is accepted unless signatures are required', async () => {
    for (const signature of ['off', 'verify']) {
      const { provider } = await started({ signature });
      expect(await post(provider, {})).toMatchObject({ status: 200 });
    }
    await expectRejected(await started({ signature: 'require' }), {});
  });

  it('is accepted like an invalid signature if signatures are off', async () => {
    const { provider } = await started({ signature: 'off' });
    expect(await post(provider, signed('V3', 'wrong'))).toMatchObject({ status: 200 });
  });
});

describe('a nonce', () => {
  it('is accepted once until it expires', async () => {
    const { host, provider } = await started();
    await post(provider, signed('V3', V3));
    const before = host.events.length;
    await host.clock.advance(NONCE_LIFETIME_MS - 1);
    await expect(post(provider, signed('V3', V3))).rejects.toMatchObject({ code: 'WEBHOOK_UNAUTHENTICATED' });
    expect(host.events).toHaveLength(before);
    await host.clock.advance(1);
    expect(await post(provider, signed('V3', V3))).toMatchObject({ status: 200 });
  });

  it('is known after a restart', async () => {
    const { host, provider } = await started();
    await post(provider, signed('V3', V3));
    const { clock, state } = host;
    const second = await start({ authToken: TOKEN }, { publicUrl: PUBLIC_URL, clock, state });
    await expectRejected(second, signed('V3', V3));
  });

  it('is known after 10,001 other webhooks', async () => {
    const host = createFakeHost({ publicUrl: PUBLIC_URL });
    const { authenticate } = createWebhookAuth(await readOptions({ authToken: TOKEN }), host);
    const send = async (nonce: string): Promise<void> => {
      const headers = signed('V3', sign(`${HANGUP_URL}.${nonce}`), nonce);
      (await authenticate(createIngressRequest({ path: 'hangup', headers }))).keep();
    };
    for (let count = 0; count <= 10_001; count++) await send(String(count));
    await expect(send('0')).rejects.toMatchObject({ code: 'WEBHOOK_UNAUTHENTICATED' });
  });

  it('of one signature cannot be reused by another signature of the same webhook', async () => {
    const { provider } = await started();
    const other = '00000000000000000001';
    const v2 = signed('V2', sign(HANGUP_URL + other), other);
    expect(await post(provider, { ...signed('V3', V3), ...v2 })).toMatchObject({ status: 200 });
    await expect(post(provider, v2)).rejects.toMatchObject({ code: 'WEBHOOK_UNAUTHENTICATED' });
  });

  it('of a malformed webhook cannot be reused, by any body', async () => {
    const { host, provider } = await started();
    const request = (body: string) =>
      provider.ingress!.request!(createIngressRequest({ path: 'hangup', headers: signed('V3', V3), body }));
    await expect(request('nothing=here')).rejects.toMatchObject({ code: 'WIRE_MALFORMED' });
    const body = new URLSearchParams(form('hangup_normal_caller')).toString();
    await expect(request(body)).rejects.toMatchObject({ code: 'WEBHOOK_UNAUTHENTICATED' });
    expect(host.events).toEqual([]);
  });

  it('may be reused if the daemon answers 503 because the events cannot be stored', async () => {
    const { provider } = await started();
    const request = (status: number) =>
      provider.ingress!.request!({
        ...createIngressRequest({
          path: 'hangup',
          headers: signed('V3', V3),
          form: form('hangup_normal_caller'),
        }),
        responseStatus: Promise.resolve(status),
      });
    await request(503);
    expect(await request(200)).toMatchObject({ status: 200 });
    await expect(request(200)).rejects.toMatchObject({ code: 'WEBHOOK_UNAUTHENTICATED' });
  });

  it('of a webhook whose handling failed may be reused', async () => {
    const { host, provider } = await started();
    const { emit } = host;
    host.emit = () => {
      throw new Error('disk full');
    };
    await expect(post(provider, signed('V3', V3))).rejects.toThrow('disk full');
    host.emit = emit;
    expect(await post(provider, signed('V3', V3))).toMatchObject({ status: 200 });
  });

  it('of a request that was answered 404 cannot be reused', async () => {
    const { host, provider } = await started();
    host.respond('POST', /\/Call\//, { status: 202, json: { message: 'call transferred' } });
    await provider.controls!.transfer!(
      createControlledCall(CALL),
      { number: '+919000000003' },
      createCommandContext(),
    );
    const path = 'transfer/fake-token-1';
    const request = (callId: string) =>
      provider.ingress!.request!(
        createIngressRequest({
          path,
          headers: signed('V3', sign(`${PUBLIC_URL}${path}.${NONCE}`)),
          form: { ...form('transfer_url'), CallUUID: callId },
        }),
      );
    expect(await request('another')).toMatchObject({ status: 404 });
    await expect(request(CALL)).rejects.toMatchObject({ code: 'WEBHOOK_UNAUTHENTICATED' });
  });
});

it('logs no headers, and puts no token into a message', async () => {
  const { host, provider } = await started();
  const headers = { ...signed('V3', 'wrong-signature'), 'auth-token': TOKEN, 'parent-auth-token': PARENT };
  const error: unknown = await post(provider, headers).catch((reason: unknown) => reason);
  await post(provider, { 'auth-token': TOKEN, 'parent-auth-token': PARENT });
  expect(host.logText() + String(error)).not.toMatch(/not-real|wrong-signature|1234567890/);
});
