import { describe, expect, test, vi } from 'vitest';
import { Erasures, MAX_PENDING_ERASURES } from '../../../src/cluster/announcements/erasures.ts';
import { subjectsOf } from '../../../src/cluster/subjects.ts';
import { startProxy } from '../support/proxy.ts';
import { afterTest, connectNode, hasNats, natsUrl, newClusterName } from '../support/nodes.ts';

async function startNode(instance: string, name: string, url = natsUrl!) {
  const { connection: wire } = await connectNode({ nats: [url] });
  const erasures = new Erasures({ wire, subjects: subjectsOf(name), instance });
  const heard: string[] = [];
  erasures.onErased((callId, what) => heard.push(`${what} ${callId}`));
  erasures.onMissed(() => heard.push('anything'));
  await wire.client.flush();
  return { wire, erasures, heard };
}

describe.skipIf(!hasNats)('erasures', () => {
  test('are announced to the other nodes, and those that are not valid are ignored', async () => {
    const name = newClusterName();
    const [a, b] = [await startNode('a', name), await startNode('b', name)];
    a.erasures.announce('call_1', 'CALL');
    for (const text of ['', 'a CALL', 'a OTHER call_1']) a.wire.offer(subjectsOf(name).erasures, text);
    a.erasures.announce('call_2', 'DATA');
    a.erasures.announce('call_3', 'RECORDING');
    await vi.waitFor(() => expect(b.heard).toEqual(['CALL call_1', 'DATA call_2', 'RECORDING call_3']));
    await a.wire.client.flush();
    expect(a.heard).toEqual([]);
    for (const each of [a, b]) each.erasures.close();
  });

  test('are announced later without NATS, and a node that was cut off knows that it may have missed some', async () => {
    const proxy = await startProxy(Number(new URL(natsUrl!).port));
    afterTest(() => proxy.close());
    const name = newClusterName();
    const [a, b] = [await startNode('a', name, proxy.url), await startNode('b', name)];
    proxy.cut();
    await vi.waitFor(() => expect(a.wire.isConnected).toBe(false));
    a.erasures.announce('call_1', 'CALL');
    a.erasures.announce('call_1', 'CALL');
    expect(a.erasures.pending).toBe(1);
    proxy.mend();
    await vi.waitFor(() => expect(b.heard).toEqual(['CALL call_1']), { timeout: 20_000 });
    expect([a.heard, a.erasures.pending]).toEqual([['anything'], 0]);

    proxy.cut();
    await vi.waitFor(() => expect(a.wire.isConnected).toBe(false));
    for (let i = 0; i <= MAX_PENDING_ERASURES; i++) a.erasures.announce(`call_${i}`, 'CALL');
    expect(a.erasures.pending).toBe(MAX_PENDING_ERASURES);
    proxy.mend();
    await vi.waitFor(() => expect(b.heard).toEqual(['CALL call_1', 'anything']), { timeout: 20_000 });
  });
});
