import type { CallId } from '@sidetone/core';
import { createFakeClock } from '@sidetone/testkit';
import { describe, expect, test, vi } from 'vitest';
import { DEMAND_MS, EVERY_CALL } from '../../../src/cluster/relay/kinds.ts';
import { RelayPublisher } from '../../../src/cluster/relay/publisher.ts';
import { RelaySubscriber } from '../../../src/cluster/relay/subscriber.ts';
import { RemoteDemand } from '../../../src/cluster/relay/remote-demand.ts';
import { subjectsOf } from '../../../src/cluster/subjects.ts';
import { startProxy } from '../support/proxy.ts';
import { afterTest, connectNode, hasNats, natsUrl, newClusterName } from '../support/nodes.ts';

const [CALL, OTHER] = ['call_1', 'call_2'] as [CallId, CallId];

async function startNode(instance: string, name: string, url = natsUrl!) {
  const { connection } = await connectNode({ nats: [url], name });
  const [subjects, clock] = [subjectsOf(name), createFakeClock()];
  const common = { wire: connection, subjects, instance, clock };
  const demand = new RemoteDemand(common);
  const changes: string[] = [];
  demand.onChange((kind, callId) => changes.push(`${kind} ${callId ?? 'every call'}`));
  const publisher = new RelayPublisher({ ...common, demand });
  const subscriber = new RelaySubscriber(common);
  await connection.client.flush();
  return { connection, clock, demand, changes, publisher, subscriber };
}

async function pair(urlOfViewer?: string) {
  const name = newClusterName();
  const [owner, viewer] = [await startNode('o', name), await startNode('v', name, urlOfViewer)];
  return { owner, viewer, name };
}

describe.skipIf(!hasNats)('live data of calls of other nodes', () => {
  test('is sent only while there is demand, and its payload made only then', async () => {
    const { owner, viewer } = await pair();
    const payload = vi.fn<() => string>(() => 'text');
    owner.publisher.publish('partials', CALL, payload);
    expect(payload).not.toHaveBeenCalled();
    const received: string[] = [];
    const listener = (callId: CallId, message: { text(): string }) =>
      void received.push(`${callId} ${message.text()}`);
    const stops = [
      viewer.subscriber.follow('partials', CALL, listener),
      viewer.subscriber.follow('partials', CALL, listener),
    ];
    await vi.waitFor(() => expect(owner.demand.has('partials', CALL)).toBe(true));
    expect([owner.demand.has('partials', OTHER), owner.demand.has('levels', CALL)]).toEqual([false, false]);
    owner.publisher.publish('partials', CALL, payload);
    await vi.waitFor(() => expect(received).toEqual(['call_1 text', 'call_1 text']));
    stops[0]!();
    stops[0]!();
    await viewer.connection.client.flush();
    expect(owner.demand.has('partials', CALL)).toBe(true);
    stops[1]!();
    await vi.waitFor(() => expect(owner.demand.has('partials', CALL)).toBe(false));
    expect(owner.changes).toEqual(['partials call_1', 'partials call_1']);
    expect([owner.publisher.counts, viewer.subscriber.size]).toEqual([{ sent: 1, dropped: 0 }, 0]);
  });

  test('can be demanded of every call, and does not come back to its sender', async () => {
    const { owner, viewer } = await pair();
    const [atViewer, atOwner]: CallId[][] = [[], []];
    viewer.subscriber.follow('levels', undefined, (callId) => atViewer!.push(callId));
    owner.subscriber.follow('levels', undefined, (callId) => atOwner!.push(callId));
    await vi.waitFor(() => expect([owner.demand.size, viewer.demand.size]).toEqual([1, 1]));
    for (const callId of [CALL, OTHER]) owner.publisher.publish('levels', callId, () => '{}');
    await vi.waitFor(() => expect(atViewer).toEqual([CALL, OTHER]));
    expect([owner.demand.hasEvery('levels'), owner.demand.hasCall('levels', CALL)]).toEqual([true, false]);
    // Several calls together.
    owner.publisher.publishAll('levels', () => '[]');
    owner.publisher.publishAll('partials', () => '[]');
    await vi.waitFor(() => expect(atViewer).toEqual([CALL, OTHER, EVERY_CALL]));
    expect(owner.publisher.counts.sent).toBe(3);
    await owner.connection.client.flush();
    expect(atOwner).toEqual([]);
  });

  test('is sent as bytes', async () => {
    const { owner, viewer } = await pair();
    const audio = Uint8Array.from({ length: 1280 }, (_, i) => i % 256);
    const received: Uint8Array[] = [];
    viewer.subscriber.follow('audio', CALL, (_callId, { data }) => void received.push(data));
    await vi.waitFor(() => expect(owner.demand.size).toBe(1));
    owner.publisher.publish('audio', CALL, () => audio);
    await vi.waitFor(() => expect(received.map((data) => [...data])).toEqual([[...audio]]));
  });

  test('ends with the node that demanded it, unless another one demands it too', async () => {
    const { owner, viewer, name } = await pair();
    const third = await startNode('w', name);
    for (const node of [viewer, third]) node.subscriber.follow('audio', CALL, () => undefined);
    await vi.waitFor(() => expect(owner.demand.size).toBe(2));
    // Each needs what the others have received before.
    expect(owner.changes).toEqual(['audio call_1', 'audio call_1']);
    // The viewer is gone: its clock stands still, so it repeats nothing.
    for (let ms = 0; ms < 2 * DEMAND_MS; ms += 1000) {
      const before = third.connection.counts.messagesOut;
      await third.clock.advance(1000);
      if (third.connection.counts.messagesOut > before) await third.connection.client.flush();
      await owner.connection.client.flush();
      await owner.clock.advance(1000);
    }
    expect(owner.demand.size).toBe(1);
    expect(owner.demand.has('audio', CALL)).toBe(true);
    await owner.clock.advance(2 * DEMAND_MS);
    expect(owner.demand.has('audio', CALL)).toBe(false);
    expect(owner.clock.pending).toBe(0);
  });

  test('is demanded again after a lost connection, and dropped and counted without one', async () => {
    const proxy = await startProxy(Number(new URL(natsUrl!).port));
    afterTest(() => proxy.close());
    const { owner, viewer } = await pair(proxy.url);
    viewer.subscriber.follow('audio', CALL, () => undefined);
    owner.subscriber.follow('audio', OTHER, () => undefined);
    await vi.waitFor(() => expect([owner.demand.size, viewer.demand.size]).toEqual([1, 1]));
    proxy.cut();
    await vi.waitFor(() => expect(viewer.connection.isConnected).toBe(false));
    viewer.publisher.publish('audio', OTHER, () => new Uint8Array(8));
    expect(viewer.publisher.counts).toEqual({ sent: 0, dropped: 1 });
    await owner.clock.advance(2 * DEMAND_MS);
    expect(owner.demand.size).toBe(0);
    proxy.mend();
    await vi.waitFor(() => expect(owner.demand.size).toBe(1), { timeout: 20_000 });
  });
});
