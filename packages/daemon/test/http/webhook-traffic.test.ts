/** What the API says about a provider that runs and whose webhooks do not get through. */
import { FaultError, type Admission } from '@sidetone/core';
import { createFakeClock } from '@sidetone/testkit';
import { beforeEach, expect, test } from 'vitest';
import { SILENCE_MS } from '../../src/plugins/provider/provider-traffic.ts';
import { startTestDaemon, type TestDaemon } from '../support/daemon.ts';
import { event } from '../support/harness.ts';
import { tempDir } from '../support/temp-dir.ts';

const QUERY = `{ provider(id: "test") {
  state stateMessage rejectedWebhooks lastRejectedWebhookAt lastWebhookAt lastEventAt
  webhookUrls { setting url } notices { code message count lastAt }
} }`;

let it: TestDaemon;
let clock: ReturnType<typeof createFakeClock>;

beforeEach(async () => {
  clock = createFakeClock();
  it = await startTestDaemon(tempDir(), { server: { port: 0, publicUrl: 'http://localhost:1/a' } }, clock);
});

const provider = async () => (await it.query(QUERY)).data.provider;
const post = (path = 'hook', body = ''): Promise<Response> =>
  fetch(it.url(`providers/test/${path}`), { method: 'POST', body });
const now = (): string => new Date(clock.now()).toISOString();

test('a provider that has received nothing is RUNNING, with the URLs to enter', async () => {
  expect(await provider()).toEqual({
    state: 'RUNNING',
    stateMessage: null,
    rejectedWebhooks: 0,
    lastRejectedWebhookAt: null,
    lastWebhookAt: null,
    lastEventAt: null,
    webhookUrls: [{ setting: 'event URL', url: 'http://localhost:1/a/providers/test/event' }],
    notices: [],
  });
  await clock.advance(SILENCE_MS);
  const { state, notices } = await provider();
  expect([state, notices.length]).toEqual(['RUNNING', 1]);
  expect(notices[0]).toMatchObject({ code: 'WEBHOOKS_NOT_RECEIVED', lastAt: null });
});

test('accepted webhooks and events are dated', async () => {
  it.script.answer = async () => ({ status: 200 });
  await post('event', JSON.stringify(event('call.started', {}, { at: clock.now() })));
  expect(await provider()).toMatchObject({ lastWebhookAt: now(), lastEventAt: now(), rejectedWebhooks: 0 });
});

test('an event that no webhook carried is dated too', async () => {
  it.emit(event('call.started', {}, { at: clock.now() }));
  expect(await provider()).toMatchObject({ lastWebhookAt: null, lastEventAt: now() });
});

const REJECTIONS = {
  'a response of the plugin': () => {
    it.script.answer = async () => ({ status: 401 });
  },
  'a fault of the plugin': () => {
    it.script.answer = () => Promise.reject(new FaultError('WEBHOOK_UNAUTHENTICATED', 'wrong secret'));
  },
  'its headers': () => {
    it.script.admitRequest = (): Admission => ({ admit: false, status: 403 });
  },
  'its path': () => {
    it.script.answer = async () => ({ status: 404 });
  },
  'its format': () => {
    it.script.answer = () => Promise.reject(new FaultError('WIRE_MALFORMED', 'not JSON'));
  },
};

test.each(Object.entries(REJECTIONS))(
  'webhooks that are all rejected because of %s degrade the provider until one is accepted',
  async (_name, setUp) => {
    setUp();
    await post();
    expect(await provider()).toMatchObject({ state: 'RUNNING', rejectedWebhooks: 1 });
    await post();
    await post();
    expect(await provider()).toMatchObject({
      state: 'DEGRADED',
      stateMessage: expect.stringMatching(/^all 3 webhooks since .* were rejected/),
      rejectedWebhooks: 3,
      lastRejectedWebhookAt: now(),
      lastWebhookAt: null,
      notices: [],
    });
    it.script.admitRequest = () => ({ admit: true });
    it.script.answer = async () => ({ status: 200 });
    expect((await post()).status).toBe(200);
    const { state, stateMessage, notices } = await provider();
    expect([state, stateMessage, notices.length]).toEqual(['RUNNING', null, 1]);
  },
);

test('failures of the daemon and of the plugin do not count as rejected', async () => {
  for (const code of ['STORE_WRITE_FAILED', 'PLUGIN_EVENT_FLOOD', 'INTERNAL'] as const) {
    it.script.answer = () => Promise.reject(new FaultError(code, 'x'));
    for (let i = 0; i < 5; i++) await post();
  }
  expect(await provider()).toMatchObject({ state: 'RUNNING', rejectedWebhooks: 0, lastWebhookAt: null });
});

test('a notice about the setup is shown for the provider, one about a call is not', async () => {
  const notice = (code: string, concerns?: 'PROVIDER' | 'CALL') =>
    it.emit(
      event(
        'notice',
        { code, message: 'set x at the provider', ...(concerns && { concerns }) },
        { at: clock.now() },
      ),
    );
  notice('SETUP', 'PROVIDER');
  notice('SETUP', 'PROVIDER');
  notice('EXPLICIT', 'CALL');
  notice('DEFAULT');
  expect((await provider()).notices).toEqual([
    { code: 'SETUP', message: 'set x at the provider', count: 2, lastAt: now() },
  ]);
});

test('a request to a provider that is not configured is logged', async () => {
  const response = await fetch(it.url('providers/tset/event'), { method: 'POST' });
  expect(response.status).toBe(404);
  expect(it.lines).toContainEqual(
    expect.objectContaining({
      message: 'provider request rejected',
      fields: expect.objectContaining({
        path: '/providers/tset/event',
        reason: 'no provider with the id in the path is configured',
      }),
    }),
  );
});
