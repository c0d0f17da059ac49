import { createCommandContext, createControlledCall, connectionFailure } from '@sidetone/testkit';
import type { ControlArguments } from '@sidetone/core';
import { describe, expect, it } from 'vitest';
import { MAX_TRANSFERS, TRANSFER_LIFETIME_MS, TRANSFER_RETRY_MS } from '../../src/answer/transfer-grants.ts';
import { AUTH, BASE, start, type Harness } from '../harness.ts';
import { CALL, form, reply } from '../samples.ts';

const ACCOUNT = `${BASE}/Account/${AUTH.authId}`;
const CALL_URL = `${ACCOUNT}/Call/${CALL}/`;
const call = createControlledCall(CALL);
const context = createCommandContext();
const ENDED = 'call_get_live_404';
const TRANSFERRED = { status: 202, json: { api_id: 'a', message: 'call transferred', call_uuid: CALL } };
const NUMBER = { number: '+919000000003' };

const answered = (name: string) => ({ ...reply(name) });

describe('say', () => {
  it.each([
    [{}, { voice: 'WOMAN', language: 'en-US' }],
    [{ speak: { voice: 'Polly.Aditi', language: 'hi-IN' } }, { voice: 'Polly.Aditi', language: 'hi-IN' }],
  ])('uses the voice of the options: %j', async (options, voice) => {
    const { host, provider } = await start(options);
    host.respond('POST', `${CALL_URL}Speak/`, answered('call_speak_202'));
    const say = { content: 'Hello.', endCallAfterSpoken: false, interrupt: false };
    await provider.controls!.say!(call, say, context);
    expect(host.requests[0]?.json).toEqual({ text: 'Hello.', ...voice, legs: 'aleg', mix: true });
  });
});

describe('playAudio and clearAudio', () => {
  it('play one URL, also if it contains a comma', async () => {
    const { host, provider } = await start();
    host.respond('POST', `${CALL_URL}Play/`, answered('call_play_202'));
    await provider.controls!.playAudio!(call, { url: 'https://media.example.in/a,b.mp3' }, context);
    expect(host.requests[0]?.json).toEqual({
      urls: 'https://media.example.in/a%2Cb.mp3',
      legs: 'aleg',
      mix: true,
    });
  });

  it.each(['', 'hold.mp3', 'file:///etc/passwd', 'data:audio/wav;base64,AA'])(
    'reject a URL that is not http or https: %j',
    async (url) => {
      const { host, provider } = await start();
      await expect(provider.controls!.playAudio!(call, { url }, context)).rejects.toMatchObject({
        code: 'INPUT_INVALID',
        details: { argument: 'url' },
      });
      expect(host.requests).toEqual([]);
    },
  );

  it('stop speech and played audio', async () => {
    for (const [speak, play] of [
      [204, 204],
      [404, 204],
      [204, 404],
    ] as const) {
      const { host, provider } = await start();
      const json = { error: 'nothing playing' };
      host.respond('DELETE', `${CALL_URL}Speak/`, speak === 204 ? { status: 204 } : { status: 404, json });
      host.respond('DELETE', `${CALL_URL}Play/`, play === 204 ? { status: 204 } : { status: 404, json });
      await provider.controls!.clearAudio!(call, {}, context);
      expect(host.requests).toHaveLength(2);
    }
  });

  it('succeed if nothing is played, unless the call has ended', async () => {
    const { host, provider } = await start();
    for (const what of ['Speak', 'Play']) host.respond('DELETE', `${CALL_URL}${what}/`, answered(ENDED));
    host.respond('GET', `${CALL_URL}?status=live`, { json: { call_status: 'in-progress' } });
    await provider.controls!.clearAudio!(call, {}, context);
    host.respond('GET', `${CALL_URL}?status=live`, answered(ENDED));
    await expect(provider.controls!.clearAudio!(call, {}, context)).rejects.toMatchObject({
      code: 'CALL_NOT_LIVE',
    });
  });
});

