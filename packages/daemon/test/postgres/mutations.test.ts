/** Mutations that clients send to one node for calls that another one decides about, with real servers. */
import { providerCallId } from '@sidetone/core';
import { afterAll, beforeAll, describe, expect, expectTypeOf, test } from 'vitest';
import type { OwnerMutation, PlacedAction } from '../../src/graphql/mutation-places.ts';
import type { ActionName } from '../../src/mutations/actions.ts';
import * as tokens from '../../src/tokens.ts';
import { isNatsInstalled, startNats, type NatsServer } from '../nats/support/nats-server.ts';
import { startTestDaemon, until, type TestDaemon } from '../support/daemon.ts';
import { event } from '../support/harness.ts';
import { tempDir } from '../support/temp-dir.ts';
import { createDatabase, hasServer } from './support/database.ts';

/** A mutation for a call, of each kind that its owner executes. In this order; the call ends before it is erased. */
const DOCUMENTS: Readonly<Record<OwnerMutation, string>> = {
  say: 'mutation ($id: ID!) { say(input: { callId: $id, content: "hello" }) { command { status } } }',
  addMessage:
    'mutation ($id: ID!) { addMessage(input: { callId: $id, role: USER, content: "hello" }) { command { status } } }',
  mute: 'mutation ($id: ID!) { mute(input: { callId: $id }) { command { status } } }',
  unmute: 'mutation ($id: ID!) { unmute(input: { callId: $id }) { command { status } } }',
  sayFirstMessage: 'mutation ($id: ID!) { sayFirstMessage(input: { callId: $id }) { command { status } } }',
  transfer:
    'mutation ($id: ID!) { transfer(input: { callId: $id, number: "+14155550100" }) { command { status } } }',
  handoff: 'mutation ($id: ID!) { handoff(input: { callId: $id, assistantId: "a" }) { command { status } } }',
  sendDtmf: 'mutation ($id: ID!) { sendDtmf(input: { callId: $id, digits: "1" }) { command { status } } }',
  playAudio:
    'mutation ($id: ID!) { playAudio(input: { callId: $id, url: "https://example.com/a.wav" }) { command { status } } }',
  clearAudio: 'mutation ($id: ID!) { clearAudio(input: { callId: $id }) { command { status } } }',
  endCall: 'mutation ($id: ID!) { endCall(input: { callId: $id }) { command { status } } }',
  watchCall:
    'mutation { watchCall(input: { providerId: "test", providerCallId: "their-call" }) { failure { code } } }',
  addUtterance:
    'mutation ($id: ID!) { addUtterance(input: { callId: $id, party: CUSTOMER, text: "hello" }) { id } }',
  pauseCapture: 'mutation ($id: ID!) { pauseCapture(input: { callId: $id }) { command { status } } }',
  resumeCapture: 'mutation ($id: ID!) { resumeCapture(input: { callId: $id }) { command { status } } }',
  transcribe: 'mutation ($id: ID!) { transcribe(callId: $id, on: false) { id } }',
  tagCall: 'mutation ($id: ID!) { tagCall(callId: $id, add: ["important"]) { tags } }',
  addNote: 'mutation ($id: ID!) { addNote(callId: $id, text: "a note") { author } }',
  placeHold: 'mutation ($id: ID!) { placeHold(callId: $id) { id } }',
  releaseHold: 'mutation ($id: ID!) { releaseHold(callId: $id) { id } }',
  eraseNumber: 'mutation { eraseNumber(number: "+14155550199") { status } }',
  eraseCall: 'mutation ($id: ID!) { eraseCall(callId: $id) { status } }',
  deleteCall: 'mutation ($id: ID!) { deleteCall(callId: $id) }',
};

const STATUS = 'query ($id: ID!) { node(id: $id) { ... on Command { status } } }';

test('every action is that of a mutation', () => {
  expectTypeOf<PlacedAction>().toEqualTypeOf<ActionName>();
});

