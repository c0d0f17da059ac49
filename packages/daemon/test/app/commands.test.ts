import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { FaultError, type CallId, type Capability, type CommandId, type ProviderState } from '@sidetone/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Commands } from '../../src/app/commands.ts';
import { recover } from '../../src/app/recovery.ts';
import type { ProviderView } from '../../src/app/ports.ts';
import { createIds } from '../../src/ids.ts';
import { createHeart, event, PROVIDER, type Heart } from '../support/heart.ts';
import { createTestLog } from '../support/silent-log.ts';
import { tempDir } from '../support/temp-dir.ts';

const root = tempDir();
let count = 0;
let dir: string;
let heart: Heart;
let commands: Commands;
let callId: CallId;
let asked: { name: string; args: unknown; status: string }[];
let answer: () => Promise<void>;
let state: ProviderState;
let capabilities: readonly Capability[];
let providerCapabilities: readonly Capability[];

beforeEach(async () => {
  dir = join(root, String(count++));
  mkdirSync(dir);
  heart = createHeart(dir);
  asked = [];
  answer = async () => undefined;
  state = 'RUNNING';
  capabilities = ['SAY', 'END_CALL'];
  providerCapabilities = [];
  const provider: ProviderView = {
    id: PROVIDER,
    plugin: 'test',
    displayName: 'Test',
    get state() {
      return state;
    },
    stateMessage: undefined,
    get capabilities() {
      return providerCapabilities;
    },
    capabilitiesFor: () => capabilities,
    async control(name, call, args, commandId) {
      const stored = await heart.history.command(commandId);
      asked.push({ name, args, status: stored?.command.status ?? 'not stored' });
      expect(call.id).toBe(callId);
      await answer();
    },
    async placeCall(args, commandId) {
      asked.push({ name: 'placeCall', args, status: commandId });
      await answer();
      return heart.tell(event('call.started', {}, { call: 'placed' }));
    },
  };
  const providers = { list: () => [provider], get: (id: string) => (id === PROVIDER ? provider : undefined) };
  commands = new Commands({ ...heart, providers, ids: createIds() });
  callId = heart.tell(event('call.status', { status: 'IN_PROGRESS' }));
  await heart.ingest.committed();
});
afterEach(() => heart.close());

const say = (to = callId) =>
  commands.run('say', to, { content: 'hello', endCallAfterSpoken: false, interrupt: false }, 'someone');
const history = async (): Promise<string[]> =>
  (await heart.eventLog.page(0, 100, { types: ['COMMAND_CHANGED'] })).map(({ fact }) =>
    fact.type === 'COMMAND_CHANGED' ? fact.command.status : '',
  );

describe('a command', () => {
  test('is stored before the provider is asked, and settled with the answer', async () => {
    const { command, failure } = await say();
    expect(asked).toMatchObject([{ name: 'say', args: { content: 'hello' }, status: 'REQUESTED' }]);
    expect(failure).toBeUndefined();
    expect(command).toMatchObject({ kind: 'SAY', status: 'ACCEPTED', requestedBy: 'someone' });
    expect(await history()).toEqual(['REQUESTED', 'ACCEPTED']);
    expect((await heart.history.command(command!.id))?.command).toEqual(command);
  });

  test('that the provider refuses carries its reason', async () => {
    answer = () => Promise.reject(new FaultError('PROVIDER_REFUSED', 'the call is not active'));
    expect(await say()).toMatchObject({
      command: { status: 'REFUSED' },
      failure: { code: 'PROVIDER_REFUSED', message: 'the call is not active', retryable: false },
    });
  });

  test('that is not answered in time is UNKNOWN, not failed', async () => {
    answer = () => Promise.reject(new FaultError('PROVIDER_TIMEOUT', 'no answer'));
    expect(await say()).toMatchObject({
      command: { status: 'UNKNOWN' },
      failure: { code: 'PROVIDER_TIMEOUT' },
    });
  });

  test('whose plugin throws anything at all is refused, and that is all', async () => {
    answer = () => Promise.reject(new TypeError('undefined is not a function'));
    expect(await say()).toMatchObject({
      command: { status: 'REFUSED' },
      failure: { code: 'PROVIDER_REFUSED' },
    });
  });

  test('to a call that there is not is a failure without a command', async () => {
    expect(await say('call_nowhere' as CallId)).toEqual({
      failure: { code: 'CALL_NOT_FOUND', message: expect.any(String), retryable: false },
    });
  });
});