describe('sendDtmf', () => {
  it('sends digits on the leg of the customer', async () => {
    const { host, provider } = await start();
    host.respond('POST', `${CALL_URL}DTMF/`, answered('call_dtmf_202'));
    await provider.controls!.sendDtmf!(call, { digits: '12w#' }, context);
    expect(host.requests[0]?.json).toEqual({ digits: '12w#', leg: 'aleg' });
    host.respond('POST', `${CALL_URL}DTMF/`, answered(ENDED));
    await expect(provider.controls!.sendDtmf!(call, { digits: '1' }, context)).rejects.toMatchObject({
      code: 'CALL_NOT_LIVE',
    });
  });

  it.each(['', 'A', '1 2', '+1'])('rejects invalid digits without a request: %j', async (digits) => {
    const { host, provider } = await start();
    await expect(provider.controls!.sendDtmf!(call, { digits }, context)).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      details: { argument: 'digits' },
    });
    expect(host.requests).toEqual([]);
  });
});

type Transfer = ControlArguments['transfer'];

/** Transfers the call of the samples and returns the path that Vobiz requests. */
async function transferred({ host, provider }: Harness, args: Transfer): Promise<string> {
  host.respond('POST', CALL_URL, TRANSFERRED);
  await provider.controls!.transfer!(call, args, context);
  const body = host.requests.at(-1)?.json as { aleg_url: string };
  return body.aleg_url.slice('https://calls.example.com/providers/fake/'.length);
}

describe('a transfer', () => {
  it('redirects the call to a URL of its own', async () => {
    const harness = await start();
    const path = await transferred(harness, NUMBER);
    expect(harness.host.requests[0]?.json).toEqual({
      legs: 'aleg',
      aleg_url: `https://calls.example.com/providers/fake/${path}`,
      aleg_method: 'POST',
    });
    expect(path).toMatch(/^transfer\/fake-token-\d+$/);
    expect(harness.host.events).toEqual([]);
  });

  it('starts when that URL is requested, with a new fork of the audio', async () => {
    const harness = await start({ answer: { mode: 'tap', dial: '+918000000001', callerId: '918000000009' } });
    const path = await transferred(harness, { ...NUMBER, content: 'I put you through.', extension: 'w42' });
    const { status, body } = await harness.post(path, form('transfer_url'));
    expect(status).toBe(200);
    expect(body).toMatch(
      /<Response><Stream [^>]*>wss:[^<]*\/stream\/fake-token-\d+<\/Stream><Speak voice="WOMAN" language="en-US">I put you through.<\/Speak><Dial callerId="918000000009" [^>]*><Number sendDigits="w42">\+919000000003<\/Number><\/Dial><\/Response>/,
    );
    expect(harness.host.eventsOf('transfer.started')).toEqual([
      {
        type: 'transfer.started',
        providerCallId: CALL,
        occurredAt: harness.host.clock.now(),
        destination: '+919000000003',
        dedupeKey: 'transfer:cmd_fake',
      },
    ]);
    expect(harness.host.eventsOf('call.ended')).toEqual([]);
    harness.host.verify();
  });

  it('dials a SIP address with the allowed attributes', async () => {
    const harness = await start();
    const providerOptions = { timeout: 20, hangupOnStar: true, dialMusic: 'real' };
    const args = { sipUri: 'sip:desk@pbx.example.net', callerId: '918000000007', providerOptions };
    const { body } = await harness.post(await transferred(harness, args), form('transfer_url'));
    expect(body).toContain('<Dial timeout="20" hangupOnStar="true" dialMusic="real" callerId="918000000007"');
    expect(body).toContain('<User>sip:desk@pbx.example.net</User>');
  });

  it.each<[Transfer, string]>([
    [{}, 'number'],
    [{ ...NUMBER, sipUri: 'sip:a@b' }, 'number'],
    [{ number: '+91 900' }, 'number'],
    [{ number: '1<2' }, 'number'],
    [{ sipUri: 'sip:des k@b' }, 'sipUri'],
    [{ sipUri: 'sip:a@b', extension: '1' }, 'extension'],
    [{ ...NUMBER, extension: 'x' }, 'extension'],
    [{ ...NUMBER, callerId: 'Acme' }, 'callerId'],
    [{ ...NUMBER, content: ' ' }, 'content'],
    [{ ...NUMBER, content: 'x'.repeat(501) }, 'content'],
    [{ ...NUMBER, providerOptions: { action: 'https://example.net' } }, 'providerOptions.action'],
    [{ ...NUMBER, providerOptions: { constructor: 1 } }, 'providerOptions.constructor'],
    [{ ...NUMBER, providerOptions: { timeout: '20' } }, 'providerOptions.timeout'],
    [{ ...NUMBER, providerOptions: { dialMusic: 'loud' } }, 'providerOptions.dialMusic'],
  ])('%j is rejected without a request, with the name of the argument: %s', async (args, argument) => {
    const { host, provider } = await start();
    await expect(provider.controls!.transfer!(call, args, context)).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      details: { argument },
    });
    expect(host.requests).toEqual([]);
    expect(host.state.entries.size).toBe(0);
  });

  it.each([ENDED, 'route_missing_gateway_404', 'call_make_401'])(
    'that Vobiz rejected leaves no state: %s',
    async (name) => {
      const { host, provider } = await start();
      host.respond('POST', CALL_URL, answered(name));
      const code = name === ENDED ? 'CALL_NOT_LIVE' : 'PROVIDER_REFUSED';
      await expect(provider.controls!.transfer!(call, NUMBER, context)).rejects.toMatchObject({ code });
      expect(host.state.entries.size).toBe(0);
    },
  );

  it('that timed out may still be requested', async () => {
    const { host, provider, post } = await start();
    host.respond('POST', CALL_URL, () => {
      throw connectionFailure('ECONNRESET');
    });
    await expect(provider.controls!.transfer!(call, NUMBER, context)).rejects.toMatchObject({
      code: 'PROVIDER_TIMEOUT',
    });
    expect(await post('transfer/fake-token-1', form('transfer_url'))).toMatchObject({ status: 200 });
  });
});

