/** The debug log of a full run: no secrets, no transcripts, no telephone numbers. */
import { expect, test } from 'vitest';
import {
  collect,
  connect,
  query,
  startDaemon,
  tempDir,
  until,
  writeConfig,
  type Json,
} from './support/daemon.ts';
import { simulator } from './support/process.ts';

test('no log line contains a secret, a transcript or a telephone number', async () => {
  const cloud = await simulator();
  const secret = 'webhook-secret-1234';
  const config = writeConfig(tempDir(), cloud, {
    extra: 'log: { level: debug }',
    vapi: { webhook: { secret } },
  });
  const daemon = await startDaemon(config);
  await cloud.pointAt(daemon.url);
  await cloud.send('PUT', 'vapi/credential', { type: 'secret', secret });
  const levels = collect(connect(daemon.url), 'subscription { audioLevels { at } }');
  const behaviour = { listenDropAfterMs: 500, listenRefusals: 1, unknownEvery: 2 };
  const ids = [await cloud.startCall('vapi', 'hello', behaviour), await cloud.startCall('vobiz', 'hello')];
  const live = '{ calls(filter: { statuses: [IN_PROGRESS] }) { nodes { id } } }';
  const calls = await until(async () => {
    const { nodes } = (await query(daemon.url, live)).calls as { nodes: Json[] };
    return nodes.length === 2 ? nodes : undefined;
  }, 'both calls are in progress');
  for (const { id } of calls) {
    await query(
      daemon.url,
      `mutation { say(input: { callId: "${id}", content: "Confidential supervisor words." }) { failure { code } } }`,
    );
  }
  // Failures are logged in the most detail.
  for (const path of ['vapi/webhook', 'vobiz/answer', 'vobiz/stream/guessed']) {
    await fetch(`${daemon.url}providers/${path}`, {
      method: 'POST',
      body: '{"message": {"transcript": "private words"}}',
    });
  }
  await until(
    async () => (await Promise.all(ids.map((id) => cloud.state(id)))).every(({ over }) => over),
    'the end of both calls',
  );
  await until(() => levels.items.length > 0, 'levels');
  await daemon.end('SIGTERM');

  const log = daemon.stderr();
  expect(log.split('\n').length).toBeGreaterThan(5);
  const { transcript } = await cloud.state(ids[0]!);
  const forbidden = [
    ...transcript.map(({ text }) => text),
    'Confidential supervisor',
    'private words',
    secret,
    'demo-vapi-key',
    'demo-vobiz-token',
    '/listen',
    '/control',
    '+1500555',
    '+919000',
    '919000000',
  ];
  expect(forbidden.filter((text) => log.includes(text))).toEqual([]);
  expect(log).not.toMatch(/stream\/[\w-]{20,}/);
});
