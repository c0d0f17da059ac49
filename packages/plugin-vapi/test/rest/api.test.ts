import { connectionFailure, createCommandContext, createControlledCall, NEVER } from '@sidetone/testkit';
import { describe, expect, it } from 'vitest';
import { SECRETS, start, type Harness } from '../harness.ts';
import { CALL, CONTROL_URL, LISTEN_URL, OTHER_CALL, sample } from '../samples.ts';

const API_CALL = `https://api.vapi.ai/call/${CALL}`;
const call = createControlledCall(CALL);
const context = createCommandContext();
const { signal } = context;
const say = { content: 'One moment.', endCallAfterSpoken: false, interrupt: false };
const live = { id: CALL, status: 'in-progress', monitor: { listenUrl: LISTEN_URL, controlUrl: CONTROL_URL } };
const ended = sample('get ended call, full', 'rest-response');

const CONTROLS = [
  'SAY',
  'ADD_MESSAGE',
  'MUTE_ASSISTANT',
  'MUTE_CUSTOMER',
  'SAY_FIRST_MESSAGE',
  'TRANSFER',
  'HANDOFF',
  'END_CALL',
];

/** Starts an instance that knows the monitor URLs of the call. */
async function startKnown(options: object = {}): Promise<Harness> {
  const harness = await start(options);
  await harness.post(sample('status-update in-progress, embedded call stale'));
  return harness;
}

describe('say', () => {
  it('posts the command to the control URL, with the public key', async () => {
    const { host, provider } = await startKnown();
    host.respond('POST', CONTROL_URL, { status: 204 });
    await provider.controls!.say!(call, say, context);
    await provider.controls!.say!(call, { ...say, endCallAfterSpoken: true, interrupt: true }, context);
    expect(host.requests.map(({ json }) => json)).toEqual([
      { type: 'say', content: 'One moment.' },
      { type: 'say', content: 'One moment.', endCallAfterSpoken: true, interruptAssistantEnabled: true },
    ]);
    expect(host.requests[0]).toMatchObject({ redirect: 'manual' });
    expect(host.requests[0]?.headers).toMatchObject({
      authorization: `Bearer ${SECRETS.publicKey}`,
      'user-agent': 'sidetone/0.1.0',
    });
    host.verify();
  });

  it('rejects an empty text without a request', async () => {
    const { host, provider } = await startKnown();
    await expect(provider.controls!.say!(call, { ...say, content: ' ' }, context)).rejects.toMatchObject({
      code: 'INPUT_INVALID',
    });
    expect(host.requests).toEqual([]);
  });

  it('is retried once if it was not sent, and not if its outcome is unknown', async () => {
    for (const [failure, requests] of [
      ['ECONNRESET', 1],
      ['ECONNREFUSED', 2],
    ] as const) {
      const { host, provider } = await startKnown();
      host.respond('POST', CONTROL_URL, () => {
        throw connectionFailure(failure);
      });
      await expect(provider.controls!.say!(call, say, context)).rejects.toMatchObject({ kind: 'provider' });
      expect(host.requests).toHaveLength(requests);
    }
  });

  it('times out after five seconds', async () => {
    const { host, provider } = await startKnown();
    host.respond('POST', CONTROL_URL, NEVER);
    const failure = provider.controls!.say!(call, say, context).catch((error: unknown) => error);
    await host.clock.advance(5000);
    expect(await failure).toMatchObject({ code: 'PROVIDER_TIMEOUT' });
  });
});

describe('rejection', () => {
  it.each([
    [{ status: 429, json: { message: 'Too Many Requests' } }, 'PROVIDER_RATE_LIMITED'],
    [{ status: 401, json: { message: 'Invalid key' } }, 'PROVIDER_REFUSED'],
    [{ status: 307, headers: { location: 'https://elsewhere.example.com/' } }, 'PROVIDER_REFUSED'],
    [{ status: 503 }, 'PROVIDER_UNREACHABLE'],
    [{ status: 504 }, 'PROVIDER_TIMEOUT'],
  ])('%j becomes %s', async (reply, code) => {
    const { host, provider } = await startKnown();
    host.respond('POST', CONTROL_URL, reply);
    host.respond('GET', API_CALL, { json: live });
    await expect(provider.controls!.say!(call, say, context)).rejects.toMatchObject({ code });
    host.verify();
  });

  it('contains the message of Vapi', async () => {
    const { host, provider } = await startKnown();
    host.respond('POST', CONTROL_URL, { status: 400, json: { message: ['content must be shorter'] } });
    host.respond('GET', API_CALL, { json: live });
    await expect(provider.controls!.say!(call, say, context)).rejects.toMatchObject({
      code: 'PROVIDER_REFUSED',
      message: 'Vapi answered 400: content must be shorter',
    });
  });

  it('of a command to an ended call ends the call here', async () => {
    const { host, provider } = await startKnown();
    host.respond('POST', CONTROL_URL, { status: 400, json: { message: 'Call not active' } });
    host.respond('GET', API_CALL, { json: ended });
    await expect(provider.controls!.say!(call, say, context)).rejects.toMatchObject({
      code: 'CALL_NOT_LIVE',
    });
    expect(host.eventsOf('call.ended')).toMatchObject([{ end: { code: 'customer-ended-call' } }]);
  });
});

describe('endCall', () => {
  it('is retried once if it was not sent', async () => {
    const { host, provider } = await startKnown();
    let attempts = 0;
    host.respond('POST', CONTROL_URL, () => {
      if (++attempts === 1) throw connectionFailure('ECONNREFUSED');
      return { status: 200, json: {} };
    });
    await provider.controls!.endCall!(call, {}, context);
    expect(host.requests.map(({ json }) => json)).toEqual([{ type: 'end-call' }, { type: 'end-call' }]);
  });
});

