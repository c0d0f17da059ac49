import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  FaultError,
  invalidArgument,
  providerCallId,
  type CallId,
  type Capability,
  type CommandId,
  type ProviderId,
  type ProviderState,
} from '@sidetone/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NO_COUNTRIES } from '../../src/calls/numbers/countries.ts';
import { CommandService } from '../../src/commands/command-service.ts';
import { recover } from '../../src/calls/recovery.ts';
import type { ProviderView } from '../../src/plugins/ports.ts';
import { createIds } from '../../src/ids.ts';
import { commands as commandRows } from '../../src/store/schema.ts';
import { NO_TRAFFIC } from '../../src/plugins/provider/provider-traffic.ts';
import { createHarness, event, PROVIDER, type Harness } from '../support/harness.ts';
import { createTestLog } from '../support/silent-log.ts';
import { tempDir } from '../support/temp-dir.ts';

const root = tempDir();
let count = 0;
let dir: string;
let harness: Harness;
let commands: CommandService;
let callId: CallId;
let asks: { name: string; args: unknown; status: string }[];
let answer: () => Promise<void>;
let provider: ProviderView;
let state: ProviderState;
let capabilities: readonly Capability[];
let providerCapabilities: readonly Capability[];

beforeEach(async () => {
  dir = join(root, String(count++));
  mkdirSync(dir);
  harness = createHarness(dir);
  asks = [];
  answer = async () => undefined;
  state = 'RUNNING';
  capabilities = ['SAY', 'END_CALL'];
  providerCapabilities = [];
  provider = {
    id: PROVIDER,
    plugin: 'test',
    displayName: 'Test',
    providesTranscript: false,
    get isRunning() {
      return state === 'RUNNING' || state === 'DEGRADED';
    },
    get state() {
      return state;
    },
    stateMessage: undefined,
    failedRequests: 0,
    rejectedEvents: 0,
    traffic: NO_TRAFFIC,
    notices: [],
    recentRequests: { list: () => [] },
    webhookUrls: [],
    get capabilities() {
      return providerCapabilities;
    },
    capabilitiesFor: () => capabilities,
    async control(name, call, args, commandId) {
      const stored = await harness.history.command(commandId);
      asks.push({ name, args, status: stored?.command.status ?? 'not stored' });
      if (call.id !== callId) throw new Error('asked about another call');
      await answer();
    },
    async placeCall(args, commandId) {
      asks.push({ name: 'placeCall', args, status: commandId });
      await answer();
      return harness.emit(event('call.started', {}, { call: 'placed' }));
    },
  };
  const providers = { list: () => [provider], get: (id: string) => (id === PROVIDER ? provider : undefined) };
  commands = new CommandService({ ...harness, countries: NO_COUNTRIES, providers, ids: createIds() });
  callId = harness.emit(event('call.status', { status: 'IN_PROGRESS' }));
  await harness.ingest.committed();
});
afterEach(() => harness.close());

const say = (to = callId) =>
  commands.run('say', to, { content: 'hello', endCallAfterSpoken: false, interrupt: false }, 'someone');
const history = async (): Promise<string[]> =>
  (await harness.eventLog.page(0, 100, { types: ['COMMAND_CHANGED'] })).map(({ fact }) =>
    fact.type === 'COMMAND_CHANGED' ? fact.command.status : '',
  );

