/** Attaching to calls of other applications where several instances share a state, and a stream opens at any of them. */
import { createCommandContext, createIngressRequest } from '@sidetone/testkit';
import { beforeEach, expect, it } from 'vitest';
import { RETRY, SOCKET_TIMEOUT_MS } from '../../src/rest/attach.ts';
import { HOLDER_LEASE_MS } from '../../src/stream/stream-holders.ts';
import { start, type Harness } from '../harness.ts';
import { CALL, frame, reply } from '../samples.ts';

const INTERVAL_MS = 5000;
const ALL = { answer: undefined, attach: { calls: 'all', intervalMs: INTERVAL_MS } };
const LIST = /\/Call\/?\?status=live$/;
const STREAM = /\/Stream\/$/;
const context = createCommandContext();

let nodes: readonly Harness[];
let sweeper: Harness;
let other: Harness;

const counts = (method: string, pattern: RegExp): readonly number[] =>
  nodes.map(
    ({ host }) =>
      host.requests.filter((sent) => sent.method === method && pattern.test(sent.url.href)).length,
  );
const streams = (): number => counts('POST', STREAM).reduce((sum, count) => sum + count, 0);

beforeEach(async () => {
  const a = await start(ALL, { isStateShared: true });
  const shared = { clock: a.host.clock, state: a.host.state, isStateShared: true };
  nodes = [a, await start(ALL, shared)];
  for (const { host } of nodes) {
    host.respond('GET', LIST, { json: { api_id: 'a', calls: [CALL] } });
    host.respond('GET', /\/Call\/([^/]+)\/?\?status=live$/, { json: { call_status: 'in-progress' } });
    host.respond('POST', STREAM, { ...reply('stream_start_202') });
  }
  await a.host.clock.advance(2 * INTERVAL_MS);
  [sweeper, other] = counts('POST', STREAM)[0] === 1 ? [nodes[0]!, nodes[1]!] : [nodes[1]!, nodes[0]!];
});

/** Opens the socket of the last requested stream at another node than the one that requested it. */
async function connectElsewhere() {
  const request = sweeper.host.requests.findLast((sent) => STREAM.test(sent.url.href));
  const path = /stream\/.+$/.exec((request!.json as { service_url: string }).service_url)![0];
  await other.provider.ingress!.loadSocket!(createIngressRequest({ method: 'GET', path }));
  const peer = other.open(path);
  await peer.send(frame('start_nested_mulaw_8k'));
  await other.host.clock.settle();
  return peer;
}

it('one node lists the calls and requests a stream, which may open at another one', async () => {
  expect(Math.min(...counts('GET', LIST))).toBe(0);
  expect(streams()).toBe(1);
  await connectElsewhere();
  await other.host.clock.advance(3 * HOLDER_LEASE_MS);
  expect(streams()).toBe(1);
});

it('the node with the stream requests it again when it closes', async () => {
  const peer = await connectElsewhere();
  await other.host.clock.advance(SOCKET_TIMEOUT_MS);
  const before = other.host.requests.filter((sent) => STREAM.test(sent.url.href)).length;
  peer.close();
  await other.host.clock.advance(RETRY.firstMs);
  expect(other.host.requests.filter((sent) => STREAM.test(sent.url.href))).toHaveLength(before + 1);
});

it('the call is attached to again when the node with its stream has stopped', async () => {
  await connectElsewhere();
  await other.host.clock.advance(HOLDER_LEASE_MS);
  expect(streams()).toBe(1);
  await other.provider.stop(context.signal);
  await sweeper.host.clock.advance(HOLDER_LEASE_MS + INTERVAL_MS);
  expect(streams()).toBeGreaterThan(1);
});
