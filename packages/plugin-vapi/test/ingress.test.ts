import { createIngressRequest } from '@sidetone/testkit';
import { describe, expect, it } from 'vitest';
import { start } from './harness.ts';
import { CALL, CONTROL_URL, LISTEN_URL, sample, samplesOf } from './samples.ts';

const inProgress = sample('status-update in-progress, embedded call stale');

describe('webhook', () => {
  it('is declared as what the operator configures at Vapi', async () => {
    const { provider } = await start();
    expect(provider.ingress?.webhooks).toEqual([{ path: 'webhook', setting: 'server URL' }]);
  });

  it('responds with an empty object once the events are emitted', async () => {
    const { host, post } = await start();
    const response = await post(inProgress);
    expect(response).toMatchObject({ status: 200, body: '{}' });
    expect(host.events).toMatchObject([
      { type: 'call.started', providerCallId: CALL, status: 'IN_PROGRESS' },
    ]);
    host.verify();
  });

  it('responds only after the state of the call is stored', async () => {
    const { host, post } = await start();
    const { set } = host.state;
    let store = (): void => {};
    host.state.set = async (key, value) => {
      await new Promise<void>((resolve) => (store = resolve));
      await set(key, value);
    };
    let answered = false;
    const response = post(inProgress).then(() => (answered = true));
    await host.clock.settle();
    expect(answered).toBe(false);
    store();
    expect(await response).toBe(true);
  });

  it('responds with 200 if the store fails', async () => {
    const { host, post } = await start();
    host.state.set = () => Promise.reject(new Error('disk full'));
    expect(await post(inProgress)).toMatchObject({ status: 200 });
    expect(host.logs).toMatchObject([{ level: 'warn' }]);
  });

  it('handles every sample without side effects after the stop', async () => {
    const { host, provider, post } = await start();
    const statuses: number[] = [];
    for (const { body } of samplesOf('webhook')) {
      await post(body).then(
        ({ status }) => statuses.push(status),
        (error: { code: string }) => expect(error.code).toBe('WIRE_MALFORMED'),
      );
    }
    expect(new Set(statuses)).toEqual(new Set([200, 501]));
    await provider.stop(new AbortController().signal);
    expect(host.clock.pending).toBe(0);
    host.verify();
  });

  it('accepts the message without its envelope', async () => {
    const { host, post } = await start();
    expect(await post(sample('bare body without envelope'))).toMatchObject({ status: 200 });
    expect(host.events).toMatchObject([{ type: 'call.started', status: 'IN_PROGRESS' }]);
  });

  it.each([[[]], [{}], [{ message: 'x' }], [sample('no call object and no timestamp')]])(
    'rejects %j as malformed',
    async (body) => {
      const { host, post } = await start();
      await expect(post(body)).rejects.toMatchObject({ code: 'WIRE_MALFORMED' });
      expect(host.events).toEqual([]);
    },
  );

  it('accepts unknown types, and logs them', async () => {
    const { host, post } = await start();
    expect(await post({ message: { type: 'brand.new' } })).toMatchObject({ status: 200 });
    expect(host.events).toEqual([]);
    expect(host.logs).toMatchObject([{ level: 'debug', fields: { type: 'brand.new' } }]);
  });

  it('responds with 501 and emits a notice if no application answers a request', async () => {
    const { host, post } = await start();
    const response = await post(sample('tool-calls, arguments as string'));
    expect(response).toMatchObject({
      status: 501,
      body: 'no application is configured to answer tool-calls',
    });
    const message = expect.stringMatching(/set forwardWebhooksTo, or remove tool-calls from serverMessages/);
    expect(host.eventsOf('notice')).toMatchObject([{ code: 'VAPI_REQUEST_UNANSWERED', message }]);
  });

  it.each([
    ['assistant-request', 501, 'no application is configured to answer assistant-request'],
    ['voice-request', 501, 'no application is configured to answer voice-request'],
    [
      'transfer-destination-request',
      501,
      'no application is configured to answer transfer-destination-request',
    ],
    ['phone-call-control', 501, 'no application is configured to answer phone-call-control'],
    ['campaign.predial', 200, '{"eligible":false}'],
    ['call.endpointing.request', 200, '{"timeoutSeconds":0.5}'],
    ['knowledge-base-request', 200, '{"documents":[]}'],
  ])('has a default response to %s: %i', async (type, status, body) => {
    const { post } = await start();
    expect(await post({ message: { type } })).toMatchObject({ status, body });
  });

  it('is the only route, and only accepts POST', async () => {
    const { provider } = await start();
    const request = provider.ingress!.request!;
    expect(await request(createIngressRequest({ path: 'other' }))).toMatchObject({ status: 404 });
    expect(await request(createIngressRequest({ method: 'GET', path: 'webhook' }))).toMatchObject({
      status: 405,
      headers: { allow: 'POST' },
    });
    expect(provider.ingress!.admitSocket!(createIngressRequest({ path: 'webhook' }))).toEqual({
      admit: false,
      status: 404,
    });
  });
});

describe('webhook secret', () => {
  const options = { webhook: { secret: 'hook-secret' } };

  it('accepts the configured secret', async () => {
    const { post } = await start(options);
    expect(await post(inProgress, { 'X-Vapi-Secret': 'hook-secret' })).toMatchObject({ status: 200 });
  });

  it.each([
    {},
    { 'x-vapi-secret': '' },
    { 'x-vapi-secret': 'hook-secre' },
    { 'x-vapi-secret': 'hook-secret2' },
  ])('rejects %j before the body is decoded', async (headers) => {
    const { host, post } = await start(options);
    await expect(post('not even a message', headers)).rejects.toMatchObject({
      code: 'WEBHOOK_UNAUTHENTICATED',
    });
    expect(host.events).toEqual([]);
  });
});

describe('monitor URLs', () => {
  it('are stored while the call is live, and neither logged nor emitted', async () => {
    const { host, post } = await start();
    await post(inProgress);
    const stored = host.state.entries.get(`call/${CALL}`) ?? '';
    expect(JSON.parse(stored)).toMatchObject({
      status: 'IN_PROGRESS',
      monitor: { listenUrl: LISTEN_URL, controlUrl: CONTROL_URL },
    });
    expect(host.logText() + JSON.stringify(host.events)).not.toMatch(/vapi\.ai/);
  });

  it('are stored again only after a change', async () => {
    const { host, post } = await start();
    await post(inProgress);
    const before = host.state.entries.get(`call/${CALL}`);
    await host.clock.advance(1000);
    await post(sample('transcript final'));
    expect(host.state.entries.get(`call/${CALL}`)).toBe(before);
  });

  it('are deleted when the call ends, and not stored again by late webhooks', async () => {
    const { host, post } = await start();
    await post(inProgress);
    await post(sample('status-update ended, new unknown reason'));
    expect(host.state.entries.size).toBe(0);
    await post(sample('call.artifact.upload'));
    await post(sample('transcript final'));
    expect(host.state.entries.size).toBe(0);
  });
});

describe('a webhook with an id that would change a path', () => {
  it.each(['.', '..', '%2e', 'a/b', 'a b'])('is rejected: %j', async (id) => {
    const { host, post } = await start();
    const message = { type: 'status-update', status: 'in-progress', call: { id } };
    await expect(post({ message })).rejects.toMatchObject({ code: 'WIRE_MALFORMED' });
    await expect(
      post({ message: { ...message, call: undefined } }, { 'x-call-id': id }),
    ).rejects.toMatchObject({ code: 'WIRE_MALFORMED' });
    await host.clock.advance(60_000);
    expect([host.events, host.requests]).toEqual([[], []]);
  });
});
