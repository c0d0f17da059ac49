/** What retention removes, what it leaves, and that nothing of it stays in any file. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { providerId, type CallId, type Command, type CommandId, type ListenerId } from '@sidetone/core';
import { createFakeClock, FAKE_EPOCH, type FakeClock } from '@sidetone/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AnnotationService } from '../../../src/calls/annotation-service.ts';
import { Erasure } from '../../../src/calls/erasure.ts';
import { HoldService } from '../../../src/calls/hold-service.ts';
import type { PruneWork } from '../../../src/calls/retention/ports.ts';
import {
  CALLS_PER_PAGE,
  FIRST_SWEEP_MS,
  Retention,
  ROWS_PER_STEP,
  SWEEP_INTERVAL_MS,
} from '../../../src/calls/retention/retention.ts';
import { RETENTION_KINDS, rulesOf, type RetentionKind } from '../../../src/calls/retention/rules.ts';
import { configSchema } from '../../../src/config/schema.ts';
import { createIds } from '../../../src/ids.ts';
import { CursorReader } from '../../../src/live/cursor-reader.ts';
import { createAuditReader } from '../../../src/store/audit/reader.ts';
import { until } from '../../support/daemon.ts';
import { createHarness, event, numberedUtterance, type Harness } from '../../support/harness.ts';
import { createTestLog } from '../../support/silent-log.ts';
import { tempDir } from '../../support/temp-dir.ts';

const DAY_MS = 24 * 60 * 60_000;
const root = tempDir();
let count = 0;
let dir: string;
let clock: FakeClock;
let harness: Harness;
let erasure: Erasure;
let works: PruneWork[];
let listeners = 0;

beforeEach(() => {
  dir = join(root, String(count++));
  mkdirSync(dir);
  open();
});
afterEach(async () => {
  await erasure.close();
  harness.close();
});

function open(): void {
  clock = createFakeClock(FAKE_EPOCH);
  harness = createHarness(dir, { clock });
  erasure = new Erasure({ ...harness, feed: harness.hub, log: createTestLog().log('') });
  works = [];
}

function retentionOf(settings: Record<string, unknown>, providers: Record<string, unknown> = {}): Retention {
  const config = configSchema.parse({ retention: settings, providers });
  const { retention: store } = harness.ledger;
  return new Retention({
    ...harness,
    rules: rulesOf(config),
    store: { ...store, prune: (work) => (works.push(work), store.prune(work)) },
    erasure,
    log: createTestLog().log(''),
  });
}

/** Lets the pauses between steps pass. */
async function complete(task: Promise<unknown>): Promise<void> {
  const done = new AbortController();
  void task.then(() => done.abort());
  while (!done.signal.aborted) await clock.advance(100);
}

/** A call that ended so many days ago, with everything a call can have; its texts contain its name. */
async function aCall(name: string, daysAgo: number, provider = 'test'): Promise<CallId> {
  const at = FAKE_EPOCH - daysAgo * DAY_MS;
  const id = providerId(provider);
  const emit = (given: ReturnType<typeof event>): CallId => harness.ingest.accept(id, given)!;
  const its = { call: name, at };
  const callId = emit(
    event(
      'call.started',
      {
        status: 'IN_PROGRESS',
        details: { from: `+1500${name}`, createdAt: at - 1000, providerData: { data: `data-of-${name}` } },
      },
      { call: name, at: at - 1000 },
    ),
  );
  emit(event('utterance.final', { party: 'CUSTOMER', text: `said${name} once` }, its));
  emit(event('dtmf', { digits: `12345${name}` }, its));
  const command: Command = {
    id: `cmd_${name}` as CommandId,
    kind: 'SAY',
    arguments: { content: `told-${name}` },
    status: 'ACCEPTED',
    requestedBy: 'ada',
    requestedAt: at,
  };
  harness.ingest.recordBy('ada', callId, { type: 'COMMAND_CHANGED', command }, at);
  const annotations = new AnnotationService({ ...harness, ids: createIds() });
  await annotations.addNote(callId, `note-of-${name}`, undefined, 'ada');
  await annotations.tag(callId, [`tag-${name}`], [], 'ada');
  harness.ingest.recordBy('ada', callId, {
    type: 'LISTENING_STARTED',
    listenerId: `lsn_${++listeners}` as ListenerId,
  });
  harness.ingest.record(callId, {
    type: 'RECORDING_STARTED',
    startedAt: at,
    channels: 2,
    sampleRate: 16_000,
  });
  harness.ingest.record(callId, { type: 'RECORDING_STOPPED', end: 'COMPLETE', durationMs: 1, bytes: 64 });
  mkdirSync(join(dir, 'recordings'), { recursive: true });
  writeFileSync(join(dir, 'recordings', `${callId}.wav`), `audio-of-${name}`);
  emit(
    event('call.report', { summary: `summary-of-${name}`, providerData: { more: `data-of-${name}` } }, its),
  );
  emit(event('call.ended', { end: { category: 'BUSY' } }, its));
  await harness.ingest.committed();
  return callId;
}

