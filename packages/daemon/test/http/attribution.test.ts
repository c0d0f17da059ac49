/** `CallEvent.by`: which client caused an event. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { FaultError } from '@sidetone/core';
import { sql } from 'drizzle-orm';
import { createClient } from 'graphql-ws';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { events } from '../../src/store/schema.ts';
import {
  databaseOf,
  nextOf,
  startTestDaemon,
  until,
  type GraphqlAnswer,
  type TestDaemon,
} from '../support/daemon.ts';
import { event, numberedUtterance } from '../support/harness.ts';
import { tempDir } from '../support/temp-dir.ts';

const root = tempDir();
const tokenOf = (name: string): string => `token-of-${name}-0123456789`;
const auth = {
  tokens: [
    { name: 'recogniser', token: tokenOf('recogniser'), scopes: ['read', 'control'] },
    { name: 'ada', token: tokenOf('ada'), scopes: ['admin'] },
  ],
};
let count = 0;
let it: TestDaemon;
let callId: string;

beforeEach(async () => {
  const dir = join(root, String(count++));
  mkdirSync(dir);
  it = await startTestDaemon(dir, { auth });
  it.emit(event('call.status', { status: 'IN_PROGRESS' }, { at: Date.now() }));
  it.emit(numberedUtterance(1));
  await it.committed();
  callId = (await queryAs('ada', '{ calls { nodes { id } } }')).data.calls.nodes[0].id as string;
});

async function queryAs(
  name: string,
  query: string,
  variables?: Record<string, unknown>,
): Promise<GraphqlAnswer> {
  const response = await fetch(it.url('graphql'), {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${tokenOf(name)}` },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as GraphqlAnswer;
}

function subscribeAs(name: string, query: string): AsyncIterator<Partial<GraphqlAnswer>> {
  const client = createClient({
    url: it.url('graphql').replace('http', 'ws'),
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${tokenOf(name)}` },
  });
  onTestFinished(() => client.dispose());
  return client.iterate({ query, variables: { id: callId } }) as AsyncIterator<Partial<GraphqlAnswer>>;
}

/** Runs a mutation about the call. */
const mutate = (name: string, fields: string) =>
  queryAs(name, `mutation ($id: ID!) { ${fields} }`, { id: callId });

async function authors(): Promise<[type: string, by: string | null][]> {
  const { data } = await queryAs(
    'ada',
    'query ($id: ID!) { call(id: $id) { events(first: 100) { nodes { type by } } } }',
    { id: callId },
  );
  const { nodes } = data.call.events as { nodes: { type: string; by: string | null }[] };
  return nodes.map(({ type, by }) => [type, by]);
}

describe('CallEvent.by', () => {
  test('is null for what the provider reports', async () => {
    expect(await authors()).toEqual([
      ['CALL_STARTED', null],
      ['UTTERANCE_FINALIZED', null],
    ]);
  });

  test.each([
    ['a tag', 'CALL_ANNOTATED', 'tagCall(callId: $id, add: ["vip"]) { id }'],
    ['a note', 'CALL_ANNOTATED', 'addNote(callId: $id, text: "x") { id }'],
    [
      'an utterance',
      'UTTERANCE_FINALIZED',
      'addUtterance(input: { callId: $id, party: CUSTOMER, text: "x" }) { id }',
    ],
    ['a command', 'COMMAND_CHANGED', 'say(input: { callId: $id, content: "x" }) { failure { code } }'],
  ])('names the client of %s', async (_what, type, mutation) => {
    const { errors } = await mutate('recogniser', mutation);
    expect(errors).toBeUndefined();
    expect((await authors()).slice(2)).toContainEqual([type, 'recogniser']);
    expect((await authors()).slice(2).filter(([, by]) => by === null)).toEqual([]);
  });

  test('names the client of a removed tag', async () => {
    await mutate('recogniser', 'tagCall(callId: $id, add: ["vip"]) { id }');
    await mutate('ada', 'tagCall(callId: $id, remove: ["vip"]) { id }');
    expect((await authors()).slice(2)).toEqual([
      ['CALL_ANNOTATED', 'recogniser'],
      ['CALL_ANNOTATED', 'ada'],
    ]);
  });

  test('names the client that listens', async () => {
    const socket = new WebSocket(it.url(`calls/${callId}/listen`).replace('http', 'ws'), {
      headers: { authorization: `Bearer ${tokenOf('ada')}` },
    });
    await new Promise((resolve) => socket.once('open', resolve));
    socket.close();
    await until(async () => (await authors()).length === 4, 'both events are stored');
    expect((await authors()).slice(2)).toEqual([
      ['LISTENING_STARTED', 'ada'],
      ['LISTENING_STOPPED', 'ada'],
    ]);
  });

  test('of events stored by earlier releases names the author of a note and is null for tags', async () => {
    const { db } = databaseOf(it);
    const note = { id: 'note_1', text: 'x', author: 'grace' };
    for (const fact of [{ tagsAdded: ['vip'] }, { note }]) {
      db.insert(events)
        .values({ callId: callId as never, type: 'CALL_ANNOTATED', at: 1, fact })
        .run();
    }
    expect((await authors()).slice(2)).toEqual([
      ['CALL_ANNOTATED', null],
      ['CALL_ANNOTATED', 'grace'],
    ]);
  });
});

