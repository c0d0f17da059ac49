/** Clients with the same subscription share its results: over all transports, for all fields, and only with the same rights. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import * as tokens from '../../src/tokens.ts';
import { startTestDaemon, until, type TestDaemon } from '../support/daemon.ts';
import { event, numberedUtterance } from '../support/harness.ts';
import { ackedSocket, type RawSocket } from '../support/raw-socket.ts';
import { tempDir } from '../support/temp-dir.ts';

const TOKENS = [
  { name: 'reader', token: 'reader-token-of-sufficient-length', scopes: ['read'] },
  { name: 'second', token: 'second-token-of-sufficient-length', scopes: ['read'] },
  { name: 'listener', token: 'listener-token-of-sufficient-length', scopes: ['read', 'listen'] },
  { name: 'listener2', token: 'listener2-token-of-sufficient-length', scopes: ['read', 'listen'] },
];
const tokenOf = (name: string): string => TOKENS.find((token) => token.name === name)!.token;

const root = tempDir();
let count = 0;
let it: TestDaemon;
let callId: string;

beforeEach(async () => {
  const dir = join(root, String(count++));
  mkdirSync(dir);
  it = await startTestDaemon(dir, { auth: { tokens: TOKENS } });
  it.emit(event('call.status', { status: 'IN_PROGRESS' }, { at: Date.now() }));
  await it.committed();
  callId = it.daemon.parts.resolve(tokens.CALL_REGISTRY).live()[0]!.id;
});

const fanOut = () => it.daemon.parts.resolve(tokens.FAN_OUT);
const socketOf = (name: string): Promise<RawSocket> =>
  ackedSocket(it.url('graphql'), { authorization: `Bearer ${tokenOf(name)}` });

interface Message {
  readonly id: string;
  readonly type: string;
  readonly payload: { readonly data: Record<string, unknown>; readonly errors?: unknown[] };
}

async function subscribe(name: string, query: string, id = '1', variables = {}): Promise<RawSocket> {
  const raw = await socketOf(name);
  raw.send({ id, type: 'subscribe', payload: { query, variables } });
  return raw;
}
const next = async (raw: RawSocket): Promise<Message> => (await raw.next()) as unknown as Message;

/** Returns the events of a stream, one after the other. */
async function stream(name: string, query: string): Promise<() => Promise<unknown>> {
  const { body } = await fetch(it.url('graphql'), {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      authorization: `Bearer ${tokenOf(name)}`,
    },
    body: JSON.stringify({ query }),
  });
  let text = '';
  const chunks = body!.getReader();
  return async () => {
    for (;;) {
      const found = /^data: (\{.*\})$/m.exec(text);
      if (found) {
        text = text.slice(found.index + found[0].length);
        return JSON.parse(found[1]!) as unknown;
      }
      text += Buffer.from((await chunks.read()).value!).toString();
    }
  };
}

const ready = (readers: number): Promise<void> => until(() => it.readers() >= readers, 'subscribed');
const UTTERANCES = 'subscription { callEvents(types: [UTTERANCE_FINALIZED]) { cursor call { id status } } }';

test('an event is executed once for all sockets and streams, and each client keeps its operation id', async () => {
  const sockets = await Promise.all(
    ['a', 'b', 'c'].map((id, i) => subscribe(i === 2 ? 'second' : 'reader', UTTERANCES, id)),
  );
  const streams = await Promise.all([stream('reader', UTTERANCES), stream('second', UTTERANCES)]);
  await ready(5);
  for (let i = 0; i < 3; i++) {
    it.emit(numberedUtterance(i));
    const messages = await Promise.all(sockets.map(next));
    expect(messages.map(({ id, type }) => [id, type])).toEqual([
      ['a', 'next'],
      ['b', 'next'],
      ['c', 'next'],
    ]);
    const [first] = messages;
    expect(first!.payload.data).toMatchObject({ callEvents: { call: { id: callId } } });
    const others = [
      ...messages.map(({ payload }) => payload),
      ...(await Promise.all(streams.map((read) => read()))),
    ];
    for (const other of others) expect(other).toEqual(first!.payload);
  }
  expect([fanOut().executed, fanOut().shared, fanOut().operations]).toEqual([3, 12, 1]);
});

