import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { FaultError, invalidArgument } from '@sidetone/core';
import { beforeEach, describe, expect, test } from 'vitest';
import { nextOf, startTestDaemon, type GraphqlAnswer, type TestDaemon } from '../support/daemon.ts';
import { event } from '../support/harness.ts';
import { tempDir } from '../support/temp-dir.ts';

const root = tempDir();
let count = 0;
let dir: string;
let it: TestDaemon;
let callId: string;

beforeEach(async () => {
  dir = join(root, String(count++));
  mkdirSync(dir);
  it = await startTestDaemon(dir);
  callId = await it.aCall();
});

async function endTheCall(): Promise<void> {
  it.emit(event('call.ended', { end: { category: 'BUSY' } }));
  await it.committed();
}
const say = (rest: string) =>
  it.query(
    `mutation ($callId: ID!) {
    say(input: { callId: $callId, ${rest} }) { command { id status } call { id } failure { code argument } }
  }`,
    { callId },
  );
const addUtterance = (input: Record<string, unknown>): Promise<GraphqlAnswer> =>
  it.query(
    'mutation ($input: AddUtteranceInput!) { addUtterance(input: $input) { id text isFinal party startMs call { id } } }',
    { input: { callId, party: 'CUSTOMER', text: 'hello', ...input } },
  );
const codesOf = ({ errors }: GraphqlAnswer): unknown[] =>
  (errors ?? []).map(({ extensions: { code, argument } }) => [code, argument]);

describe('an idempotency key', () => {
  test('makes a repeated control one command', async () => {
    const [first, second] = [
      await say('content: "hi", idempotencyKey: "k"'),
      await say('content: "hi", idempotencyKey: "k"'),
    ];
    expect(second).toEqual(first);
    expect(it.script.asked).toHaveLength(1);
    expect((await say('content: "bye", idempotencyKey: "k"')).data.say).toMatchObject({
      command: { status: 'REFUSED' },
      failure: { code: 'IDEMPOTENCY_CONFLICT' },
    });
  });

  test.each([[''], ['x'.repeat(201)], ['a\u0007b'], ['line\nbreak']])(
    'is rejected unless it has 1 to 200 printable characters: %j',
    async (key) => {
      const result = await say(`content: "hi", idempotencyKey: ${JSON.stringify(key)}`);
      expect(codesOf(result)).toEqual([['INPUT_INVALID', 'input.idempotencyKey']]);
      expect(it.script.asked).toEqual([]);
    },
  );

  test('is in the input of every control mutation', async () => {
    const { data } = await it.query(`{ __type(name: "Mutation") {
      fields { type { ofType { name } } args { type { ofType { inputFields { name } } } } }
    } }`);
    const controls = (data.__type.fields as { type: never; args: never[] }[]).filter(
      (field: { type: { ofType?: { name: string } } }) => field.type.ofType?.name === 'CommandPayload',
    ) as unknown as { args: { type: { ofType: { inputFields: { name: string }[] } } }[] }[];
    expect(controls).toHaveLength(14);
    for (const { args } of controls) {
      expect(args[0]!.type.ofType.inputFields.map(({ name }) => name)).toContain('idempotencyKey');
    }
  });
});

test.each([
  ['transfer', 'number: "+15005550001"', { number: '+15005550001' }],
  ['handoff', 'assistantId: "a"', { assistantId: 'a' }],
  ['placeCall', 'to: "+15005550001"', { providerId: 'test', to: '+15005550001' }],
])('%s stores its arguments without call and key', async (name, input, args) => {
  const target = name === 'placeCall' ? 'providerId: "test"' : `callId: "${callId}"`;
  const { data } = await it.query(
    `mutation { ${name}(input: { ${target}, idempotencyKey: "k", ${input} }) { command { arguments } } }`,
  );
  expect(data[name].command.arguments).toEqual(args);
});

test.each(['to: ""', 'to: " "', 'to: null', ''])(
  'placeCall leaves it to the plugin whether %j is enough',
  async (to) => {
    const { data, errors } = await it.query(
      `mutation { placeCall(input: { providerId: "test", ${to} }) { command { arguments } failure { code } } }`,
    );
    expect(errors).toBeUndefined();
    expect(data.placeCall.command.arguments).toEqual({ providerId: 'test', to: '' });
  },
);

test('returns INPUT_INVALID with the path of an argument that the plugin rejected', async () => {
  it.script.control = () => Promise.reject(invalidArgument('content', 'too long'));
  const result = await say('content: "hi"');
  expect(codesOf(result)).toEqual([['INPUT_INVALID', 'input.content']]);
  const id = result.errors![0]!.extensions['commandId'] as string;
  const { data } = await it.query(
    `{ command(id: "${id}") { status failure { code argument } call { id } } }`,
  );
  expect(data.command).toEqual({
    status: 'REFUSED',
    failure: { code: 'PROVIDER_REFUSED', argument: 'content' },
    call: { id: callId },
  });
});