describe.skipIf(!hasServer || !isNatsInstalled)('a mutation', () => {
  let nats: NatsServer;
  let url: string;
  beforeAll(async () => {
    nats = await startNats();
    afterAll(() => nats.stop());
    url = await createDatabase();
  });

  const start = (node: string): Promise<TestDaemon> =>
    startTestDaemon(tempDir(), {
      places: true,
      storage: { kind: 'postgres', url },
      cluster: { nats: [nats.url], node, leaseSeconds: 2 },
    });
  const routed = ({ daemon }: TestDaemon) => daemon.parts.resolve(tokens.ACTION_ROUTER).active!.counts;
  /** Starts a call that a node owns, and returns its id. */
  async function callOf(
    node: TestDaemon,
    call: string,
    status: 'QUEUED' | 'IN_PROGRESS' = 'IN_PROGRESS',
  ): Promise<string> {
    node.emit(event('call.status', { status }, { call, at: Date.now() }));
    await node.committed();
    const { data } = await node.query('{ calls { nodes { id providerCallId } } }');
    const found = (data.calls.nodes as { id: string; providerCallId: string }[]).find(
      ({ providerCallId }) => providerCallId === call,
    );
    return found!.id;
  }
  const end = async (node: TestDaemon, call: string): Promise<void> => {
    node.emit(event('call.ended', { end: { category: 'CUSTOMER_ENDED' } }, { call, at: Date.now() }));
    await node.committed();
  };

  test('is executed by the node that decides about the call, whichever one receives it', async () => {
    const [ada, bob] = [await start('ada'), await start('bob')];
    const id = await callOf(ada, 'their-call');
    for (const [name, document] of Object.entries(DOCUMENTS)) {
      if (name === 'eraseCall') await end(ada, 'their-call');
      const before = routed(bob).elsewhere;
      const { data, errors } = await bob.query(document, document.includes('$id') ? { id } : {});
      expect(errors, name).toBeUndefined();
      if (name === 'deleteCall') expect(data).toEqual({ deleteCall: false });
      else if (name !== 'eraseNumber') expect(routed(bob).elsewhere, name).toBe(before + 1);
      if (name === 'eraseCall') expect(data).toEqual({ eraseCall: { status: 'ERASED' } });
    }
    expect(ada.script.asked.map(({ control }) => control)).toEqual(['say', 'endCall']);
    expect(bob.script.asked).toEqual([]);
    const { data } = await ada.query(
      'query ($id: ID!) { auditLog(filter: { callId: $id, actions: [ERASE] }) { nodes { action } } }',
      {
        id,
      },
    );
    expect(data.auditLog.nodes).toEqual([{ action: 'ERASE' }]);
    // The provider reports it again.
    await expect(callOf(ada, 'their-call')).rejects.toThrow();
  });

  test('ends with the outcome of the command, which an event at the owner confirms', async () => {
    const [ada, bob] = [await start('ada'), await start('bob')];
    const id = await callOf(ada, 'confirmed');
    const { data } = await bob.query(
      'mutation ($id: ID!) { say(input: { callId: $id, content: "hello there" }) { command { id status arguments } call { id status } } }',
      { id },
    );
    expect(data.say).toMatchObject({
      command: { status: 'ACCEPTED', arguments: { content: 'hello there' } },
      call: { id, status: 'IN_PROGRESS' },
    });
    ada.emit(
      event(
        'utterance.final',
        { party: 'ASSISTANT', text: 'Hello there.' },
        { call: 'confirmed', at: Date.now() },
      ),
    );
    await ada.committed();
    const { data: after } = await bob.query(STATUS, { id: data.say.command.id as string });
    expect(after.node).toEqual({ status: 'CONFIRMED' });
  });

  test('with a key is executed once, however often and wherever it is sent', async () => {
    const [ada, bob] = [await start('ada'), await start('bob')];
    const id = await callOf(ada, 'once');
    const say = (node: TestDaemon) =>
      node.query(
        'mutation ($id: ID!) { say(input: { callId: $id, content: "hello", idempotencyKey: "once" }) { command { id } } }',
        { id },
      );
    const results = [...(await Promise.all([say(ada), say(bob), say(bob)])), await say(ada), await say(bob)];
    expect(new Set(results.map(({ data }) => data.say.command.id)).size).toBe(1);
    expect([ada, bob].map(({ script }) => script.asked.length)).toEqual([1, 0]);
  });

  test('returns the errors of the owner', async () => {
    const [ada, bob] = [await start('ada'), await start('bob')];
    const id = await callOf(ada, 'errors');
    const { errors } = await bob.query(DOCUMENTS.eraseCall, { id });
    expect(errors).toMatchObject([{ path: ['eraseCall'], extensions: { code: 'CALL_STILL_LIVE' } }]);
    const tagged = await bob.query('mutation ($id: ID!) { tagCall(callId: $id, add: [""]) { id } }', { id });
    expect(tagged.errors).toMatchObject([{ extensions: { code: 'INPUT_INVALID', argument: 'add.0' } }]);
    const response = await fetch(bob.url(`calls/${id}/control`), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ type: 'control', control: 'mute-assistant' }),
    });
    expect(response.status).toBe(409);
    expect(await response.json()).toMatchObject({
      code: 'CAPABILITY_MISSING',
      commandId: expect.any(String) as string,
    });
  });

  test('is confirmed by an event at the node to which its call has gone', async () => {
    const [ada, bob] = [await start('ada'), await start('bob')];
    const id = await callOf(ada, 'gone');
    const { data } = await ada.query(
      'mutation ($id: ID!) { say(input: { callId: $id, content: "hello there" }) { command { id status } } }',
      { id },
    );
    expect(data.say.command.status).toBe('ACCEPTED');
    await ada.daemon.stop();
    const words = { party: 'ASSISTANT', text: 'Hello there.' } as const;
    bob.emit(event('utterance.final', words, { call: 'gone', at: Date.now() }));
    await bob.committed();
    const { data: after } = await bob.query(STATUS, { id: data.say.command.id as string });
    expect(after.node).toEqual({ status: 'CONFIRMED' });
  });

  test('that places a call is recorded by the node that received the first event of the call', async () => {
    const [ada, bob] = [await start('ada'), await start('bob')];
    const id = await callOf(bob, 'placed', 'QUEUED');
    ada.script.placeCall = async () => providerCallId('placed');
    const { data, errors } = await ada.query(
      'mutation { placeCall(input: { providerId: "test", to: "+14155550100" }) { command { id status call { id } } failure { code message } call { id } } }',
    );
    expect(errors).toBeUndefined();
    expect(data.placeCall).toMatchObject({
      command: { status: 'ACCEPTED', call: { id } },
      failure: null,
      call: { id },
    });
    bob.emit(event('call.status', { status: 'RINGING' }, { call: 'placed', at: Date.now() }));
    bob.emit(event('call.status', { status: 'IN_PROGRESS' }, { call: 'placed', at: Date.now() }));
    await bob.committed();
    const { data: after } = await ada.query(STATUS, { id: data.placeCall.command.id as string });
    expect(after.node).toEqual({ status: 'CONFIRMED' });
  });

  test('is executed by the node that receives it if the owner has left', async () => {
    const [ada, bob] = [await start('ada'), await start('bob')];
    const id = await callOf(ada, 'left');
    expect((await bob.query(DOCUMENTS.say, { id })).errors).toBeUndefined();
    await ada.daemon.stop();
    await until(
      async () => (await bob.query(DOCUMENTS.say, { id })).errors === undefined,
      'the call to be claimed',
    );
    expect(bob.script.asked.map(({ control }) => control)).toEqual(['say']);
  });
});