describe('a command is confirmed', () => {
  const statusOf = async (id: CommandId): Promise<string | undefined> => {
    await heart.ingest.committed();
    return (await heart.history.command(id))?.command.status;
  };
  const assistantSays = (text: string): void => {
    heart.tell(event('utterance.final', { party: 'ASSISTANT', text }));
  };

  test('by a fact that shows it, and by no other', async () => {
    const { command } = await say();
    heart.tell(event('utterance.final', { party: 'CUSTOMER', text: 'hello' }));
    assistantSays('something else entirely');
    expect(await statusOf(command!.id)).toBe('ACCEPTED');
    assistantSays('Hello!');
    expect(await statusOf(command!.id)).toBe('CONFIRMED');
    assistantSays('Hello!');
    expect(await history()).toEqual(['REQUESTED', 'ACCEPTED', 'CONFIRMED']);
  });

  test('when its outcome was unknown: the fact says more than the lack of an answer', async () => {
    answer = () => Promise.reject(new FaultError('PROVIDER_TIMEOUT', 'no answer'));
    const { command } = await commands.run('endCall', callId, {}, 'someone');
    heart.tell(event('call.ended', { end: { category: 'OPERATOR_ENDED' } }));
    expect(await statusOf(command!.id)).toBe('CONFIRMED');
    expect((await heart.history.command(command!.id))?.command.failure).toBeUndefined();
  });

  test('also before the provider has answered, and the answer does not undo it', async () => {
    answer = async () => void heart.tell(event('call.ended', { end: { category: 'OPERATOR_ENDED' } }));
    const { command, failure } = await commands.run('endCall', callId, {}, 'someone');
    expect([command!.status, failure]).toEqual(['CONFIRMED', undefined]);
    expect(await history()).toEqual(['REQUESTED', 'CONFIRMED']);
  });

  test('by what only the plugin can see', async () => {
    const { command } = await say();
    heart.tell(event('command.confirmed', { commandId: command!.id }));
    heart.tell(event('command.confirmed', { commandId: command!.id }));
    heart.tell(event('command.confirmed', { commandId: 'cmd_of_nobody' as CommandId }));
    await heart.ingest.committed();
    expect(await history()).toEqual(['REQUESTED', 'ACCEPTED', 'CONFIRMED']);
  });

  test('never when it was refused', async () => {
    answer = () => Promise.reject(new FaultError('PROVIDER_REFUSED', 'no'));
    const { command } = await say();
    assistantSays('hello');
    expect(await statusOf(command!.id)).toBe('REFUSED');
  });
});

describe('muting', () => {
  test('is remembered with the call once the provider took it, and forgotten by unmuting', async () => {
    capabilities = ['MUTE_CUSTOMER'];
    const { call } = await commands.run('mute', callId, { party: 'CUSTOMER' }, 'someone');
    expect(call!.mutedParties).toEqual(['CUSTOMER']);
    expect((await commands.run('mute', callId, { party: 'ASSISTANT' }, 'someone')).failure).toMatchObject({
      code: 'CAPABILITY_MISSING',
      message: expect.stringContaining('MUTE_ASSISTANT'),
    });
    const unmuted = await commands.run('unmute', callId, { party: 'CUSTOMER' }, 'someone');
    expect(unmuted.call!.mutedParties).toEqual([]);
  });
});

describe('placing a call', () => {
  test('gives the call, and keeps the command with it', async () => {
    providerCapabilities = ['PLACE_CALL'];
    const { command, call } = await commands.place(PROVIDER, { to: '+15005550006' }, 'someone');
    expect(call!.providerCallId).toBe('placed');
    expect(command).toMatchObject({
      kind: 'PLACE_CALL',
      status: 'ACCEPTED',
      arguments: { to: '+15005550006' },
    });
    heart.tell(event('call.status', { status: 'RINGING' }, { call: 'placed' }));
    await heart.ingest.committed();
    expect((await heart.history.command(command!.id))?.command.status).toBe('CONFIRMED');
  });

  test('that fails is data', async () => {
    expect((await commands.place(PROVIDER, { to: 'x' }, 'someone')).failure).toMatchObject({
      code: 'CAPABILITY_MISSING',
    });
    providerCapabilities = ['PLACE_CALL'];
    answer = () => Promise.reject(new FaultError('PROVIDER_REFUSED', 'no credit'));
    expect(await commands.place(PROVIDER, { to: 'x' }, 'someone')).toEqual({
      failure: { code: 'PROVIDER_REFUSED', message: 'no credit', retryable: false },
    });
  });
});

describe('the provider is not asked', () => {
  test('when the call is over', async () => {
    heart.tell(event('call.ended', { end: { category: 'BUSY' } }));
    await heart.ingest.committed();
    expect(await say()).toMatchObject({ command: { status: 'REFUSED' }, failure: { code: 'CALL_NOT_LIVE' } });
    expect(asked).toEqual([]);
  });

  test('for what this call cannot do', async () => {
    capabilities = ['END_CALL'];
    expect(await say()).toMatchObject({ failure: { code: 'CAPABILITY_MISSING' } });
    expect(asked).toEqual([]);
  });

  test('when it is not running', async () => {
    state = 'FAILED';
    expect(await say()).toMatchObject({ failure: { code: 'PROVIDER_NOT_RUNNING', retryable: true } });
    expect(asked).toEqual([]);
  });
});

test('what a crashed daemon left open is ended as facts: commands are UNKNOWN, streams have stopped', async () => {
  const { providerCallId } = heart.book.get(callId)!;
  heart.streams.open(callId, { providerCallId, encoding: 'mulaw', sampleRate: 8000, parties: ['CUSTOMER'] });
  let crashed: CommandId | undefined;
  answer = () => new Promise(() => undefined);
  void say();
  await heart.clock.settle();
  crashed = (await heart.history.commands(callId, { limit: 1, backward: false })).rows[0]!.command.id;
  heart.database.close();

  heart = createHeart(dir);
  const { log } = createTestLog();
  await recover({ ...heart, log: log('') });
  expect((await heart.history.command(crashed))?.command).toMatchObject({ status: 'UNKNOWN' });
  expect((await heart.history.streams(callId))[0]!.endReason).toBe('the daemon stopped unexpectedly');
  const position = heart.hub.position;
  await recover({ ...heart, log: log('') });
  expect(heart.hub.position).toBe(position);
});