describe('the URL of a transfer', () => {
  it('is valid for one use, repeated for a lost response, and starts one transfer', async () => {
    const harness = await start();
    const path = await transferred(harness, NUMBER);
    const first = await harness.post(path, form('transfer_url'));
    expect(await harness.post(path, form('transfer_url'))).toEqual(first);
    expect(harness.host.eventsOf('transfer.started')).toHaveLength(1);
    await harness.host.clock.advance(TRANSFER_RETRY_MS);
    expect(await harness.post(path, form('transfer_url'))).toMatchObject({ status: 404 });
  });

  it('is valid for its call only, and for a few minutes', async () => {
    const harness = await start();
    const path = await transferred(harness, NUMBER);
    const foreign = { ...form('transfer_url'), CallUUID: 'another' };
    expect(await harness.post(path, foreign)).toMatchObject({ status: 404 });
    expect(await harness.post('transfer/guess', form('transfer_url'))).toMatchObject({ status: 404 });
    expect(harness.host.eventsOf('transfer.started')).toEqual([]);
    await harness.host.clock.advance(TRANSFER_LIFETIME_MS);
    expect(await harness.post(path, form('transfer_url'))).toMatchObject({ status: 404 });
  });

  it('is revoked when its call ends', async () => {
    const harness = await start();
    const path = await transferred(harness, NUMBER);
    await harness.post('hangup', form('hangup_normal_caller'));
    expect(await harness.post(path, form('transfer_url'))).toMatchObject({ status: 404 });
    expect(harness.host.state.entries.size).toBe(0);
  });

  it('is kept across a restart', async () => {
    const before = await start();
    const path = await transferred(before, NUMBER);
    const { clock, state } = before.host;
    state.entries.set('transfer/broken', '{"callId":1}');
    const after = await start({}, { clock, state });
    expect(await after.post(path, form('transfer_url'))).toMatchObject({ status: 200 });
    expect([...state.entries.keys()].filter((key) => key.startsWith('transfer/'))).toEqual([]);
  });

  it('is dropped at the limit of pending transfers, the oldest first', async () => {
    const harness = await start();
    const first = await transferred(harness, NUMBER);
    for (let count = 0; count < MAX_TRANSFERS; count++) await transferred(harness, NUMBER);
    expect(await harness.post(first, form('transfer_url'))).toMatchObject({ status: 404 });
    expect(harness.host.state.entries.size).toBe(MAX_TRANSFERS);
  });
});

