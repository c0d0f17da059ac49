import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { FaultError, invalidArgument, type CallId } from '@sidetone/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fingerprintOf, SAME_COMMAND_WAIT_MS } from '../../src/commands/command-keys.ts';
import type { CommandOutcome } from '../../src/commands/command-outcome.ts';
import { NO_COUNTRIES } from '../../src/calls/numbers/countries.ts';
import { CommandService } from '../../src/commands/command-service.ts';
import type { SqliteLedger } from '../../src/store/ledger.ts';
import type { ProviderView } from '../../src/plugins/ports.ts';
import { recover } from '../../src/calls/recovery.ts';
import { createIds } from '../../src/ids.ts';
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
let asked: string[];
let answer: () => Promise<void>;
let isDiskFull: boolean;

const provider: ProviderView = {
  id: PROVIDER,
  plugin: 'test',
  displayName: 'Test',
  providesTranscript: false,
  state: 'RUNNING',
  isRunning: true,
  stateMessage: undefined,
  failedRequests: 0,
  rejectedEvents: 0,
  traffic: NO_TRAFFIC,
  notices: [],
  recentRequests: { list: () => [] },
  webhookUrls: [],
  capabilities: ['PLACE_CALL'],
  capabilitiesFor: () => ['SAY', 'END_CALL'],
  async control(name) {
    asked.push(name);
    await answer();
  },
  async placeCall() {
    asked.push('placeCall');
    await answer();
    return harness.emit(event('call.started', {}, { call: 'placed' }));
  },
};

const wrapLedger = (ledger: SqliteLedger): SqliteLedger => ({
  ...ledger,
  commit(drafts) {
    if (isDiskFull) throw new FaultError('STORE_WRITE_FAILED', 'the disk is full');
    return ledger.commit(drafts);
  },
});

function open(): void {
  harness = createHarness(dir, { wrapLedger });
  const providers = { list: () => [provider], get: (id: string) => (id === PROVIDER ? provider : undefined) };
  commands = new CommandService({ ...harness, countries: NO_COUNTRIES, providers, ids: createIds() });
}

async function restart(): Promise<void> {
  harness.close();
  open();
  await recover({ ...harness, log: createTestLog().log('') });
}

beforeEach(async () => {
  dir = join(root, String(count++));
  mkdirSync(dir);
  asked = [];
  isDiskFull = false;
  answer = async () => undefined;
  open();
  callId = harness.emit(event('call.status', { status: 'IN_PROGRESS' }));
  await harness.ingest.committed();
});
afterEach(() => harness.close());

const say = (key: string, content = 'hello', by = 'ada'): Promise<CommandOutcome> =>
  commands.run('say', callId, { content, endCallAfterSpoken: false, interrupt: false }, by, key);
const place = (key: string, to = '+15005550006'): Promise<CommandOutcome> =>
  commands.place(PROVIDER, { to, providerOptions: { b: 1, a: [{ d: 1, c: 2 }] } }, 'ada', key);
const refuse = (): Promise<never> => Promise.reject(new FaultError('PROVIDER_REFUSED', 'no'));
function gate(): () => void {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  answer = () => opened;
  return () => open();
}

describe.each([
  ['a control', () => say('k'), () => say('k', 'something else')],
  ['placing a call', () => place('k'), () => place('k', '+15005550001')],
])('%s repeated with the same key', (_what, ask, askOther) => {
  test('is not executed again and returns the first outcome', async () => {
    const first = await ask();
    expect(await ask()).toEqual(first);
    expect(asked).toHaveLength(1);
  });

  test('is not executed again after a restart', async () => {
    const first = await ask();
    await restart();
    const second = await ask();
    expect(second.command).toEqual(first.command);
    expect(second.call?.id).toBe(first.call?.id);
    expect(asked).toHaveLength(1);
  });

  test('waits for the first, which is still running', async () => {
    const open = gate();
    const both = Promise.all([ask(), ask()]);
    await harness.clock.settle();
    open();
    const [first, second] = await both;
    expect(second).toEqual(first);
    expect(second.command?.status).toBe('ACCEPTED');
    expect(asked).toHaveLength(1);
    expect(harness.clock.pending).toBe(0);
  });

  test('stops waiting after SAME_COMMAND_WAIT_MS', async () => {
    gate();
    void ask();
    const second = ask();
    await harness.clock.advance(SAME_COMMAND_WAIT_MS);
    expect(await second).toMatchObject({
      command: { status: 'REQUESTED' },
      failure: { code: 'PROVIDER_TIMEOUT' },
    });
    expect(asked).toHaveLength(1);
  });

  test('is not executed again if the daemon crashed before the answer: the outcome is UNKNOWN', async () => {
    gate();
    void ask();
    await harness.clock.settle();
    await restart();
    expect(await ask()).toMatchObject({
      command: { status: 'UNKNOWN' },
      failure: { code: 'PROVIDER_TIMEOUT' },
    });
    expect(asked).toHaveLength(1);
  });

  test('returns the refusal of the first', async () => {
    answer = refuse;
    const first = await ask();
    answer = async () => undefined;
    expect(await ask()).toEqual(first);
    expect(first.failure).toMatchObject({ code: 'PROVIDER_REFUSED', message: 'no' });
    expect(asked).toHaveLength(1);
  });

  test('rejects with the invalid argument of the first', async () => {
    answer = () => Promise.reject(invalidArgument('content', 'too long'));
    const invalid = expect.objectContaining({
      code: 'INPUT_INVALID',
      message: 'content: too long',
      details: { argument: 'content', commandId: expect.any(String) },
    });
    await expect(ask()).rejects.toEqual(invalid);
    await restart();
    await expect(ask()).rejects.toEqual(invalid);
    expect(asked).toHaveLength(1);
  });

  test('but different arguments is a conflict that names the first, stored and not executed', async () => {
    const first = await ask();
    const other = await askOther();
    expect(other.failure).toMatchObject({
      code: 'IDEMPOTENCY_CONFLICT',
      message: expect.stringContaining(first.command!.id),
    });
    const kept = await harness.history.command(other.command!.id);
    expect(kept?.command).toMatchObject({ status: 'REFUSED', failure: other.failure });
    expect(await ask()).toEqual(first);
    expect(asked).toHaveLength(1);
  });

  test('but different arguments is a conflict also while the first is running', async () => {
    const open = gate();
    const first = ask();
    expect((await askOther()).failure?.code).toBe('IDEMPOTENCY_CONFLICT');
    open();
    expect((await first).failure).toBeUndefined();
  });
});