/** An operation for each subscription field, and what makes it deliver an event. */
const FIELDS: Record<string, { readonly query: () => string; readonly trigger: () => void }> = {
  callEvents: {
    query: () => `subscription { callEvents {
      __typename cursor type at by call { id status recording { durationMs } provider { id state } }
      ... on UtteranceFinalized { utterance { id text party } } } }`,
    trigger: () => it.emit(numberedUtterance(1)),
  },
  transcript: {
    query: () => `subscription { transcript(callId: "${callId}") { cursor utterance { id text party } } }`,
    trigger: () => it.emit(event('utterance.partial', { party: 'CUSTOMER', text: 'part' })),
  },
  liveCalls: {
    query: () => `subscription { liveCalls {
      __typename ... on LiveCallsSnapshot { cursor calls { id status levels { party } } } } }`,
    trigger: () => undefined,
  },
  audioLevels: {
    query: () => `subscription { audioLevels(intervalMs: 20) { levels { callId parties { party rmsDb } } } }`,
    trigger: () => undefined,
  },
};

test('every subscription field is compared below', () => {
  const fields = it.daemon.parts.resolve(tokens.SCHEMA).getSubscriptionType()!.getFields();
  expect(Object.keys(FIELDS).toSorted()).toEqual(Object.keys(fields).toSorted());
});

/** Levels of a call with audio that does not change. */
function playAudio(): void {
  const levels = it.daemon.parts.resolve(tokens.LEVEL_METERS);
  const level = { party: 'CUSTOMER' as const, at: 1, rmsDb: -20, peakDb: -17, speaking: true };
  levels.read = () => [level];
  levels.calls = () => [callId as never];
}

describe.each(Object.entries(FIELDS))('a shared result of %s', (_field, { query, trigger }) => {
  test.each(['reader', 'listener'])('is the one that a client of its own receives (%s)', async (name) => {
    playAudio();
    const shared = [await subscribe(name, query()), await subscribe(name, query())];
    const own = await subscribe(name, `${query()} # another text`);
    if (!query().includes('audioLevels')) await ready(3);
    trigger();
    const [first, ...others] = await Promise.all([...shared, own].map(next));
    for (const other of others) expect(other).toEqual(first);
    const isRejected = name === 'reader' && query().includes('audioLevels');
    expect(first!.payload.errors?.length ?? 0).toBeGreaterThanOrEqual(isRejected ? 1 : 0);
  });
});