test('stores the command of a call that could not be placed, without a call', async () => {
  const { data } = await it.query(`mutation {
    placeCall(input: { providerId: "test", to: "+15005550006" }) { command { id call { id } } call { id } failure { code } }
  }`);
  expect(data.placeCall).toMatchObject({
    command: { call: null },
    call: null,
    failure: { code: 'CAPABILITY_MISSING' },
  });
  const { id } = data.placeCall.command;
  const found = await it.query(`{
    command(id: "${id}") { status arguments call { id } }
    node(id: "${id}") { __typename }
  }`);
  expect(found.data).toEqual({
    command: { status: 'REFUSED', arguments: { providerId: 'test', to: '+15005550006' }, call: null },
    node: { __typename: 'Command' },
  });
});

describe('watchCall', () => {
  const watch = (id = 'theirs') =>
    it.query(
      'mutation ($id: String!) { watchCall(input: { providerId: "test", providerCallId: $id }) { call { providerCallId status } failure { code } } }',
      { id },
    );

  test('starts to observe a call of another application', async () => {
    it.script.watch = async (call) =>
      it.emit(event('call.status', { status: 'IN_PROGRESS' }, { call, at: Date.now() }));
    expect((await watch()).data.watchCall).toEqual({
      call: { providerCallId: 'theirs', status: 'IN_PROGRESS' },
      failure: null,
    });
  });

  test('returns a failure as data, except for an invalid id', async () => {
    it.script.watch = () => Promise.reject(new FaultError('CALL_NOT_FOUND', 'no such call'));
    expect((await watch()).data.watchCall).toEqual({ call: null, failure: { code: 'CALL_NOT_FOUND' } });
    it.script.watch = () => Promise.reject(invalidArgument('providerCallId', 'expected a UUID'));
    const invalid = [['INPUT_INVALID', 'input.providerCallId']];
    expect([codesOf(await watch()), codesOf(await watch(''))]).toEqual([invalid, invalid]);
  });
});

describe('tags and notes', () => {
  test('are delivered as events with their author', async () => {
    const { latestCursor: after } = (await it.query('{ latestCursor }')).data;
    const events = it.subscribe(
      `subscription ($after: Cursor) { callEvents(after: $after, types: [CALL_ANNOTATED]) {
      type call { id }
      ... on CallAnnotated { tagsAdded tagsRemoved note { id text offsetMs author } }
    } }`,
      { after },
    );
    const first = nextOf(events);
    const { data } = await it.query(
      'mutation ($callId: ID!) { tagCall(callId: $callId, add: ["vip"], remove: ["late"]) { id } addNote(callId: $callId, text: "Call back.", offsetMs: 10) { id text author at } }',
      { callId },
    );
    expect(data).toMatchObject({ tagCall: { id: callId }, addNote: { text: 'Call back.', author: 'local' } });
    const tagged = {
      type: 'CALL_ANNOTATED',
      call: { id: callId },
      tagsAdded: ['vip'],
      tagsRemoved: [],
      note: null,
    };
    expect((await first).data.callEvents).toEqual(tagged);
    expect((await nextOf(events)).data.callEvents).toMatchObject({
      tagsAdded: [],
      note: { id: data.addNote.id, text: 'Call back.', offsetMs: 10, author: 'local' },
    });
    await events.return?.();
  });

  test.each([
    ['tagCall(callId: $callId, add: ["ok", ""]) { id }', 'INPUT_INVALID', 'add.1'],
    ['tagCall(callId: $callId, remove: [""]) { id }', 'INPUT_INVALID', 'remove.0'],
    ['addNote(callId: $callId, text: " ") { id }', 'INPUT_INVALID', 'text'],
    ['addNote(callId: $callId, text: "x", offsetMs: -1) { id }', 'INPUT_INVALID', 'offsetMs'],
    ['tagCall(callId: "call_x", add: ["a"]) { id }', 'CALL_NOT_FOUND', undefined],
  ])('%s fails with a code', async (field, code, argument) => {
    const mutation = field.includes('$callId')
      ? `mutation ($callId: ID!) { ${field} }`
      : `mutation { ${field} }`;
    expect(codesOf(await it.query(mutation, { callId }))).toEqual([[code, argument]]);
  });
});