describe('placeCall', () => {
  const ANSWER = 'https://calls.example.com/providers/fake';
  const post = `${ACCOUNT}/Call/`;

  it.each(['call_make_201', 'call_make_200_doc'])(
    'places a call with the URLs of this instance: %s',
    async (name) => {
      const { host, provider } = await start({ from: '+918000000001' });
      host.respond('POST', post, answered(name));
      expect(await provider.placeCall!({ to: '+919000000002' }, context)).toBe(CALL);
      expect(host.requests).toHaveLength(1);
      expect(host.requests[0]?.json).toEqual({
        from: '+918000000001',
        to: '+919000000002',
        answer_url: `${ANSWER}/answer`,
        answer_method: 'POST',
        ring_url: `${ANSWER}/ring`,
        ring_method: 'POST',
        hangup_url: `${ANSWER}/hangup`,
        hangup_method: 'POST',
      });
      expect(host.events).toMatchObject([
        {
          type: 'call.started',
          providerCallId: CALL,
          status: 'QUEUED',
          details: { direction: 'OUTBOUND', from: '+918000000001', to: '+919000000002' },
        },
      ]);
    },
  );

  it('requests machine detection with a callback to this instance', async () => {
    const { host, provider } = await start({ from: '+918000000001' });
    host.respond('POST', post, answered('call_make_201'));
    const providerOptions = { machine_detection: true, time_limit: 600 };
    await provider.placeCall!({ to: 'sip:ana@example.net', from: '918000000009', providerOptions }, context);
    expect(host.requests[0]?.json).toMatchObject({
      from: '918000000009',
      to: 'sip:ana@example.net',
      time_limit: 600,
      machine_detection: 'true',
      machine_detection_url: `${ANSWER}/events`,
    });
  });

  it.each([
    [{ to: '' }, 'to'],
    [{ to: '919000000002<919000000003' }, 'to'],
    [{ to: '+919000000002', from: 'Acme' }, 'from'],
    [{ to: '+919000000002', assistantId: 'a' }, 'assistantId'],
    [
      { to: '+919000000002', providerOptions: { answer_url: 'https://example.net' } },
      'providerOptions.answer_url',
    ],
  ])('%j is rejected without a request, with the name of the argument: %s', async (args, argument) => {
    const { host, provider } = await start({ from: '+918000000001' });
    await expect(provider.placeCall!(args, context)).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      details: { argument },
    });
    expect(host.requests).toEqual([]);
  });

  it('requires a number to call from', async () => {
    const { provider } = await start();
    await expect(provider.placeCall!({ to: '+919000000002' }, context)).rejects.toMatchObject({
      details: { argument: 'from' },
    });
  });

  it.each([
    ['call_make_400_not_owned', 'PROVIDER_REFUSED'],
    ['call_make_401', 'PROVIDER_REFUSED'],
    ['route_missing_gateway_404', 'PROVIDER_REFUSED'],
    [ENDED, 'PROVIDER_REFUSED'],
  ])('emits nothing for a rejected request: %s', async (name, code) => {
    const { host, provider } = await start({ from: '+918000000001' });
    host.respond('POST', post, answered(name));
    await expect(provider.placeCall!({ to: '+919000000002' }, context)).rejects.toMatchObject({ code });
    expect(host.events).toEqual([]);
  });

  it('never retries, because the call may have been placed', async () => {
    for (const answer of [
      () => {
        throw connectionFailure('ECONNRESET');
      },
      { status: 502 },
      { status: 201, json: { message: 'call fired' } },
    ]) {
      const { host, provider } = await start({ from: '+918000000001' });
      host.respond('POST', post, answer);
      await expect(provider.placeCall!({ to: '+919000000002' }, context)).rejects.toMatchObject({
        code: 'PROVIDER_TIMEOUT',
      });
      expect(host.requests).toHaveLength(1);
    }
  });
});
