/** A failed provider, as providers and API clients see it. */
import { createFakeClock } from '@sidetone/testkit';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { MAX_EXCEPTIONS, PLUGIN_BACK_OFF } from '../../src/plugins/supervision/plugin-lifecycle.ts';
import { startTestDaemon, type TestDaemon } from '../support/daemon.ts';
import { tempDir } from '../support/temp-dir.ts';

const post = (it: TestDaemon, path: string): Promise<Response> =>
  fetch(it.url(`providers/test/${path}`), { method: 'POST', body: '' });

const provider = async (it: TestDaemon): Promise<Record<string, unknown>> =>
  (
    await it.query(
      '{ provider(id: "test") { state stateMessage capabilities liveCallCount failedRequests } }',
    )
  ).data.provider;

test('while a provider is down, webhooks get 503, commands are refused, and its calls stay live', async () => {
  const clock = createFakeClock();
  const it = await startTestDaemon(tempDir(), {}, clock);
  const callId = await it.aCall();
  it.script.answer = () => Promise.reject(new TypeError('hostile'));
  const statuses = [];
  for (let i = 0; i < 10 * MAX_EXCEPTIONS; i++) statuses.push((await post(it, 'x')).status);
  expect(new Set(statuses)).toEqual(new Set([500]));
  expect(await provider(it)).toMatchObject({ state: 'RUNNING', failedRequests: statuses.length });

  for (let i = 0; i < MAX_EXCEPTIONS; i++) {
    it.script.host.clock.schedule(1, () => {
      throw new TypeError('unavailable');
    });
  }
  await clock.advance(1);

  expect((await post(it, 'x')).status).toBe(503);
  const socket = new WebSocket(it.url('providers/test/stream/good').replace('http', 'ws'));
  const rejection = new Promise((resolve) =>
    socket.on('unexpected-response', (_request, { statusCode }) => resolve(statusCode)),
  );
  expect(await rejection).toBe(503);
  expect(await provider(it)).toEqual({
    state: 'FAILED',
    stateMessage: expect.stringMatching(
      /20 exceptions in the plugin within 60 s.* The next attempt is at \d{4}-/,
    ),
    capabilities: ['SAY', 'END_CALL'],
    liveCallCount: 1,
    failedRequests: statuses.length,
  });
  const end = `mutation ($id: ID!) { endCall(input: { callId: $id }) { failure { code message } } }`;
  const { failure } = (await it.query(end, { id: callId })).data.endCall;
  expect(failure).toEqual({
    code: 'PROVIDER_NOT_RUNNING',
    message: expect.stringContaining('unavailable'),
  });

  await clock.advance(PLUGIN_BACK_OFF.firstMs);
  expect((await post(it, 'x')).status).toBe(200);
  expect((await it.query(end, { id: callId })).data.endCall.failure).toBeNull();
});