describe('addUtterance', () => {
  test('delivers a partial to the transcript subscription, then its final with the same id', async () => {
    const transcript = it.subscribe(
      'subscription ($callId: ID!) { transcript(callId: $callId) { cursor utterance { id text isFinal } } }',
      { callId },
    );
    const first = nextOf(transcript);
    const partial = await addUtterance({ text: 'hel', isFinal: false, utteranceId: 'seg-1' });
    const { id } = partial.data.addUtterance;
    expect((await first).data.transcript).toEqual({
      cursor: null,
      utterance: { id, text: 'hel', isFinal: false },
    });
    const final = await addUtterance({ utteranceId: 'seg-1', startMs: 5 });
    expect(final.data.addUtterance).toEqual({
      id,
      text: 'hello',
      isFinal: true,
      party: 'CUSTOMER',
      startMs: 5,
      call: { id: callId },
    });
    expect((await nextOf(transcript)).data.transcript).toMatchObject({
      cursor: expect.any(String),
      utterance: { id, text: 'hello', isFinal: true },
    });
    await transcript.return?.();
  });

  test.each([
    [{ text: ' ' }, 'input.text'],
    [{ startMs: -1 }, 'input.startMs'],
    [{ startMs: 5, endMs: 4 }, 'input.endMs'],
    [{ confidence: 2 }, 'input.confidence'],
    [{ utteranceId: '' }, 'input.utteranceId'],
  ])('of %j is rejected with the path of the field', async (input, argument) => {
    expect(codesOf(await addUtterance(input))).toEqual([['INPUT_INVALID', argument]]);
  });

  test('rejects unknown calls, and partials of an ended call', async () => {
    expect(codesOf(await addUtterance({ callId: 'call_x' }))).toEqual([['CALL_NOT_FOUND', undefined]]);
    await endTheCall();
    expect(codesOf(await addUtterance({ isFinal: false }))).toEqual([['INPUT_INVALID', 'input.isFinal']]);
    expect((await addUtterance({})).data.addUtterance.isFinal).toBe(true);
  });
});

describe('deleteCall', () => {
  const deleteCall = () => it.query('mutation ($callId: ID!) { deleteCall(callId: $callId) }', { callId });

  test('erases an ended call, and older cursors remain valid', async () => {
    const { latestCursor: before } = (await it.query('{ latestCursor }')).data;
    await addUtterance({});
    await endTheCall();
    const { latestCursor } = (await it.query('{ latestCursor }')).data;
    expect((await deleteCall()).data).toEqual({ deleteCall: true });
    expect((await deleteCall()).data).toEqual({ deleteCall: false });
    const found = await it.query(
      `{ call(id: "${callId}") { id } node(id: "${callId}") { id } calls { totalCount } }`,
    );
    expect(found.data).toEqual({ call: null, node: null, calls: { totalCount: 0 } });
    const subscribe = 'subscription ($after: Cursor) { callEvents(after: $after) { type } }';
    const [replay, resumed] = [
      it.subscribe(subscribe, { after: before }),
      it.subscribe(subscribe, { after: latestCursor }),
    ];
    it.emit(event('call.started', {}, { call: 'next' }));
    expect((await nextOf(replay)).data).toEqual({ callEvents: { type: 'CALL_STARTED' } });
    expect((await nextOf(resumed)).data).toEqual({ callEvents: { type: 'CALL_STARTED' } });
    await Promise.all([replay.return?.(), resumed.return?.()]);
  });

  test('is rejected while the call is live', async () => {
    expect(codesOf(await deleteCall())).toEqual([['CALL_STILL_LIVE', undefined]]);
  });
});

describe('eraseCall', () => {
  const eraseCall = () =>
    it.query('mutation ($callId: ID!) { eraseCall(callId: $callId) { status } }', { callId });

  test('reports that the content is gone, and a redelivery of the provider does not bring the call back', async () => {
    await endTheCall();
    expect((await eraseCall()).data).toEqual({ eraseCall: { status: 'ERASED' } });
    expect((await eraseCall()).data).toEqual({ eraseCall: { status: 'NOT_FOUND' } });
    const redelivered = event('call.ended', { end: { category: 'BUSY' } });
    const response = await fetch(it.url('providers/test/event'), {
      method: 'POST',
      body: JSON.stringify(redelivered),
    });
    expect(response.status).toBe(200);
    const { data } = await it.query('{ erasurePending calls { totalCount } }');
    expect(data).toEqual({ erasurePending: false, calls: { totalCount: 0 } });
  });

  test('is rejected while the call is live', async () => {
    expect(codesOf(await eraseCall())).toEqual([['CALL_STILL_LIVE', undefined]]);
  });
});

test('eraseCommand erases a failed attempt to place a call', async () => {
  const placed = await it.query(
    'mutation { placeCall(input: { providerId: "test", to: "+15005550006" }) { command { id } } }',
  );
  const { id } = placed.data.placeCall.command;
  const erase = () => it.query('mutation ($id: ID!) { eraseCommand(commandId: $id) { status } }', { id });
  expect((await erase()).data).toEqual({ eraseCommand: { status: 'ERASED' } });
  expect((await erase()).data).toEqual({ eraseCommand: { status: 'NOT_FOUND' } });
  expect((await it.query('query ($id: ID!) { command(id: $id) { id } }', { id })).data.command).toBeNull();
});

test('events of a command have the status of the command at that moment', async () => {
  await say('content: "hi there"');
  it.emit(event('utterance.final', { party: 'ASSISTANT', text: 'hi there' }));
  await it.committed();
  const { data } = await it.query(
    'query ($callId: ID!) { call(id: $callId) { events(types: [COMMAND_CHANGED]) { nodes { ... on CommandChanged { commandStatus } } } } }',
    { callId },
  );
  expect(data.call.events.nodes.map((node: { commandStatus: string }) => node.commandStatus)).toEqual([
    'REQUESTED',
    'ACCEPTED',
    'CONFIRMED',
  ]);
});
