import { createCommandContext, createControlledCall, NEVER } from '@sidetone/testkit';
import { describe, expect, it } from 'vitest';
import { REQUEST_TIMEOUT_MS } from '../../src/rest/rest-client.ts';
import { MAX_SPEAK_CHARACTERS } from '../../src/config.ts';
import { AUTH, BASE, start } from '../harness.ts';
import { CALL, form, reply } from '../samples.ts';

const CALL_URL = `${BASE}/Account/${AUTH.authId}/Call/${CALL}/`;
const SPEAK_URL = `${CALL_URL}Speak/`;
/** The URLs of the call itself, in both spellings. */
const CALL_URLS = new RegExp(`/Call/${CALL}/?$`);
const LIVE_URL = new RegExp(`/Call/${CALL}/?\\?status=live$`);
const call = createControlledCall(CALL);
const context = createCommandContext();
const { signal } = context;
const say = { content: 'One moment.', endCallAfterSpoken: false, interrupt: false };

/** Returns the response of a sample for the fake host. */
const sampleReply = (name: string) => ({ ...reply(name) });

describe('say', () => {
  it('speaks on the leg of the customer, mixed into the call', async () => {
    const { host, provider } = await start();
    host.respond('POST', SPEAK_URL, sampleReply('call_speak_202'));
    await provider.controls!.say!(call, say, context);
    expect(host.requests).toMatchObject([{ json: { text: 'One moment.', legs: 'aleg', mix: true } }]);
    expect(host.requests[0]?.headers).toMatchObject({
      'x-auth-id': AUTH.authId,
      'x-auth-token': AUTH.authToken,
      'content-type': 'application/json',
      'user-agent': 'sidetone/0.1.0',
    });
    host.verify();
  });

  it('stops current speech first if it interrupts, also if there is none', async () => {
    const { host, provider } = await start();
    host.respond('DELETE', SPEAK_URL, sampleReply('call_get_live_404'));
    host.respond('POST', SPEAK_URL, sampleReply('call_speak_202'));
    await provider.controls!.say!(call, { ...say, interrupt: true }, context);
    expect(host.requests.map(({ method }) => method)).toEqual(['DELETE', 'POST']);
  });

  it.each([
    [{ endCallAfterSpoken: true }, 'CAPABILITY_MISSING'],
    [{ content: '' }, 'INPUT_INVALID'],
    [{ content: 'x'.repeat(MAX_SPEAK_CHARACTERS + 1) }, 'INPUT_INVALID'],
  ])('rejects unsupported arguments without a request: %#', async (args, code) => {
    const { host, provider } = await start();
    await expect(provider.controls!.say!(call, { ...say, ...args }, context)).rejects.toMatchObject({ code });
    expect(host.requests).toEqual([]);
  });

  it('fails for an ended call', async () => {
    const { host, provider } = await start();
    host.respond('POST', SPEAK_URL, sampleReply('call_get_live_404'));
    await expect(provider.controls!.say!(call, say, context)).rejects.toMatchObject({
      code: 'CALL_NOT_LIVE',
    });
  });

  it('times out after ten seconds with an unknown outcome', async () => {
    const { host, provider } = await start();
    host.respond('POST', SPEAK_URL, NEVER);
    const failure = provider.controls!.say!(call, say, context).catch((error: unknown) => error);
    await host.clock.advance(REQUEST_TIMEOUT_MS);
    expect(await failure).toMatchObject({ code: 'PROVIDER_TIMEOUT' });
  });
});

describe('a failed request', () => {
  const limited = {
    status: 'error',
    error: { code: 'RATE_LIMIT_EXCEEDED', message: 'slow down', details: { retryAfter: 7 } },
  };

  it.each([
    [
      { status: 400, json: { api_id: 'a', error: 'no such voice' } },
      'PROVIDER_REFUSED',
      'Vobiz answered 400: no such voice',
    ],
    [reply('call_make_401'), 'PROVIDER_REFUSED', 'Vobiz answered 401: authentication failed'],
    [
      reply('conference_get_200_failed_while_live'),
      'PROVIDER_REFUSED',
      'Vobiz answered 200 with an error: failed',
    ],
    [reply('route_missing_gateway_404'), 'PROVIDER_REFUSED', 'Vobiz answered 404: Not Found'],
    [{ status: 429, json: limited }, 'PROVIDER_RATE_LIMITED', 'Vobiz answered 429: slow down'],
    [{ status: 200, json: limited }, 'PROVIDER_REFUSED', 'Vobiz answered 200 with an error: slow down'],
    [{ status: 503, text: '' }, 'PROVIDER_UNREACHABLE', 'Vobiz answered 503'],
  ])('%j is %s', async (answer, code, message) => {
    const { host, provider } = await start();
    host.respond('POST', SPEAK_URL, answer);
    await expect(provider.controls!.say!(call, say, context)).rejects.toMatchObject({ code, message });
  });

  it('reports the retry delay of a rate limit', async () => {
    const { host, provider } = await start();
    host.respond('POST', SPEAK_URL, { status: 429, json: limited });
    await expect(provider.controls!.say!(call, say, context)).rejects.toMatchObject({
      details: { retryAfterSeconds: 7 },
    });
  });
});