/** Returns which of these texts are in any file, without those of the index, which are words. */
function onDisk(...texts: string[]): readonly string[] {
  const files = readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)));
  return texts.filter((text) => files.some((bytes) => bytes.includes(text)));
}

const TEXTS: Readonly<Record<RetentionKind, (name: string) => string[]>> = {
  CALLS: (name) => [`+1500${name}`, name],
  TRANSCRIPT: (name) => [
    `said${name}`,
    `12345${name}`,
    `told-${name}`,
    `summary-of-${name}`,
    `data-of-${name}`,
  ],
  RECORDING: (name) => [`audio-of-${name}`],
  EVENTS: (name) => [`cmd_${name}`],
  NOTES: (name) => [`note-of-${name}`],
};
const all = (name: string): string[] => RETENTION_KINDS.flatMap((kind) => TEXTS[kind](name));
const KEYS = {
  CALLS: 'callDays',
  TRANSCRIPT: 'transcriptDays',
  RECORDING: 'recordingDays',
  EVENTS: 'eventDays',
  NOTES: 'noteDays',
} as const;
const removedActions = () =>
  [...createAuditReader(harness.database.db.$client).entries()].filter(
    ({ action }) => action === 'RETENTION',
  );

describe('data of the kind', () => {
  test.each(RETENTION_KINDS)('%s leaves no byte behind, and other data stays', async (kind) => {
    const old = await aCall('zaolda', 11);
    await aCall('zanewa', 9);
    for (let i = 0; i < 300; i++) harness.emit(numberedUtterance(i, 'zalivea'));
    await harness.ingest.committed();
    expect(onDisk(...all('zaolda'))).toEqual(all('zaolda'));
    await complete(retentionOf({ [KEYS[kind]]: 10 }).sweep());
    const removed = kind === 'CALLS' ? all('zaolda') : TEXTS[kind]('zaolda');
    expect(onDisk(...removed)).toEqual([]);
    // Events are also where other kinds of data are.
    const gone = kind === 'EVENTS' ? ['12345zaolda', 'told-zaolda'] : [];
    const kept = all('zaolda').filter((text) => !removed.includes(text) && !gone.includes(text));
    expect(onDisk(...kept)).toEqual(kept);
    expect(onDisk(...all('zanewa'), 'words 299')).toEqual([...all('zanewa'), 'words 299']);
    expect(harness.registry.recall(old) === undefined).toBe(kind === 'CALLS');
    expect(removedActions()).toMatchObject([
      {
        by: 'daemon',
        details: {
          kind,
          reason: 'AGE',
          calls: 1,
          cutoff: FAKE_EPOCH - 10 * DAY_MS,
          rows: expect.any(Number),
        },
      },
    ]);
    expect(createAuditReader(harness.database.db.$client).verify()).toMatchObject({ intact: true });
  });

  test('TRANSCRIPT is not found by a search, nor in the call in memory', async () => {
    const callId = await aCall('zaolda', 11);
    expect((await harness.history.search('saidzaolda', {}, { limit: 5, backward: false })).rows).toHaveLength(
      1,
    );
    await complete(retentionOf({ transcriptDays: 10 }).sweep());
    expect((await harness.history.search('saidzaolda', {}, { limit: 5, backward: false })).rows).toEqual([]);
    expect(harness.registry.recall(callId)).toMatchObject({ noteCount: 1, tags: ['tag-zaolda'] });
    expect(harness.registry.recall(callId)).not.toHaveProperty('summary');
  });
});

describe('data is kept', () => {
  test('of live calls and of calls with a hold, until the hold is released', async () => {
    const at = FAKE_EPOCH - 500 * DAY_MS;
    const live = harness.emit(
      event('utterance.final', { party: 'CUSTOMER', text: 'longtalk' }, { call: 'live', at }),
    );
    const held = await aCall('zaheld', 400);
    const holds = new HoldService(harness);
    await holds.place(held, undefined, 'ada');
    const retention = retentionOf({ callDays: 300, transcriptDays: 10, recordingDays: 10, noteDays: 10 });
    await complete(retention.sweep());
    expect([harness.registry.get(live)?.id, harness.ledger.get(held)?.id]).toEqual([live, held]);
    expect(onDisk(...all('zaheld'), 'longtalk')).toEqual([...all('zaheld'), 'longtalk']);
    await holds.release(held, 'ada');
    await complete(retention.sweep());
    expect(onDisk(...all('zaheld'))).toEqual([]);
  });

  test('of a provider with its own setting', async () => {
    await aCall('zaone', 20, 'one');
    await aCall('zatwo', 20, 'two');
    await aCall('zagone', 20, 'removed-from-configuration');
    const plugin = 'x';
    await complete(
      retentionOf(
        { noteDays: 10 },
        { one: { plugin, retention: { noteDays: 30 } }, two: { plugin, retention: { noteDays: 0 } } },
      ).sweep(),
    );
    expect(onDisk('note-of-zaone', 'note-of-zatwo', 'note-of-zagone')).toEqual([
      'note-of-zaone',
      'note-of-zatwo',
    ]);
  });
});

