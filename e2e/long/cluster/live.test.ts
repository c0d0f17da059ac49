/** Two nodes: a client of one node receives what happens in the calls of the other one. */
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { collect, connect, query, until, type Json } from '../../support/daemon.ts';
import {
  endedCall,
  liveCall,
  said,
  scripted,
  writeScriptedConfig,
  type ScriptedEvent,
} from '../../support/scripted.ts';
import { startCluster } from './support/cluster.ts';
import { startServers } from './support/servers.ts';

const servers = await startServers();

const EVENTS =
  'subscription ($after: Cursor) { callEvents(after: $after) { cursor type call { id status } } }';
const BOARD = `subscription { liveCalls { __typename ... on LiveCallsSnapshot { calls { providerCallId } }
  ... on LiveCallChanged { call { providerCallId status tags } } } }`;

const TRANSCRIPT = `subscription ($callId: ID!) { transcript(callId: $callId) { utterance { id text } } }`;
const LEVELS = `subscription ($callIds: [ID!]) { audioLevels(callIds: $callIds) { levels { parties { party rmsDb } } } }`;

const partial = (id: string, text: string): ScriptedEvent => ({
  type: 'utterance.partial',
  providerCallId: id,
  party: 'CUSTOMER',
  text,
});

const samplesOf = (frame: Buffer): number[] =>
  Array.from({ length: frame.length / 2 }, (_, i) => frame.readInt16LE(2 * i));

/** Listens to a call until 50 frames with sound have arrived. */
async function listen(url: string, callId: string): Promise<Buffer[]> {
  const socket = new WebSocket(new URL(`calls/${callId}/listen`, url.replace(/^http/, 'ws')));
  const frames: Buffer[] = [];
  socket.on('message', (data: Buffer, isBinary) => {
    if (isBinary && (frames.length > 0 || data.some((byte) => byte !== 0))) frames.push(data);
  });
  try {
    await until(() => frames.length >= 50, 'audio');
    return frames.slice(0, 50);
  } finally {
    socket.close();
  }
}

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

  test('receives the partials, levels and audio of a call at node A, and the latest partial if it comes late', async () => {
    const { a, b, lineA } = await startNodes();
    await lineA.emit(liveCall('a'));
    const callId = await lineA.idOf('a');
    await lineA.audio(['a'], { CUSTOMER: -12, ASSISTANT: -20 });
    const say = (text: string) => lineA.emit([partial('a', text)]);
    await say('before');
    const transcript = collect(connect(b.url), TRANSCRIPT, { callId });
    const textsOf = ({ items }: { items: Json[] }) =>
      items.map((item: Json) => item.transcript.utterance.text as string);
    await until(() => textsOf(transcript).includes('before'), 'the partial that was shown');
    await say('before noon');
    await until(() => textsOf(transcript).includes('before noon'), 'the partial');
    const late = collect(connect(b.url), TRANSCRIPT, { callId });
    await until(() => textsOf(late).includes('before noon'), 'the partial for the second client');
    await lineA.emit([said('a', 'CUSTOMER', 'Before noon.')]);
    await until(() => textsOf(transcript).includes('Before noon.'), 'the final');
    const ids = transcript.items.map((item: Json) => item.transcript.utterance.id as string);
    expect(new Set(ids).size).toBe(1);

    const board = collect(connect(b.url), LEVELS);
    const ofCall = collect(connect(b.url), LEVELS, { callIds: [callId] });
    for (const levels of [board, ofCall]) {
      const heard = (party: string, from: number, to: number) =>
        levels.items.some(({ audioLevels }: Json) =>
          audioLevels.levels.some((call: Json) =>
            call.parties.some((each: Json) => each.party === party && each.rmsDb > from && each.rmsDb < to),
          ),
        );
      // The mean of a tone is 3 dB below its peak.
      await until(() => heard('CUSTOMER', -17, -13) && heard('ASSISTANT', -25, -21), 'the levels');
    }
    const frames = await listen(b.url, callId);
    expect(frames.map(({ length }) => length)).toEqual(Array.from({ length: 50 }, () => 1280));
    const peaks = frames.map((frame) => Math.max(...samplesOf(frame)));
    expect(Math.max(...peaks)).toBeGreaterThan(5000);
    for (const each of [transcript, late, board, ofCall]) each.stop();
    await until(async () => {
      const text = await (await fetch(new URL('metrics', a.url))).text();
      return /sidetone_relay_demands\{node="other"\} 0/.test(text);
    }, 'the end of the demand');
  });

  test('receives nothing of a call that was erased at node A', async () => {
    const { a, b, lineA } = await startNodes();
    const start = (await query(b.url, '{ latestCursor }')).latestCursor as string;
    const atB = collect(connect(b.url), EVENTS);
    await lineA.emit(endedCall('gone', 5000), endedCall('kept', 5000));
    const [gone, kept] = [await lineA.idOf('gone'), await lineA.idOf('kept')];
    // An event whose call was erased before its fields were read has none.
    const isOf = (callId: string) => (item: Json) => item?.callEvents.call.id === callId;
    await until(() => [gone, kept].every((id) => atB.items.some(isOf(id))), 'both calls');
    await query(a.url, 'mutation ($id: ID!) { eraseCall(callId: $id) { status } }', { id: gone });
    await until(async () => {
      const again = collect(connect(b.url), EVENTS, { after: start });
      await until(() => again.items.filter(isOf(kept)).length >= 2, 'the other call');
      again.stop();
      return !again.items.some(isOf(gone));
    }, 'the erasure at node B');
  });
});