describe('endCall', () => {
  it.each(['call_hangup_204', 'call_get_live_404'])(
    'succeeds, also for a call that has ended: %s',
    async (name) => {
      const { host, provider } = await start();
      host.respond('DELETE', CALL_URLS, sampleReply(name));
      await provider.controls!.endCall!(call, {}, context);
      // The end is reported by a webhook.
      expect(host.events).toEqual([]);
      host.verify();
    },
  );

  it('fails if the URL of the API is wrong', async () => {
    const { host, provider } = await start();
    host.respond('DELETE', CALL_URLS, sampleReply('route_missing_gateway_404'));
    await expect(provider.controls!.endCall!(call, {}, context)).rejects.toMatchObject({
      code: 'PROVIDER_REFUSED',
    });
  });
});

describe('controlsFor', () => {
  it('includes LISTEN once the call was answered here, and nothing once it has ended', async () => {
    const { provider, post } = await start();
    const all = ['SAY', 'TRANSFER', 'END_CALL', 'SEND_DTMF', 'PLAY_AUDIO', 'CLEAR_AUDIO'];
    expect(provider.controlsFor!(call)).toEqual(all);
    await post('answer', form('answer_outbound'));
    expect(provider.controlsFor!(call)).toEqual([...all, 'LISTEN']);
    expect(provider.controlsFor!({ ...call, status: 'RINGING' })).toEqual(['END_CALL', 'LISTEN']);
    expect(provider.controlsFor!({ ...call, status: 'ENDED' })).toEqual([]);
  });
});

describe('reconcile', () => {
  it('emits the status of a live call', async () => {
    const { host, provider } = await start();
    const json = {
      call_status: 'in-progress',
      direction: 'inbound',
      from: '919000000002',
      to: '918000000001',
    };
    host.respond('GET', LIVE_URL, { json });
    await provider.reconcile!([call], signal);
    expect(host.events).toMatchObject([
      {
        type: 'call.started',
        status: 'IN_PROGRESS',
        details: { direction: 'INBOUND', from: '+919000000002' },
      },
    ]);
  });

  it('ends a call that is not live with the data of its record', async () => {
    const { host, provider } = await start();
    host.respond('GET', LIVE_URL, sampleReply('call_get_live_404'));
    host.respond('GET', `${BASE}/Account/${AUTH.authId}/cdr/${CALL}`, sampleReply('cdr_get_200'));
    await provider.reconcile!([call], signal);
    expect(host.eventsOf('call.ended')).toMatchObject([
      { dedupeKey: 'hangup', end: { category: 'CUSTOMER_ENDED', code: '4000' } },
    ]);
    expect(host.eventsOf('call.report')).toMatchObject([{ cost: { amount: 1.3, currency: 'INR' } }]);
    host.verify();
  });

  it('ends a call without a record for an unknown reason', async () => {
    const { host, provider, answer } = await start();
    await answer();
    host.respond('GET', LIVE_URL, sampleReply('call_get_live_404'));
    host.respond('GET', /\/cdr\//, sampleReply('route_missing_gateway_404'));
    await provider.reconcile!([call], signal);
    expect(host.eventsOf('call.ended')).toMatchObject([{ end: { category: 'UNKNOWN' } }]);
    expect(host.state.entries.size).toBe(0);
  });

  it('does not end a call again whose hangup arrives during the lookup', async () => {
    const { host, provider, post } = await start();
    host.respond('GET', LIVE_URL, async () => {
      if (host.events.length === 0) await post('hangup', form('hangup_normal_caller'));
      return sampleReply('call_get_live_404');
    });
    await provider.reconcile!([call], signal);
    expect(host.eventsOf('call.ended')).toMatchObject([{ end: { category: 'CUSTOMER_ENDED' } }]);
  });

  it.each(['route_missing_gateway_404', 'call_make_401', 'conference_get_200_failed_while_live'])(
    'does not end a call because of another failure: %s',
    async (name) => {
      const { host, provider } = await start();
      host.respond('GET', LIVE_URL, sampleReply(name));
      await expect(provider.reconcile!([call], signal)).rejects.toMatchObject({ kind: 'provider' });
      expect(host.events).toEqual([]);
    },
  );
});

describe('health', () => {
  it('checks that Vobiz is reachable and accepts the credentials', async () => {
    const { host, provider } = await start({ apiBaseUrl: `${BASE}/` });
    host.respond('GET', `${BASE}/auth/me`, { json: { auth_id: AUTH.authId } });
    await provider.health!(signal);
    host.respond('GET', `${BASE}/auth/me`, sampleReply('call_make_401'));
    await expect(provider.health!(signal)).rejects.toMatchObject({ code: 'PROVIDER_REFUSED' });
  });
});

describe('an id that would change the path', () => {
  it.each(['.', '..', '%2e%2e', 'a/../..', ''])('sends no request: %j', async (id) => {
    const { host, provider } = await start();
    const forged = createControlledCall(id);
    const { controls, reconcile } = provider;
    await expect(controls!.endCall!(forged, {}, context)).rejects.toMatchObject({
      code: 'PROVIDER_ID_INVALID',
    });
    await expect(controls!.say!(forged, say, context)).rejects.toMatchObject({ code: 'PROVIDER_ID_INVALID' });
    await reconcile!([forged], signal).catch(() => undefined);
    expect(host.requests).toEqual([]);
  });

  it.each(['.', '..', '%2e', 'a/b', 'a b'])('is rejected in a webhook: %j', async (CallUUID) => {
    const { host, post } = await start();
    const hangup = post('hangup', { CallUUID, Event: 'Hangup', HangupCause: 'NORMAL_CLEARING' });
    await expect(hangup).rejects.toMatchObject({ code: 'WIRE_MALFORMED' });
    expect(host.events).toEqual([]);
  });
});