describe('the work', () => {
  test('of a step is bounded, also for a call of many rows', async () => {
    const call = 'zabig';
    for (let i = 0; i < 1200; i++) harness.emit(numberedUtterance(i, call));
    harness.emit(event('call.ended', { end: { category: 'BUSY' } }, { call, at: 5000 }));
    await harness.ingest.committed();
    await complete(retentionOf({ callDays: 10 }).sweep());
    expect(works.length).toBeGreaterThan(4);
    expect(works.every(({ rows }) => rows === ROWS_PER_STEP)).toBe(true);
    const rows = removedActions().map(({ details }) => (details as { rows: number }).rows);
    expect(Math.max(...rows)).toBe(ROWS_PER_STEP);
    expect(harness.registry.find(providerId('test'), 'zabig' as never)).toBeUndefined();
  });

  test('continues where it stopped, and visits a call once', async () => {
    for (let i = 0; i < CALLS_PER_PAGE + 5; i++) await aCall(`za${i}`, 20);
    const first = retentionOf({ noteDays: 10 });
    expect(await first.status()).toMatchObject([{ kind: 'NOTES', days: 10, backlog: CALLS_PER_PAGE + 5 }]);
    const sweep = first.sweep();
    await clock.advance(40);
    await complete(Promise.all([first.stop(), sweep]));
    const left = harness.database.db.$client.prepare('select count(*) from notes').pluck().get() as number;
    expect([left > 0, left < CALLS_PER_PAGE + 5]).toEqual([true, true]);
    const second = retentionOf({ noteDays: 10 });
    await complete(second.sweep());
    expect(await second.status()).toMatchObject([{ backlog: 0, removedCalls: left }]);
    works = [];
    await complete(second.sweep());
    expect(works).toEqual([]);
  });

  test('includes data that arrives late, within four sweeps', async () => {
    await aCall('zalate', 20);
    const retention = retentionOf({ transcriptDays: 10 });
    await complete(retention.sweep());
    const its = { call: 'zalate', at: FAKE_EPOCH - 20 * DAY_MS };
    harness.emit(event('call.report', { utterances: [{ party: 'CUSTOMER', text: 'latewords' }] }, its));
    await harness.ingest.committed();
    for (let i = 0; i < 4; i++) await complete(retention.sweep());
    expect(onDisk('latewords')).toEqual([]);
  });

  test('starts after a minute and is repeated; without a rule, there is no timer', async () => {
    const idle = retentionOf({});
    idle.start();
    expect(clock.pending).toBe(0);
    await aCall('zaolda', 11);
    await aCall('zanewa', 9.9);
    const retention = retentionOf({ callDays: 10 });
    retention.start();
    const left = (): string => onDisk('zaolda', 'zanewa').join();
    await clock.advance(FIRST_SWEEP_MS - 1);
    expect([works, left()]).toEqual([[], 'zaolda,zanewa']);
    await clock.advance(1000);
    await until(() => left() === 'zanewa', 'the old call is removed');
    await clock.advance(SWEEP_INTERVAL_MS);
    await until(() => left() === '', 'the new call is removed');
    await retention.stop();
    expect(clock.pending).toBe(0);
  });
});

describe('after a removal', () => {
  test('a reader continues behind its cursor, without what was removed', async () => {
    const finals = { types: ['UTTERANCE_FINALIZED'] } as const;
    const read = (after: number): CursorReader =>
      new CursorReader(harness.hub, harness.eventLog, finals, after, () => true);
    harness.emit(numberedUtterance(1, 'zayoung'));
    await aCall('zaolda', 11);
    harness.emit(numberedUtterance(2, 'zayoung'));
    await harness.ingest.committed();
    const latest = harness.eventLog.latest();
    const inMemory = read(0);
    expect(await inMemory.pull()).toMatchObject({ fact: { utterance: { text: 'words 1' } } });
    await complete(retentionOf({ transcriptDays: 10 }).sweep());
    for (const reader of [inMemory, read(2)])
      expect(await reader.pull()).toMatchObject({ fact: { utterance: { text: 'words 2' } } });
    expect(harness.eventLog.latest()).toBe(latest);
  });

  test('statistics count the calls that history lists', async () => {
    await aCall('zaolda', 11);
    await aCall('zanewa', 9);
    const counted = async () =>
      (await harness.history.callTotals({})).reduce((sum, { calls }) => sum + calls, 0);
    expect(await counted()).toBe(2);
    await complete(retentionOf({ callDays: 10, transcriptDays: 1 }).sweep());
    const page = await harness.history.calls({}, { limit: 10, backward: false });
    expect([await counted(), page.rows.length]).toEqual([1, 1]);
  });
});
