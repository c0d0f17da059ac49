/** Events that a client received survive `kill -9`; a client that reconnects with its cursor misses and repeats nothing. */
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
import { STAYS } from './support/vobiz.ts';

const CALLS = '{ calls(first: 200) { nodes { id providerCallId provider { id } createdAt from to } } }';
const EVENTS = 'subscription ($after: Cursor) { callEvents(after: $after) { cursor type at call { id } } }';

test('clients resume from their cursors after a kill and a restart', async () => {
  const cloud = await simulator(['--calls', '3']);
  const config = writeConfig(tempDir(), cloud, { extra: 'log: { level: error }' });
  const first = await startDaemon(config);
  await cloud.pointAt(first.url);
  const start = (await query(first.url, '{ latestCursor }')).latestCursor as string;
  const port = new URL(first.url).port;

  // Clients that stop reading at different times, all before or because of the crash.
  const clients = Array.from({ length: 6 }, () => collect(connect(first.url), EVENTS, { after: start }));
  for (const [i, client] of clients.entries()) {
    await until(() => client.items.length > 5 + i * 8, `client ${i} has seen some events`);
    if (i % 2 === 0) client.stop();
  }
  const callsBefore = (await query(first.url, CALLS)).calls.nodes as Json[];
  await first.end('SIGKILL');

  const second = await startDaemon(config, port);
  const callsAfter = (await query(second.url, CALLS)).calls.nodes as Json[];
  for (const call of callsBefore) expect(callsAfter).toContainEqual(call);

  const resumed = clients.map(({ items }) => {
    const seen = items.map((item) => item.callEvents);
    return { seen, ...collect(connect(second.url), EVENTS, { after: seen.at(-1)!.cursor }) };
  });
  const whole = collect(connect(second.url), EVENTS, { after: start });
  const target = (await query(second.url, '{ latestCursor }')).latestCursor as string;
  const reached = (items: Json[]): boolean => items.some((item) => item.callEvents.cursor === target);
  await until(() => reached(whole.items), 'the whole log');
  const log = cursorsUpTo(target, whole.items);
  expect(log.length).toBeGreaterThan(40);
  expect(new Set(log).size).toBe(log.length);
  for (const { seen, items } of resumed) {
    await until(() => reached(items), 'a client to catch up');
    expect([...seen.map((event: Json) => event.cursor as string), ...cursorsUpTo(target, items)]).toEqual(
      log,
    );
  }
});

test('ends calls that ended while the daemon was down', async () => {
  const cloud = await simulator();
  const config = writeConfig(tempDir(), cloud, { extra: 'log: { level: error }' });
  const first = await startDaemon(config);
  await cloud.pointAt(first.url);
  const ids = [await cloud.startCall('vapi', 'hello', STAYS), await cloud.startCall('vobiz', 'hello', STAYS)];
  const statuses = async (url: string): Promise<string[]> =>
    (
      (await query(url, CALLS.replace('id providerCallId', 'status providerCallId'))).calls.nodes as Json[]
    ).map((call) => call.status as string);
  await until(
    async () => (await statuses(first.url)).filter((status) => status === 'IN_PROGRESS').length === 2,
    'both calls in progress',
  );
  await first.end('SIGKILL');
  for (const id of ids) await cloud.send('POST', `calls/${id}/hangup`, {});
  await until(async () => {
    const calls = (await (await fetch(`${cloud.url}/simulator/calls`)).json()) as
      { calls?: { over: boolean }[] } | { over: boolean }[];
    return (Array.isArray(calls) ? calls : (calls.calls ?? [])).every(({ over }) => over);
  }, 'both calls ended');
  const second = await startDaemon(config);
  await until(
    async () => (await statuses(second.url)).every((status) => status === 'ENDED'),
    'both calls ended in the daemon',
  );
  const { calls } = await query(second.url, '{ calls { nodes { streams { endReason } } } }');
  const reasons = (calls.nodes as Json[])
    .flatMap((call) => call.streams as Json[])
    .map((stream) => stream.endReason as string);
  expect(reasons).not.toContain(null);
});

function cursorsUpTo(target: string, items: readonly Json[]): string[] {
  const cursors = items.map((item) => item.callEvents.cursor as string);
  return cursors.slice(0, cursors.indexOf(target) + 1);
}