describe('watchCall', () => {
  const watch = (id: string) =>
    queryAs(
      'recogniser',
      'mutation ($id: String!) { watchCall(input: { providerId: "test", providerCallId: $id }) { call { id } failure { code } } }',
      { id },
    );
  const watchers = async () => {
    const { data } = await queryAs(
      'ada',
      '{ calls { nodes { providerCallId events(first: 9, types: [CALL_WATCHED]) { nodes { __typename by } } } } }',
    );
    const nodes = data.calls.nodes as { providerCallId: string; events: { nodes: unknown[] } }[];
    return Object.fromEntries(nodes.map((node) => [node.providerCallId, node.events.nodes]));
  };
  const started = (call: string) =>
    it.emit(event('call.status', { status: 'IN_PROGRESS' }, { call, at: Date.now() }));
  const byRecogniser = [{ __typename: 'CallWatched', by: 'recogniser' }];

  test('names its client in an event of the call', async () => {
    it.script.watch = async (call) => started(call);
    expect((await watch('theirs')).errors).toBeUndefined();
    expect((await watch('their-call')).errors).toBeUndefined();
    expect(await watchers()).toEqual({ theirs: byRecogniser, 'their-call': byRecogniser });
  });

  test('names its client with the first event of a call that is reported later, once', async () => {
    it.script.watch = async () => undefined;
    expect((await watch('later')).data.watchCall).toEqual({ call: null, failure: null });
    started('later');
    started('unrelated');
    it.emit(event('speech.started', { party: 'CUSTOMER' }, { call: 'later', at: Date.now() }));
    await it.committed();
    expect(await watchers()).toEqual({ later: byRecogniser, unrelated: [], 'their-call': [] });
  });

  test('has no event if the provider refuses', async () => {
    it.script.watch = () => Promise.reject(new FaultError('CALL_NOT_FOUND', 'no such call'));
    await watch('their-call');
    expect(await watchers()).toEqual({ 'their-call': [] });
  });
});

describe('Utterance.addedBy', () => {
  const add = (fields: string) =>
    mutate('recogniser', `addUtterance(input: { callId: $id, party: CUSTOMER, ${fields} }) { text addedBy }`);

  test('tells an added utterance from one of the provider, in the transcript and by its id', async () => {
    expect((await add('text: "hello"')).data.addUtterance).toEqual({ text: 'hello', addedBy: 'recogniser' });
    const { data } = await queryAs(
      'ada',
      'query ($id: ID!) { call(id: $id) { utterances(first: 9) { nodes { text addedBy } } } search: searchTranscripts(query: "hello") { nodes { utterance { addedBy } } } }',
      { id: callId },
    );
    expect(data.call.utterances.nodes).toEqual(
      expect.arrayContaining([
        { text: 'words 1', addedBy: null },
        { text: 'hello', addedBy: 'recogniser' },
      ]),
    );
    expect(data.search.nodes).toEqual([{ utterance: { addedBy: 'recogniser' } }]);
  });

  test('tells an added partial and its final in a subscription', async () => {
    const partialOfProvider = event('utterance.partial', { party: 'CUSTOMER', text: 'hel' });
    const updates = subscribeAs(
      'ada',
      'subscription ($id: ID!) { transcript(callId: $id) { utterance { text isFinal addedBy } } }',
    );
    await until(() => it.readers() === 1, 'the subscription has started');
    const next = async () => (await nextOf(updates)).data.transcript.utterance;
    await add('text: "he", isFinal: false');
    expect(await next()).toEqual({ text: 'he', isFinal: false, addedBy: 'recogniser' });
    it.emit(partialOfProvider);
    expect(await next()).toEqual({ text: 'hel', isFinal: false, addedBy: null });
    await add('text: "hello"');
    expect(await next()).toEqual({ text: 'hello', isFinal: true, addedBy: 'recogniser' });
  });
});

describe('Call.tagDetails', () => {
  const tagDetails = async () => {
    const query = 'query ($id: ID!) { call(id: $id) { tags tagDetails { tag addedBy addedAt } } }';
    return (await queryAs('ada', query, { id: callId })).data.call as {
      tags: string[];
      tagDetails: { tag: string; addedBy: string | null }[];
    };
  };

  test('names who added each tag, in the order of the tags', async () => {
    await mutate('recogniser', 'tagCall(callId: $id, add: ["vip", "__proto__"]) { id }');
    await mutate('ada', 'tagCall(callId: $id, add: ["refund", "vip"]) { id }');
    const { tags, tagDetails: details } = await tagDetails();
    expect(tags).toEqual(['vip', '__proto__', 'refund']);
    expect(details).toEqual([
      { tag: 'vip', addedBy: 'recogniser', addedAt: expect.any(String) },
      { tag: '__proto__', addedBy: 'recogniser', addedAt: expect.any(String) },
      { tag: 'refund', addedBy: 'ada', addedAt: expect.any(String) },
    ]);
  });

  test('names who added a tag again after it was removed', async () => {
    await mutate('recogniser', 'tagCall(callId: $id, add: ["vip"]) { id }');
    await mutate('ada', 'tagCall(callId: $id, remove: ["vip"]) { id }');
    expect((await tagDetails()).tagDetails).toEqual([]);
    await mutate('ada', 'tagCall(callId: $id, add: ["vip"]) { id }');
    expect((await tagDetails()).tagDetails).toMatchObject([{ tag: 'vip', addedBy: 'ada' }]);
  });

  test('is null for tags that earlier releases stored', async () => {
    const { db } = databaseOf(it);
    it.emit(event('call.ended', { end: { category: 'BUSY' } }));
    await it.committed();
    db.run(sql`update calls set tags = '["old"]', state = json_remove(state, '$.tagOrigins')`);
    expect((await tagDetails()).tagDetails).toEqual([{ tag: 'old', addedBy: null, addedAt: null }]);
  });
});
