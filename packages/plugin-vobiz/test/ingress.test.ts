import { createIngressRequest } from '@sidetone/testkit';
import { describe, expect, it } from 'vitest';
import { TOKEN_LIFETIME_MS } from '../src/stream/stream-tokens.ts';
import { start } from './harness.ts';
import { CALL, form } from './samples.ts';

const inbound = form('answer_minimal_fields');
const signal = new AbortController().signal;

describe('what the operator configures at Vobiz', () => {
  it('are the answer and the hangup URL, if calls are answered here', async () => {
    const { provider } = await start();
    expect(provider.ingress?.webhooks?.map(({ path }) => path)).toEqual(['answer', 'hangup']);
    const attached = await start({
      answer: undefined,
      authId: 'MA_X',
      authToken: 'x'.repeat(16),
      attach: {},
    });
    expect(attached.provider.ingress?.webhooks).toBeUndefined();
  });
});

describe('the answer URL', () => {
  it('returns XML that forks the audio to a URL of this call, and dials', async () => {
    const { host, post } = await start({
      answer: { mode: 'tap', dial: '+918000000001', callerId: '918000000009' },
    });
    const response = await post('answer', inbound);
    expect(response.status).toBe(200);
    expect(response.headers?.['content-type']).toMatch(/^application\/xml/);
    expect(response.body).toContain('>wss://calls.example.com/providers/fake/stream/fake-token-1</Stream>');
    expect(response.body).toContain(
      'statusCallbackUrl="https://calls.example.com/providers/fake/stream-status"',
    );
    expect(response.body).toContain(
      '<Dial callerId="918000000009" callbackUrl="https://calls.example.com/providers/fake/events" callbackMethod="POST"><Number>+918000000001</Number></Dial>',
    );
    expect(host.events).toMatchObject([
      {
        type: 'call.started',
        providerCallId: CALL,
        status: 'RINGING',
        details: { direction: 'INBOUND', from: '+919000000002', to: '+918000000001' },
      },
    ]);
    host.verify();
  });

  it('uses an unencrypted socket if the public URL is not encrypted', async () => {
    const { post } = await start({}, { publicUrl: 'http://127.0.0.1:4000/providers/vobiz/' });
    const { body } = await post('answer', inbound);
    expect(body).toContain('>ws://127.0.0.1:4000/providers/vobiz/stream/fake-token-1</Stream>');
  });

  it('requests the configured audio format', async () => {
    const { post } = await start({ contentType: 'audio/x-l16;rate=16000' });
    expect((await post('answer', inbound)).body).toContain('contentType="audio/x-l16;rate=16000"');
  });

  it('returns the same XML to a repeated request', async () => {
    const { host, post } = await start();
    const first = await post('answer', inbound);
    expect(await post('answer', inbound)).toEqual(first);
    expect([...host.state.entries.keys()]).toEqual(['stream/fake-token-1']);
  });

  it('accepts GET', async () => {
    const { host, provider } = await start();
    const request = createIngressRequest({ method: 'GET', path: 'answer', query: inbound });
    expect((await provider.ingress!.request!(request)).body).toContain('<Stream');
    expect(host.events).toHaveLength(1);
  });

  it.each([{}, { From: '919000000002' }, { CallUUID: '' }])(
    'rejects a request without a call: %j',
    async (fields) => {
      const { host, post } = await start();
      await expect(post('answer', fields as Record<string, string>)).rejects.toMatchObject({
        code: 'WIRE_MALFORMED',
      });
      expect(host.events).toEqual([]);
    },
  );

  it('returns an empty document to webhooks that do not request XML', async () => {
    const { post } = await start();
    for (const name of [
      'ring',
      'machine_detection',
      'record_action',
      'dial_hangup',
      'conference_wait_sound',
    ]) {
      expect((await post('answer', form(name))).body).toContain('<Response></Response>');
    }
  });

  it('returns an empty document for an ended call', async () => {
    const { host, post } = await start();
    await post('hangup', form('hangup_normal_caller'));
    const before = host.events.length;
    expect((await post('answer', inbound)).body).toContain('<Response></Response>');
    expect(host.events).toHaveLength(before);
    expect(host.state.entries.size).toBe(0);
  });
});

describe('a hangup', () => {
  it.each(['hangup', 'answer'])('ends the call at each URL: %s', async (path) => {
    const { host, post } = await start();
    await post('answer', inbound);
    expect((await post(path, form('hangup_normal_caller'))).status).toBe(200);
    expect(host.eventsOf('call.ended')).toMatchObject([{ end: { category: 'CUSTOMER_ENDED' } }]);
    expect(host.eventsOf('call.report')).toHaveLength(1);
    expect(host.state.entries.size).toBe(0);
  });

  it('has the same dedupe key when it is redelivered', async () => {
    const { host, post } = await start();
    await post('hangup', form('hangup_normal_caller'));
    await post('hangup', form('hangup_normal_caller'));
    expect(host.eventsOf('call.ended').map(({ dedupeKey }) => dedupeKey)).toEqual(['hangup', 'hangup']);
  });
});

describe('status callbacks of a stream', () => {
  it('are accepted, and reported as notices if something failed', async () => {
    const { host, post } = await start();
    for (const name of ['stream_start', 'stream_played', 'stream_dropped', 'stream_stop']) {
      expect(await post('stream-status', form(name))).toMatchObject({ status: 200 });
    }
    expect(host.events).toMatchObject([{ type: 'notice', code: 'VOBIZ_STREAM_DROPPED' }]);
  });
});

describe('other URLs', () => {
  it('are not found', async () => {
    const { provider, post } = await start();
    expect(await post('other', inbound)).toMatchObject({ status: 404 });
    expect(await post('constructor', inbound)).toMatchObject({ status: 404 });
    const request = createIngressRequest({ method: 'PUT', path: 'answer', form: inbound });
    expect(await provider.ingress!.request!(request)).toMatchObject({ status: 405 });
  });
});

describe('the URL of a stream', () => {
  const admission = (path: string) => createIngressRequest({ method: 'GET', path });

  it('is admitted only if it is exact', async () => {
    const { provider, answer } = await start();
    const path = await answer();
    const { admitSocket } = provider.ingress!;
    expect(admitSocket!(admission(path))).toEqual({ admit: true });
    for (const wrong of ['stream/', 'stream/guess', `${path}/`, `${path}x`, 'answer', `other/${path}`]) {
      expect(admitSocket!(admission(wrong)), wrong).toEqual({ admit: false, status: 404 });
    }
  });

  it('expires after the longest possible call', async () => {
    const { host, provider, answer } = await start();
    const path = await answer();
    await host.clock.advance(TOKEN_LIFETIME_MS);
    expect(provider.ingress!.admitSocket!(admission(path))).toEqual({ admit: false, status: 404 });
    // A restart does not restore it.
    const { clock, state } = host;
    await provider.stop(signal);
    await start({}, { clock, state });
    expect(state.entries.size).toBe(0);
  });

  it('is never logged', async () => {
    const { host, post, open, answer } = await start();
    const peer = open(await answer());
    peer.cut();
    await post('hangup', form('hangup_normal_caller'));
    await host.clock.settle();
    expect(host.logText()).not.toMatch(/fake-token|auth-token|\+?91\d{10}/);
  });
});
