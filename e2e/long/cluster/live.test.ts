/** Two nodes: a client of one node receives what happens in the calls of the other one. */
import { describe, expect, test } from 'vitest';
import { collect, connect, query, until, type Json } from '../../support/daemon.ts';
import { liveCall, said, scripted, writeScriptedConfig } from '../../support/scripted.ts';
import { startCluster } from './support/cluster.ts';
import { startServers } from './support/servers.ts';

const servers = await startServers();

const EVENTS =
  'subscription ($after: Cursor) { callEvents(after: $after) { cursor type call { id status } } }';
const BOARD = `subscription { liveCalls { __typename ... on LiveCallsSnapshot { calls { providerCallId } }
  ... on LiveCallChanged { call { providerCallId status tags } } } }`;

async function startNodes() {
  const cluster = await startCluster(servers!, {
    nodes: 2,
    writeConfig: (dir, { storage, cluster }) => writeScriptedConfig(dir, { storage, extra: cluster }),
  });
  const [a, b] = cluster.nodes as [(typeof cluster.nodes)[0], (typeof cluster.nodes)[0]];
  return { a, b, lineA: scripted(a.url), lineB: scripted(b.url) };
}

describe.skipIf(!servers)('a client of node B', () => {
  test('receives the events of calls at node A and B in one order, each once, from any cursor', async () => {
    const { a, b, lineA, lineB } = await startNodes();
    const atB = collect(connect(b.url), EVENTS);
    const board = collect(connect(b.url), BOARD);
    await until(() => board.items.length > 0, 'the snapshot');
    for (let i = 0; i < 10; i++) {
      const [ofA, ofB] = [`a${i}`, `b${i}`];
      await Promise.all([lineA.emit(liveCall(ofA)), lineB.emit(liveCall(ofB))]);
      await Promise.all([
        lineA.emit([said(ofA, 'CUSTOMER', 'one'), said(ofA, 'CUSTOMER', 'two')]),
        lineB.emit([said(ofB, 'CUSTOMER', 'one')]),
      ]);
      await lineA.emit([{ type: 'call.ended', providerCallId: ofA, end: { category: 'CUSTOMER_ENDED' } }]);
    }
    const { latestCursor } = await query(a.url, '{ latestCursor }');
    const last = await until(
      () => atB.items.findIndex((item: Json) => item.callEvents.cursor === latestCursor) + 1,
      'the last event',
    );
    const cursors = atB.items.slice(0, last).map((item: Json) => item.callEvents.cursor as string);
    expect(new Set(cursors).size).toBe(cursors.length);
    // A client that was connected to the other node, and may be ahead of this one.
    for (const url of [a.url, b.url]) {
      const rest = collect(connect(url), EVENTS, { after: cursors[4] });
      await until(() => rest.items.length >= cursors.length - 5, 'the rest');
      const received = rest.items.map((item: Json) => item.callEvents.cursor as string);
      expect(received.slice(0, cursors.length - 5)).toEqual(cursors.slice(5));
    }
    const shown = board.items.flatMap(({ liveCalls }: Json) => (liveCalls.call ? [liveCalls.call] : []));
    expect(shown).toContainEqual({ providerCallId: 'a3', status: 'ENDED', tags: [] });
    const again = collect(connect(b.url), BOARD);
    await until(() => again.items.length > 0, 'the snapshot');
    const live = again.items[0].liveCalls.calls.map(({ providerCallId }: Json) => providerCallId as string);
    expect(live.toSorted()).toEqual(Array.from({ length: 10 }, (_, i) => `b${i}`));
    // A call of B, changed through B, as A shows it.
    const board2 = collect(connect(a.url), BOARD);
    await until(() => board2.items[0]?.liveCalls.calls.length === 10, 'the calls of B at A');
  });
});
