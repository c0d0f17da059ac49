import { createHmac } from 'node:crypto';
import { createFakeHost, createIngressRequest, FAKE_EPOCH, type FakeHost } from '@sidetone/testkit';
import { describe, expect, it } from 'vitest';
import { createWebhookAuth, UNDATED_LIFETIME_MS } from '../../src/webhook/webhook-auth.ts';
import { readOptions, start, type Harness } from '../harness.ts';
import { sample } from '../samples.ts';

const NOW = Date.UTC(2026, 0, 5, 9);
const BODY = '{ "message": {"type":"hang"} }\n';
const BASE_URL = 'https://calls.example.com/providers/vapi/';
const WEBHOOK_URL = `${BASE_URL}webhook`;

async function check(webhook: object, headers: Record<string, string>, body: string | Uint8Array = BODY) {
  const options = await readOptions({ webhook });
  const { authenticate } = createWebhookAuth(options.webhook, createFakeHost({ publicUrl: BASE_URL }));
  try {
    await authenticate(createIngressRequest({ path: 'webhook', body, headers, receivedAt: NOW }));
    return 'admitted';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

const sign = (
  payload: string | Buffer,
  algorithm = 'sha256',
  encoding: 'hex' | 'base64' = 'hex',
  key = 'k1',
) => createHmac(algorithm, key).update(payload).digest(encoding);

describe('bearer token', () => {
  const bearer = { token: 'tok' };
  it.each([
    [{}, { authorization: 'Bearer tok' }, 'admitted'],
    [{}, { Authorization: 'bearer tok' }, 'admitted'],
    [{}, { authorization: 'tok' }, 'WEBHOOK_UNAUTHENTICATED'],
    [{}, { authorization: 'Basic! tok' }, 'WEBHOOK_UNAUTHENTICATED'],
    [{}, { authorization: 'Bearer toke' }, 'WEBHOOK_UNAUTHENTICATED'],
    [{}, { authorization: 'Bearer ' }, 'WEBHOOK_UNAUTHENTICATED'],
    [{}, {}, 'WEBHOOK_UNAUTHENTICATED'],
    [{ prefix: '' }, { authorization: 'tok' }, 'admitted'],
    [{ prefix: '', header: 'X-Vapi-Secret' }, { 'x-vapi-secret': 'tok' }, 'admitted'],
    [{ header: 'X-Hook' }, { authorization: 'Bearer tok' }, 'WEBHOOK_UNAUTHENTICATED'],
  ])('configured as %j and received as %j: %s', async (options, headers, expected) => {
    expect(await check({ bearer: { ...bearer, ...options } }, headers as Record<string, string>)).toBe(
      expected,
    );
  });
});

describe('signature', () => {
  const hmac = { secretKey: 'k1', algorithm: 'sha256' };
  const at = (ms: number): Record<string, string> => ({
    'x-timestamp': String(ms),
    'X-Signature': sign(`${ms}.${BODY}`),
  });

  it('covers the timestamp and the raw body', async () => {
    expect(await check({ hmac }, at(NOW))).toBe('admitted');
    expect(await check({ hmac }, at(NOW), BODY.trim())).toBe('WEBHOOK_UNAUTHENTICATED');
    expect(await check({ hmac }, { ...at(NOW), 'x-timestamp': String(NOW + 1) })).toBe(
      'WEBHOOK_UNAUTHENTICATED',
    );
    expect(await check({ hmac }, { 'x-timestamp': String(NOW) })).toBe('WEBHOOK_UNAUTHENTICATED');
    const noText = Uint8Array.from([0xff, 0xfe, 0x80]);
    const signature = sign(Buffer.concat([Buffer.from(`${NOW}.`), noText]));
    expect(await check({ hmac }, { 'x-timestamp': String(NOW), 'x-signature': signature }, noText)).toBe(
      'admitted',
    );
  });

  it.each([
    [NOW - 300_000, 'admitted'],
    [NOW + 300_000, 'admitted'],
    [NOW - 300_001, 'WEBHOOK_UNAUTHENTICATED'],
    [(NOW - 300_000) / 1000, 'admitted'],
    [(NOW - 301_000) / 1000, 'WEBHOOK_UNAUTHENTICATED'],
  ])('with the timestamp %i, in seconds or milliseconds: %s', async (timestamp, expected) => {
    expect(await check({ hmac }, at(timestamp))).toBe(expected);
  });

  it('expires after the configured tolerance', async () => {
    const strict = { ...hmac, toleranceSeconds: 10 };
    expect(await check({ hmac: strict }, at(NOW - 9000))).toBe('admitted');
    expect(await check({ hmac: strict }, at(NOW - 11_000))).toBe('WEBHOOK_UNAUTHENTICATED');
  });

  it('may exclude the timestamp', async () => {
    const options = { ...hmac, includeTimestamp: false, payloadFormat: '{body}' };
    expect(await check({ hmac: options }, { 'x-signature': sign(BODY) })).toBe('admitted');
  });

  it.each(['sha1', 'sha256', 'sha512'])(
    'supports %s, base64, a prefix and custom headers',
    async (algorithm) => {
      const options = {
        ...hmac,
        algorithm,
        encoding: 'base64',
        signaturePrefix: 'v1,',
        signatureHeader: 'Svix-Signature',
        timestampHeader: 'Svix-Timestamp',
        messageIdHeader: 'Svix-Id',
        payloadFormat: '{svix-id}.{timestamp}.{method}.{url}.{body}.{other}',
      };
      const payload = `msg_1.${NOW}.POST.${WEBHOOK_URL}.${BODY}.{other}`;
      const headers = {
        'svix-id': 'msg_1',
        'svix-timestamp': String(NOW),
        'svix-signature': `v1,b2xk v1,${sign(payload, algorithm, 'base64')}`,
      };
      expect(await check({ hmac: options }, headers)).toBe('admitted');
      expect(await check({ hmac: options }, { ...headers, 'svix-id': 'msg_2' })).toBe(
        'WEBHOOK_UNAUTHENTICATED',
      );
    },
  );

  it('supports a base64 key', async () => {
    const options = { ...hmac, secretKey: Buffer.from('k1').toString('base64'), secretIsBase64: true };
    expect(await check({ hmac: options }, at(NOW))).toBe('admitted');
  });

  it('may be in upper case', async () => {
    const headers = at(NOW);
    expect(await check({ hmac }, { ...headers, 'X-Signature': headers['X-Signature']!.toUpperCase() })).toBe(
      'admitted',
    );
  });
});

describe('a signed webhook that is sent twice', () => {
  const hmac = { secretKey: 'k1', algorithm: 'sha256', toleranceSeconds: 300 };
  const webhook = { hmac };
  const signedAt = (at: number, body: string): Record<string, string> => ({
    'x-timestamp': String(at),
    'x-signature': sign(`${at}.${body}`),
  });
  const finals = ({ host }: { host: FakeHost }) => host.eventsOf('utterance.final').length;

  /** Sends a final transcript, signed at the start of the test. */
  function sendFinal({ host, provider }: Harness, text = 'Hello.') {
    const message = { type: 'transcript', role: 'user', transcriptType: 'final', transcript: text };
    const body = JSON.stringify({ message: { ...message, call: { id: 'call-1' } } });
    return provider.ingress!.request!(
      createIngressRequest({
        path: 'webhook',
        body,
        headers: signedAt(FAKE_EPOCH, body),
        receivedAt: host.clock.now(),
      }),
    );
  }

  it('is answered, but its events are emitted once', async () => {
    const instance = await start({ webhook });
    expect(await sendFinal(instance)).toMatchObject({ status: 200 });
    expect(await sendFinal(instance)).toMatchObject({ status: 200, body: '{}' });
    expect(finals(instance)).toBe(1);
    await sendFinal(instance, 'Goodbye.');
    expect(finals(instance)).toBe(2);
  });

  it('is known after a restart, until its timestamp is invalid', async () => {
    const first = await start({ webhook });
    await sendFinal(first);
    const { clock, state } = first.host;
    await clock.advance(300_000);
    const second = await start({ webhook }, { clock, state });
    await sendFinal(second);
    expect(finals(second)).toBe(0);
    await clock.advance(1);
    await expect(sendFinal(second)).rejects.toMatchObject({ code: 'WEBHOOK_UNAUTHENTICATED' });
  });

  it('is not forwarded twice', async () => {
    const instance = await start({ webhook, forwardWebhooksTo: 'https://app.example.com/hook' });
    instance.host.respond('POST', 'https://app.example.com/hook', { json: {} });
    await sendFinal(instance);
    await sendFinal(instance);
    await instance.host.clock.settle();
    const forwarded = instance.host.requests.filter(({ method }) => method === 'POST');
    expect(forwarded).toHaveLength(1);
  });

  it('is accepted if we failed to handle the first', async () => {
    const instance = await start({ webhook });
    const { emit } = instance.host;
    instance.host.emit = () => {
      throw new Error('disk full');
    };
    await expect(sendFinal(instance)).rejects.toThrow('disk full');
    instance.host.emit = emit;
    await sendFinal(instance);
    expect(finals(instance)).toBe(1);
  });

  it('is known by its body if no timestamp is signed', async () => {
    const undated = { hmac: { ...hmac, includeTimestamp: false, payloadFormat: '{body}' } };
    const instance = await start({ webhook: undated });
    const json = { message: { type: 'brand.new' } };
    const headers = { 'x-signature': sign(JSON.stringify(json)) };
    const unknownTypes = () => instance.host.logs.filter(({ level }) => level === 'debug').length;
    await instance.post(json, headers);
    await instance.host.clock.advance(UNDATED_LIFETIME_MS - 1);
    await instance.post(json, headers);
    expect(unknownTypes()).toBe(1);
    await instance.host.clock.advance(1);
    await instance.post(json, headers);
    expect(unknownTypes()).toBe(2);
  });
});

it('emits nothing for a rejected webhook', async () => {
  const { host, post } = await start({ webhook: { bearer: { token: 'tok' } } });
  await expect(post(sample('hang'))).rejects.toMatchObject({ code: 'WEBHOOK_UNAUTHENTICATED' });
  expect(host.events).toEqual([]);
});

it('rejects a configuration with two schemes', async () => {
  await expect(readOptions({ webhook: { secret: 's', bearer: { token: 't' } } })).rejects.toThrow(
    'expected one of secret, bearer, hmac and unverified',
  );
});

describe('an HMAC credential without a timestamp', () => {
  const hmac = { secretKey: 'k1', algorithm: 'sha256', includeTimestamp: false };

  it.each([undefined, '{timestamp}.{body}', '{svix-id}.{timestamp}.{body}'])(
    'is rejected with the payload format %s, which cannot be verified',
    async (payloadFormat) => {
      const webhook = { hmac: { ...hmac, ...(payloadFormat && { payloadFormat }) } };
      await expect(readOptions({ webhook })).rejects.toThrow(/payloadFormat.*such as '\{body\}'/);
    },
  );

  it.each(['{body}', '{svix-id}.{body}', '{method}.{url}.{body}'])('is accepted with %s', async (format) => {
    const { webhook } = await readOptions({ webhook: { hmac: { ...hmac, payloadFormat: format } } });
    expect(webhook.hmac?.payloadFormat).toBe(format);
  });
});

/** Published with live deliveries of August 2026, and recomputed. */
describe('a known signature', () => {
  const body =
    '{"message":{"type":"status-update","status":"ended","timestamp":1786546871392,"call":{"id":"call_kat123"}}}';
  const key = { secretKey: 'whsec_vapi_sample_key', algorithm: 'sha256' };

  it.each([
    [
      'of the body',
      { includeTimestamp: false, payloadFormat: '{body}' },
      { 'x-signature': 'bf7be5b3be319cba484d93d31bc820376566161a3a0a442c3b9292fc599a15e4' },
    ],
    [
      'of the timestamp and the body',
      { toleranceSeconds: 1e9 },
      {
        'x-timestamp': '1786546871433',
        'x-signature': '708dd047594968a1403c7e1695e89d3e0898ad57e0c6990ace3576f9a0259184',
      },
    ],
  ])('%s is accepted', async (_name, options, headers) => {
    expect(await check({ hmac: { ...key, ...options } }, headers as Record<string, string>, body)).toBe(
      'admitted',
    );
  });
});