describe('run', () => {
  test('stores a command before the provider is asked, and settles it with the answer', async () => {
    const { command, failure } = await say();
    expect(asks).toMatchObject([{ name: 'say', args: { content: 'hello' }, status: 'REQUESTED' }]);
    expect(failure).toBeUndefined();
    expect(command).toMatchObject({ kind: 'SAY', status: 'ACCEPTED', requestedBy: 'someone' });
    expect(await history()).toEqual(['REQUESTED', 'ACCEPTED']);
    expect((await harness.history.command(command!.id))?.command).toEqual(command);
  });

  test('returns the reason if the provider refuses', async () => {
    answer = () => Promise.reject(new FaultError('PROVIDER_REFUSED', 'the call is not active'));
    expect(await say()).toMatchObject({
      command: { status: 'REFUSED' },
      failure: { code: 'PROVIDER_REFUSED', message: 'the call is not active', retryable: false },
    });
  });

  test('returns UNKNOWN if the provider does not answer in time', async () => {
    answer = () => Promise.reject(new FaultError('PROVIDER_TIMEOUT', 'no answer'));
    expect(await say()).toMatchObject({
      command: { status: 'UNKNOWN' },
      failure: { code: 'PROVIDER_TIMEOUT' },
    });
  });

  test('returns PROVIDER_REFUSED for any error thrown by the plugin', async () => {
    answer = () => Promise.reject(new TypeError('undefined is not a function'));
    expect(await say()).toMatchObject({
      command: { status: 'REFUSED' },
      failure: { code: 'PROVIDER_REFUSED' },
    });
  });

  test('returns a failure without a command for an unknown call', async () => {
    expect(await say('call_nowhere' as CallId)).toEqual({
      failure: { code: 'CALL_NOT_FOUND', message: expect.any(String), retryable: false },
    });
  });
});

describe('confirmation', () => {
  const statusOf = async (id: CommandId): Promise<string | undefined> => {
    await harness.ingest.committed();
    return (await harness.history.command(id))?.command.status;
  };
  const assistantSays = (text: string): void => {
    harness.emit(event('utterance.final', { party: 'ASSISTANT', text }));
  };

  test('follows an event that shows the effect, and no other event', async () => {
    const { command } = await say();
    harness.emit(event('utterance.final', { party: 'CUSTOMER', text: 'hello' }));
    assistantSays('something else entirely');
    expect(await statusOf(command!.id)).toBe('ACCEPTED');
    assistantSays('Hello!');
    expect(await statusOf(command!.id)).toBe('CONFIRMED');
    assistantSays('Hello!');
    expect(await history()).toEqual(['REQUESTED', 'ACCEPTED', 'CONFIRMED']);
  });

  test('replaces an unknown outcome and removes its failure', async () => {
    answer = () => Promise.reject(new FaultError('PROVIDER_TIMEOUT', 'no answer'));
    const { command } = await commands.run('endCall', callId, {}, 'someone');
    harness.emit(event('call.ended', { end: { category: 'OPERATOR_ENDED' } }));
    expect(await statusOf(command!.id)).toBe('CONFIRMED');
    expect((await harness.history.command(command!.id))?.command.failure).toBeUndefined();
  });

  test('may arrive before the answer of the provider, which does not undo it', async () => {
    answer = async () => void harness.emit(event('call.ended', { end: { category: 'OPERATOR_ENDED' } }));
    const { command, failure } = await commands.run('endCall', callId, {}, 'someone');
    expect([command!.status, failure]).toEqual(['CONFIRMED', undefined]);
    expect(await history()).toEqual(['REQUESTED', 'CONFIRMED']);
  });

  test('follows command.confirmed of the plugin, once and only for known commands', async () => {
    const { command } = await say();
    harness.emit(event('command.confirmed', { commandId: command!.id }));
    harness.emit(event('command.confirmed', { commandId: command!.id }));
    harness.emit(event('command.confirmed', { commandId: 'cmd_unknown' as CommandId }));
    await harness.ingest.committed();
    expect(await history()).toEqual(['REQUESTED', 'ACCEPTED', 'CONFIRMED']);
  });

  test('is not awaited after the end of the call, even if the provider answers later', async () => {
    answer = async () => void harness.emit(event('call.ended', { end: { category: 'BUSY' } }));
    const { command } = await say();
    assistantSays('hello');
    expect(await statusOf(command!.id)).toBe('ACCEPTED');
    expect(harness.openCommands.confirm(callId, command!.id, 1)).toBeUndefined();
  });

  test('never follows a refusal', async () => {
    answer = () => Promise.reject(new FaultError('PROVIDER_REFUSED', 'no'));
    const { command } = await say();
    assistantSays('hello');
    expect(await statusOf(command!.id)).toBe('REFUSED');
  });
});