test('keys of different requesters are independent', async () => {
  await say('k', 'hello', 'ada');
  expect((await say('k', 'something else', 'bob')).failure).toBeUndefined();
  expect(asked).toEqual(['say', 'say']);
});

test('the same key for another kind of command or another call is a conflict', async () => {
  await say('k');
  expect((await commands.run('endCall', callId, {}, 'ada', 'k')).failure?.code).toBe('IDEMPOTENCY_CONFLICT');
  const other = harness.emit(event('call.status', { status: 'IN_PROGRESS' }, { call: 'other' }));
  await harness.ingest.committed();
  const args = { content: 'hello', endCallAfterSpoken: false, interrupt: false };
  expect((await commands.run('say', other, args, 'ada', 'k')).failure?.code).toBe('IDEMPOTENCY_CONFLICT');
  expect(asked).toEqual(['say']);
});

test('repeating a command returns its current status', async () => {
  const { command } = await say('k');
  harness.emit(event('utterance.final', { party: 'ASSISTANT', text: 'hello' }));
  await harness.ingest.committed();
  expect((await say('k')).command).toMatchObject({ id: command!.id, status: 'CONFIRMED' });
});

test('a command without a key is executed every time', async () => {
  const args = { content: 'hello', endCallAfterSpoken: false, interrupt: false };
  await commands.run('say', callId, args, 'ada');
  await commands.run('say', callId, args, 'ada');
  expect(asked).toEqual(['say', 'say']);
});

test('a command for an unknown call does not use up its key', async () => {
  const nowhere = await commands.run('endCall', 'call_nowhere' as CallId, {}, 'ada', 'k');
  expect(nowhere.failure?.code).toBe('CALL_NOT_FOUND');
  expect((await say('k')).failure).toBeUndefined();
});

test('a key whose command waits for the database is known: it is neither executed nor stored twice', async () => {
  isDiskFull = true;
  await expect(say('k')).rejects.toMatchObject({ code: 'STORE_WRITE_FAILED' });
  expect(await say('k')).toMatchObject({
    command: { status: 'REQUESTED' },
    failure: { code: 'PROVIDER_TIMEOUT' },
  });
  isDiskFull = false;
  await harness.clock.advance(5000);
  expect(harness.ledger.commandByKey('ada', 'k')?.command.status).toBe('REQUESTED');
  expect([asked, harness.ingest.dropped]).toEqual([[], 0]);
});

test('fingerprintOf ignores the order of object keys and nothing else', () => {
  const one = fingerprintOf('SAY', 'call_1', { a: 1, b: { c: [1, 2], d: null } });
  expect(fingerprintOf('SAY', 'call_1', { b: { d: null, c: [1, 2] }, a: 1 })).toBe(one);
  const others = [
    fingerprintOf('SAY', 'call_2', { a: 1, b: { c: [1, 2], d: null } }),
    fingerprintOf('ADD_MESSAGE', 'call_1', { a: 1, b: { c: [1, 2], d: null } }),
    fingerprintOf('SAY', 'call_1', { a: 1, b: { c: [2, 1], d: null } }),
    fingerprintOf('SAY', 'call_1', { a: '1', b: { c: [1, 2], d: null } }),
    fingerprintOf('SAY', 'call_1', { a: 1, b: { c: [1, 2] } }),
  ];
  expect(new Set([one, ...others]).size).toBe(6);
});
