import { createIngressRequest } from '@sidetone/testkit';
import { describe, expect, it } from 'vitest';
import { start } from './harness.ts';
import { CALL, CONTROL_URL, LISTEN_URL, sample, samplesOf } from './samples.ts';

const inProgress = sample('status-update in-progress, embedded call stale');

describe('the webhook', () => {
  it('is answered with an empty object once what it tells is emitted', async () => {
    const { host, post } = await start();
    const response = await post(inProgress);
    expect(response).toMatchObject({ status: 200, body: '{}' });
    expect(host.events).toMatchObject([
      { type: 'call.started', providerCallId: CALL, status: 'IN_PROGRESS' },
    ]);
    host.verify();
  });

  it('is not answered before what must survive a restart is stored', async () => {
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

  it('is answered even if the store is broken', async () => {
    const { host, post } = await start();
    host.state.set = () => Promise.reject(new Error('disk full'));
    expect(await post(inProgress)).toMatchObject({ status: 200 });
    expect(host.logs).toMatchObject([{ level: 'warn' }]);
  });

  it('takes every sample, and stays whole', async () => {
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
    'refuses %j as malformed',
    async (body) => {
      const { host, post } = await start();
      await expect(post(body)).rejects.toMatchObject({ code: 'WIRE_MALFORMED' });
      expect(host.events).toEqual([]);
    },
  );

  it('takes types that it does not know, and says so in the log only', async () => {
    const { host, post } = await start();
    expect(await post({ message: { type: 'brand.new' } })).toMatchObject({ status: 200 });
    expect(host.events).toEqual([]);
    expect(host.logs).toMatchObject([{ level: 'debug', fields: { type: 'brand.new' } }]);
  });

  it('shows the sender that nobody answers a request, and the operator too', async () => {
    const { host, post } = await start();
    const response = await post(sample('tool-calls, arguments as string'));
    expect(response).toMatchObject({ status: 501, body: 'nothing here answers tool-calls' });
    expect(host.eventsOf('notice')).toMatchObject([{ code: 'VAPI_REQUEST_UNANSWERED' }]);
  });

  it.each([
    ['assistant-request', 501, 'nothing here answers assistant-request'],
    ['voice-request', 501, 'nothing here answers voice-request'],
    ['transfer-destination-request', 501, 'nothing here answers transfer-destination-request'],
    ['phone-call-control', 501, 'nothing here answers phone-call-control'],
    ['campaign.predial', 200, '{"eligible":false}'],
    ['call.endpointing.request', 200, '{"timeoutSeconds":0.5}'],
    ['knowledge-base-request', 200, '{"documents":[]}'],
  ])('answers what nobody answers so that it harms least: %s with %i', async (type, status, body) => {
    const { post } = await start();
    expect(await post({ message: { type } })).toMatchObject({ status, body });
  });

  it('is the only thing here, and is posted to', async () => {
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

describe('the webhook secret', () => {
  const options = { webhook: { secret: 'hook-secret' } };

  it('lets in who brings it', async () => {
    const { post } = await start(options);
    expect(await post(inProgress, { 'X-Vapi-Secret': 'hook-secret' })).toMatchObject({ status: 200 });
  });

  it.each([
    {},
    { 'x-vapi-secret': '' },
    { 'x-vapi-secret': 'hook-secre' },
    { 'x-vapi-secret': 'hook-secret2' },
  ])('keeps out %j before anything is read', async (headers) => {
    const { host, post } = await start(options);
    await expect(post('not even a message', headers)).rejects.toMatchObject({
      code: 'WEBHOOK_UNAUTHENTICATED',
    });
    expect(host.events).toEqual([]);
  });
});

describe('the monitor addresses', () => {
  it('are kept for a restart while the call lives, and nowhere else', async () => {
    const { host, post } = await start();
    await post(inProgress);
    const stored = host.state.entries.get(`call/${CALL}`) ?? '';
    expect(JSON.parse(stored)).toMatchObject({
      status: 'IN_PROGRESS',
      monitor: { listenUrl: LISTEN_URL, controlUrl: CONTROL_URL },
    });
    expect(host.logText() + JSON.stringify(host.events)).not.toMatch(/vapi\.ai/);
  });

  it('are written again only when something changed', async () => {
    const { host, post } = await start();
    await post(inProgress);
    const before = host.state.entries.get(`call/${CALL}`);
    await host.clock.advance(1000);
    await post(sample('transcript final'));
    expect(host.state.entries.get(`call/${CALL}`)).toBe(before);
  });

  it('are forgotten with the end, also when later webhooks bring them again', async () => {
    const { host, post } = await start();
    await post(inProgress);
    await post(sample('status-update ended, new unknown reason'));
    expect(host.state.entries.size).toBe(0);
    await post(sample('call.artifact.upload'));
    await post(sample('transcript final'));
    expect(host.state.entries.size).toBe(0);
  });
});