describe('call with unknown monitor URLs', () => {
  it('is requested once', async () => {
    const { host, provider } = await start();
    host.respond('GET', API_CALL, { json: live });
    host.respond('POST', CONTROL_URL, { status: 200 });
    await provider.controls!.endCall!(call, {}, context);
    await provider.controls!.endCall!(call, {}, context);
    expect(host.requests.map(({ method }) => method)).toEqual(['GET', 'POST', 'POST']);
    expect(host.requests[0]?.headers['authorization']).toBe(`Bearer ${SECRETS.apiKey}`);
  });

  it('may have ended, or have no control URL', async () => {
    const { host, provider } = await start();
    host.respond('GET', API_CALL, { json: ended });
    await expect(provider.controls!.endCall!(call, {}, context)).rejects.toMatchObject({
      code: 'CALL_NOT_LIVE',
    });
    const other = createControlledCall(OTHER_CALL);
    host.respond('GET', `https://api.vapi.ai/call/${OTHER_CALL}`, {
      json: { id: OTHER_CALL, status: 'in-progress', monitor: {} },
    });
    await expect(provider.controls!.endCall!(other, {}, context)).rejects.toMatchObject({
      code: 'CAPABILITY_MISSING',
    });
    host.verify();
  });
});

describe('controlsFor', () => {
  it('depends on the known monitor URLs', async () => {
    const { provider, post } = await start();
    expect(provider.controlsFor!(call)).toEqual(CONTROLS);
    await post(sample('status-update in-progress, embedded call stale'));
    expect(provider.controlsFor!(call)).toEqual([...CONTROLS, 'LISTEN']);
    expect(provider.controlsFor!({ ...call, status: 'ENDED' })).toEqual([]);
  });

  it('is empty if the monitor URLs are not allowed', async () => {
    const { provider, post } = await start();
    await post(sample('call id of another host in monitor (must be refused)'));
    expect(provider.controlsFor!(call)).toEqual([]);
  });
});

describe('reconcile', () => {
  it('ends calls that have ended or that Vapi does not find', async () => {
    const { host, provider } = await start();
    host.respond('GET', API_CALL, { json: ended });
    host.respond('GET', `https://api.vapi.ai/call/${OTHER_CALL}`, {
      status: 404,
      json: sample('error 404, unknown call', 'rest-response'),
    });
    const done = provider.reconcile!([call, createControlledCall(OTHER_CALL)], signal);
    await host.clock.advance(1000);
    await done;
    expect(
      host.eventsOf('call.ended').map(({ providerCallId, end }) => [providerCallId, end.category]),
    ).toEqual([
      [CALL, 'CUSTOMER_ENDED'],
      [OTHER_CALL, 'UNKNOWN'],
    ]);
    expect(host.eventsOf('call.report')).toHaveLength(1);
    host.verify();
  });

  it('stores the monitor URLs of live calls', async () => {
    const { host, provider } = await start();
    host.respond('GET', API_CALL, { json: live });
    host.answerDials(() => {});
    host.setDemand('levels', CALL, true);
    await provider.reconcile!([call], signal);
    await host.clock.settle();
    expect(host.eventsOf('call.started')).toMatchObject([{ status: 'IN_PROGRESS' }]);
    expect(host.dials).toHaveLength(1);
  });

  it('does not revive a call that ended during the request', async () => {
    const { host, provider, post } = await startKnown();
    host.respond('GET', API_CALL, async () => {
      await post(sample('status-update ended, new unknown reason'));
      return { json: live };
    });
    await provider.reconcile!([call], signal);
    expect(host.events.at(-1)?.type).toBe('call.ended');
  });

  it('emits nothing for a call whose request failed, and rejects', async () => {
    const { host, provider } = await start();
    host.respond('GET', API_CALL, { status: 403, text: 'error code: 1010' });
    await expect(provider.reconcile!([call], signal)).rejects.toMatchObject({
      message: expect.stringContaining('error code: 1010') as string,
    });
    expect(host.events).toEqual([]);
  });

  it('rejects a response with another call', async () => {
    const { host, provider } = await start();
    host.respond('GET', API_CALL, { json: { ...live, id: OTHER_CALL, status: 'ended' } });
    await expect(provider.reconcile!([call], signal)).rejects.toThrow('expected the requested call');
    expect(host.events).toEqual([]);
  });
});

describe('health', () => {
  it('rejects if Vapi rejects the API key', async () => {
    const { host, provider } = await start({ apiBaseUrl: 'https://eu.example.com/vapi/' });
    host.respond('GET', 'https://eu.example.com/vapi/call?limit=1', { json: [] });
    await provider.health!(signal);
    host.respond('GET', 'https://eu.example.com/vapi/call?limit=1', {
      status: 401,
      json: sample('error 401, key mix-up', 'rest-response'),
    });
    await expect(provider.health!(signal)).rejects.toMatchObject({ code: 'PROVIDER_REFUSED' });
  });
});

it('does not log keys, URLs, transcripts or phone numbers', async () => {
  const { host, provider, post } = await startKnown({ webhook: {} });
  await post(sample('transcript final'));
  host.respond('POST', CONTROL_URL, { status: 500 });
  host.respond('GET', API_CALL, { status: 500 });
  await provider.controls!.say!(call, say, context).catch(() => {});
  await provider.reconcile!([call], signal).catch(() => {});
  expect(host.logText()).not.toMatch(/private-key|public-key|vapi\.ai|go ahead|One moment|\+1500/);
});