test('results are not shared with other rights, and errors are those of the client', async () => {
  const query = 'subscription { callEvents { call { id recording { durationMs } } } }';
  const [reader, second, listener] = [
    await subscribe('reader', query),
    await subscribe('second', query),
    await subscribe('listener', query),
  ];
  await ready(3);
  it.emit(numberedUtterance(1));
  const [one, other, allowed] = await Promise.all([reader, second, listener].map(next));
  expect(one!.payload.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  expect(other!.payload).toEqual(one!.payload);
  expect(allowed!.payload).toEqual({ data: { callEvents: { call: { id: callId, recording: null } } } });
  expect(fanOut().executed).toBe(2);
});

test('a signed URL is given only to the viewer that it is signed for', async () => {
  const provider = it.daemon.parts.resolve(tokens.PROVIDERS).list()[0]!;
  Object.assign(provider, { capabilitiesFor: () => ['LISTEN'] });
  const query = 'subscription { callEvents { call { signedListenUrl { url } } } }';
  const clients = await Promise.all(
    ['listener', 'listener2', 'listener'].map((name) => subscribe(name, query)),
  );
  await ready(3);
  for (let i = 0; i < 2; i++) {
    it.emit(numberedUtterance(i));
    const urls = (await Promise.all(clients.map(next))).map(({ payload }) => JSON.stringify(payload));
    const [first, second, third] = urls.map((url) => /[?&]by=([^&]+)/.exec(url)![1]);
    expect([first === second, first === third]).toEqual([false, true]);
  }
});

test('an id can be used again after a subscription was completed, and only then', async () => {
  const [raw, other] = [await subscribe('reader', UTTERANCES), await subscribe('second', UTTERANCES)];
  await ready(2);
  it.emit(numberedUtterance(1));
  await Promise.all([next(raw), next(other)]);
  raw.send({ id: '1', type: 'complete' });
  raw.send({ id: '1', type: 'subscribe', payload: { query: UTTERANCES } });
  await until(() => fanOut().operations === 1 && it.readers() === 2, 'subscribed again');
  it.emit(numberedUtterance(2));
  expect(await next(raw)).toEqual(await next(other));
  raw.send({ id: '1', type: 'subscribe', payload: { query: UTTERANCES } });
  expect((await raw.closed).code).toBe(4409);
  await until(() => it.readers() === 1, 'released');
  it.emit(numberedUtterance(3));
  await next(other);
});

test('operations of one socket with the same document share results, and each starts at its own cursor', async () => {
  it.emit(numberedUtterance(0));
  await it.committed();
  const query = `subscription ($from: Cursor) { callEvents(after: $from, types: [UTTERANCE_FINALIZED]) { cursor } }`;
  const raw = await subscribe('reader', query, 'live');
  await ready(1);
  for (let i = 1; i < 4; i++) it.emit(numberedUtterance(i));
  const cursors = [await next(raw), await next(raw), await next(raw)].map(
    ({ payload }) => (payload.data['callEvents'] as { cursor: string }).cursor,
  );
  const before = fanOut().executed;
  for (const [index, id] of ['first', 'second'].entries())
    raw.send({ id, type: 'subscribe', payload: { query, variables: { from: cursors[index] } } });
  const received: Record<string, unknown[]> = { first: [], second: [] };
  for (let i = 0; i < 3; i++) {
    const { id, payload } = await next(raw);
    received[id]!.push((payload.data['callEvents'] as { cursor: string }).cursor);
  }
  expect(received).toEqual({ first: cursors.slice(1), second: cursors.slice(2) });
  expect([fanOut().operations, fanOut().executed - before]).toEqual([1, 2]);
});

test('levels and partials are executed once for all clients', async () => {
  playAudio();
  const levels = it.daemon.parts.resolve(tokens.LEVEL_METERS);
  let rmsDb = -90;
  levels.read = () => [
    { party: 'CUSTOMER' as const, at: 1, rmsDb: (rmsDb += 0.01), peakDb: -3, speaking: true },
  ];
  const { audioLevels, transcript } = FIELDS as Record<'audioLevels' | 'transcript', (typeof FIELDS)[string]>;
  const meters = [
    await subscribe('listener', audioLevels.query()),
    await subscribe('listener2', audioLevels.query()),
  ];
  for (let i = 0; i < 5; i++) await Promise.all(meters.map(next));
  // Each receives a first item of its own.
  expect(fanOut().shared).toBeGreaterThan(1);
  for (const meter of meters) meter.socket.terminate();
  await until(() => fanOut().operations === 0, 'released');

  const readers = [
    await subscribe('reader', transcript.query()),
    await subscribe('second', transcript.query()),
  ];
  await ready(2);
  const [executed, shared] = [fanOut().executed, fanOut().shared];
  transcript.trigger();
  const [one, other] = await Promise.all(readers.map(next));
  expect(other).toEqual(one);
  expect([fanOut().executed - executed, fanOut().shared - shared]).toEqual([1, 1]);
});