describe('mute', () => {
  test('marks the party as muted once the provider accepts it, until unmute', async () => {
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

describe('place', () => {
  test('returns the call and stores the command with it', async () => {
    providerCapabilities = ['PLACE_CALL'];
    const { command, call } = await commands.place(PROVIDER, { to: '+15005550006' }, 'someone');
    expect(call!.providerCallId).toBe('placed');
    expect(command).toMatchObject({
      kind: 'PLACE_CALL',
      status: 'ACCEPTED',
      arguments: { to: '+15005550006' },
    });
    harness.emit(event('call.status', { status: 'RINGING' }, { call: 'placed' }));
    await harness.ingest.committed();
    expect((await harness.history.command(command!.id))?.command.status).toBe('CONFIRMED');
  });

  test('returns a failure if it fails, and stores the command without a call', async () => {
    const [missing, nowhere] = [
      await commands.place(PROVIDER, { to: '1001' }, 'someone'),
      await commands.place('nowhere' as ProviderId, { to: '1001' }, 'someone'),
    ];
    expect([missing.failure?.code, nowhere.failure?.code]).toEqual([
      'CAPABILITY_MISSING',
      'PROVIDER_NOT_RUNNING',
    ]);
    providerCapabilities = ['PLACE_CALL'];
    answer = () => Promise.reject(new FaultError('PROVIDER_REFUSED', 'no credit'));
    const { command, ...rest } = await commands.place(PROVIDER, { to: '1001' }, 'someone');
    const failure = { code: 'PROVIDER_REFUSED', message: 'no credit', retryable: false };
    expect(rest).toEqual({ failure });
    for (const kept of [missing.command!, nowhere.command!, command!]) {
      expect(kept).toMatchObject({ kind: 'PLACE_CALL', status: 'REFUSED', arguments: { to: '1001' } });
      expect(await harness.history.command(kept.id)).toEqual({ command: kept });
    }
    expect(command).toMatchObject({ failure, arguments: { providerId: PROVIDER } });
  });

  test('stores the command before the provider is asked', async () => {
    providerCapabilities = ['PLACE_CALL'];
    answer = async () => {
      const asked = asks.at(-1)!.status as CommandId;
      expect((await harness.history.command(asked))?.command.status).toBe('REQUESTED');
    };
    expect((await commands.place(PROVIDER, { to: '1001' }, 'someone')).failure).toBeUndefined();
    expect.assertions(2);
  });

  test('stores UNKNOWN if the provider does not answer in time', async () => {
    providerCapabilities = ['PLACE_CALL'];
    answer = () => Promise.reject(new FaultError('PROVIDER_TIMEOUT', 'no answer'));
    const { command } = await commands.place(PROVIDER, { to: '1001' }, 'someone');
    expect((await harness.history.command(command!.id))?.command.status).toBe('UNKNOWN');
  });
});

describe('an argument rejected by the plugin', () => {
  const invalid = expect.objectContaining({
    code: 'INPUT_INVALID',
    message: 'content: too long',
    details: { argument: 'content', commandId: expect.stringMatching(/^cmd_/) },
  });
  const keptFailure = async (): Promise<unknown> => {
    const row = harness.database.db.select().from(commandRows).get();
    return (await harness.history.command(row!.id))?.command.failure;
  };

  test('is an INPUT_INVALID error for the requester; the command is stored as refused', async () => {
    answer = () => Promise.reject(invalidArgument('content', 'too long'));
    await expect(say()).rejects.toEqual(invalid);
    expect(await history()).toEqual(['REQUESTED', 'REFUSED']);
    expect(await keptFailure()).toMatchObject({ code: 'PROVIDER_REFUSED', argument: 'content' });
  });

  test('is the same error when placing a call', async () => {
    providerCapabilities = ['PLACE_CALL'];
    answer = () => Promise.reject(invalidArgument('content', 'too long'));
    await expect(commands.place(PROVIDER, { to: '1001' }, 'someone')).rejects.toEqual(invalid);
    expect(await keptFailure()).toMatchObject({ code: 'PROVIDER_REFUSED', argument: 'content' });
  });

  test('is a refusal if the plugin does not name the argument', async () => {
    answer = () => Promise.reject(new FaultError('INPUT_INVALID', 'something is wrong'));
    expect(await say()).toMatchObject({
      failure: { code: 'PROVIDER_REFUSED', message: 'something is wrong' },
    });
  });
});

describe('watch', () => {
  const watch = () => commands.watch(PROVIDER, providerCallId('theirs'), 'ada');
  const answerWatch = (watched: () => Promise<void>) => Object.assign(provider, { watch: watched });

  test('returns the call as reported by the provider', async () => {
    answerWatch(
      async () => void harness.emit(event('call.status', { status: 'RINGING' }, { call: 'theirs' })),
    );
    const { call, failure } = await watch();
    expect([call?.status, call?.providerCallId, failure]).toEqual(['RINGING', 'theirs', undefined]);
  });

  test('returns the call and a failure if the call has ended', async () => {
    answerWatch(async () => {
      harness.emit(event('call.ended', { end: { category: 'BUSY' } }, { call: 'theirs' }));
      throw new FaultError('CALL_NOT_LIVE', 'the call has ended');
    });
    expect(await watch()).toMatchObject({ call: { status: 'ENDED' }, failure: { code: 'CALL_NOT_LIVE' } });
  });

  test('returns neither call nor failure while no event of the call has arrived', async () => {
    answerWatch(async () => undefined);
    expect(await watch()).toEqual({});
  });

  test('fails without asking if the provider lacks the capability or is not running', async () => {
    expect((await watch()).failure?.code).toBe('CAPABILITY_MISSING');
    state = 'FAILED';
    expect((await watch()).failure?.code).toBe('PROVIDER_NOT_RUNNING');
    const nowhere = await commands.watch('nowhere' as ProviderId, providerCallId('theirs'), 'ada');
    expect(nowhere.failure?.code).toBe('PROVIDER_NOT_RUNNING');
  });

  test('rejects with INPUT_INVALID if the plugin rejects the id', async () => {
    answerWatch(() => Promise.reject(invalidArgument('providerCallId', 'expected a UUID')));
    await expect(watch()).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      details: { argument: 'providerCallId' },
    });
  });
});

describe('the provider is not asked', () => {
  test('if the call has ended', async () => {
    harness.emit(event('call.ended', { end: { category: 'BUSY' } }));
    await harness.ingest.committed();
    expect(await say()).toMatchObject({ command: { status: 'REFUSED' }, failure: { code: 'CALL_NOT_LIVE' } });
    expect(asks).toEqual([]);
  });

  test('if the call lacks the capability', async () => {
    capabilities = ['END_CALL'];
    expect(await say()).toMatchObject({ failure: { code: 'CAPABILITY_MISSING' } });
    expect(asks).toEqual([]);
  });

  test('if it is not running', async () => {
    state = 'FAILED';
    expect(await say()).toMatchObject({ failure: { code: 'PROVIDER_NOT_RUNNING', retryable: true } });
    expect(asks).toEqual([]);
  });
});

test('recovery after a crash settles commands as UNKNOWN and stops streams', async () => {
  const { providerCallId } = harness.registry.get(callId)!;
  harness.streams.open(callId, {
    providerCallId,
    encoding: 'mulaw',
    sampleRate: 8000,
    parties: ['CUSTOMER'],
  });
  let crashed: CommandId | undefined;
  answer = () => new Promise(() => undefined);
  providerCapabilities = ['PLACE_CALL'];
  void commands.place(PROVIDER, { to: '1001' }, 'someone');
  await harness.clock.settle();
  const placing = asks.at(-1)!.status as CommandId;
  providerCapabilities = capabilities;
  void say();
  await harness.clock.settle();
  crashed = (await harness.history.commands(callId, { limit: 1, backward: false })).rows[0]!.command.id;
  harness.database.close();

  harness = createHarness(dir);
  const { log } = createTestLog();
  await recover({ ...harness, log: log('') });
  expect((await harness.history.command(crashed))?.command).toMatchObject({ status: 'UNKNOWN' });
  expect((await harness.history.command(placing))?.command).toMatchObject({ status: 'UNKNOWN' });
  expect((await harness.history.streams(callId))[0]!.endReason).toBe('the daemon stopped unexpectedly');
  const position = harness.hub.position;
  await recover({ ...harness, log: log('') });
  expect(harness.hub.position).toBe(position);
});
