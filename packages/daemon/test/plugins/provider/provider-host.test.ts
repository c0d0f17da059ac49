import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  providerCallId,
  type MediaStreamOptions,
  type ProviderEvent,
  type ProviderHost,
} from '@sidetone/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createHost } from '../../../src/plugins/provider/provider-host.ts';
import { Lease } from '../../../src/plugins/supervision/lease.ts';
import { createStateStore } from '../../../src/store/plugin-state.ts';
import { createHarness, event, PROVIDER, numberedUtterance, type Harness } from '../../support/harness.ts';
import { createTestLog, type LogLine } from '../../support/silent-log.ts';
import { tempDir } from '../../support/temp-dir.ts';

const BOUND = 1000;
const root = tempDir();
let count = 0;
let harness: Harness;
let lease: Lease;
let host: ProviderHost;
let lines: LogLine[];
let lost: string[];
let thrown: string[];

beforeEach(() => {
  const dir = join(root, String(count++));
  mkdirSync(dir);
  harness = createHarness(dir);
  const testLog = createTestLog();
  lines = testLog.lines;
  lost = [];
  thrown = [];
  lease = new Lease((where) => thrown.push(where));
  host = createHost(
    { providerId: PROVIDER, lease, lost: (code, why) => lost.push(`${code}: ${why}`) },
    {
      ...harness,
      stateStore: createStateStore(harness.database.db),
      log: testLog.log(''),
      publicUrl: () => new URL('http://localhost/'),
      socketMessageBytes: 1000,
      eventsPerSecond: BOUND,
    },
  );
  lease.open();
});
afterEach(() => harness.close());

const stream = (fields: object = {}): MediaStreamOptions => ({
  providerCallId: providerCallId('their-call'),
  encoding: 'pcm_s16le',
  sampleRate: 8000,
  parties: ['CUSTOMER'],
  ...fields,
});
const stored = async (): Promise<readonly string[]> => {
  await harness.ingest.committed();
  return (await harness.eventLog.page(0, 10_000, {})).map(({ fact }) => fact.type);
};

describe('what a plugin emits', () => {
  test('is taken while its instance lives, and neither before nor afterwards', async () => {
    const early = new Lease(() => undefined);
    const hasty = createHost({ providerId: PROVIDER, lease: early, lost: (code) => lost.push(code) }, {
      ...harness,
      eventsPerSecond: BOUND,
    } as never);
    hasty.emit(event('call.started', {}));
    host.emit(event('call.started', {}));
    lease.end();
    host.emit(event('call.ended', { end: { category: 'BUSY' } }));
    expect(await stored()).toEqual(['CALL_STARTED']);
    expect(lost).toEqual(['PLUGIN_EVENT_INVALID', 'PLUGIN_EVENT_INVALID: the provider is not running']);
  });

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['no event', { type: 'call.exploded' }],
    [
      'what throws when it is read',
      {
        get type() {
          throw new Error('no');
        },
      },
    ],
  ])('never throws, and is dropped: %s', async (_name, told) => {
    host.emit(told as ProviderEvent);
    expect(lost.length).toBe(1);
    expect(await stored()).toEqual([]);
  });

  test('is dropped beyond the bound of its second, but for the end of a call that lives', async () => {
    host.emit(event('call.started', {}, { call: 'live' }));
    await harness.ingest.committed();
    for (let i = 0; i < 3 * BOUND; i++) host.emit(numberedUtterance(i, `call ${i % 50}`));
    const taken = (await stored()).filter((type) => type === 'UTTERANCE_FINALIZED').length;
    expect(taken).toBe(BOUND - 1);
    expect(lost.length).toBe(3 * BOUND - taken);
    expect(lost[0]).toBe(`PLUGIN_EVENT_FLOOD: limits.eventsPerSecond (${BOUND}) was reached`);
    const end = event('call.ended', { end: { category: 'BUSY' } }, { call: 'live' });
    for (let i = 0; i < 3; i++) host.emit(end);
    // The first ends it; the others are about a call that is over.
    expect(lost.length).toBe(3 * BOUND - taken + 2);
    expect((await stored()).at(-1)).toBe('CALL_ENDED');
    expect(lines).toEqual([]);
  });
});

describe('a stream of a plugin', () => {
  test('ends with its instance, and is deaf afterwards', async () => {
    const open = host.openStream(stream());
    open.write('CUSTOMER', new Uint8Array(320));
    lease.end();
    expect(harness.streams.size).toBe(0);
    host.openStream(stream());
    expect(harness.streams.size).toBe(0);
    expect(await stored()).toEqual(['CALL_STARTED', 'STREAM_STARTED', 'STREAM_STOPPED']);
  });

  test('that the plugin has ended is forgotten', () => {
    host.openStream(stream()).end('it said so');
    expect(lease.size).toBe(0);
  });

  test.each<[object, string]>([
    [{ encoding: 'opus' }, 'stream.encoding: expected an audio encoding, received a string'],
    [{ sampleRate: 0 }, 'stream.sampleRate: expected a sample rate of 1 to 192000 Hz, received a number'],
    [{ sampleRate: NaN }, 'stream.sampleRate: expected a sample rate of 1 to 192000 Hz, received a number'],
    [{ parties: [] }, 'stream.parties: expected a list of parties, received an array'],
    [{ parties: ['OPERATOR'] }, 'stream.parties: expected a list of parties, received an array'],
    [{ providerCallId: undefined }, 'stream.providerCallId: expected a non-empty string, received nothing'],
  ])('is not opened when it is none: %j', async (wrong, mistake) => {
    host.openStream(stream(wrong)).write('CUSTOMER', new Uint8Array(320));
    expect(lost).toEqual([`PLUGIN_EVENT_INVALID: ${mistake}`]);
    expect([await stored(), harness.streams.size]).toEqual([[], 0]);
  });

  test('that is written nonsense to throws at nobody', () => {
    const done = harness.demand.add('levels', undefined);
    host.openStream(stream()).write('CUSTOMER', null as never);
    host.openStream(undefined as never).end('x');
    expect(thrown).toEqual(['a stream']);
    done();
  });

  test('is not opened beyond the bound of its second', () => {
    for (let i = 0; i < 2 * BOUND; i++) host.openStream(stream({ providerCallId: `call ${i}` }));
    expect([harness.streams.size, lost.length]).toEqual([BOUND, BOUND]);
  });
});

describe('what an instance has', () => {
  test('a listener of wants that throws harms neither the client nor other listeners, and ends with it', async () => {
    host.emit(event('call.started', {}));
    await harness.ingest.committed();
    const heard: string[] = [];
    host.onDemandChange(() => {
      throw new Error('no');
    });
    host.onDemandChange((id) => heard.push(id));
    harness.demand.add('levels', undefined)();
    expect(heard).toEqual(['their-call', 'their-call']);
    expect(thrown).toEqual(['a listener of onDemandChange', 'a listener of onDemandChange']);
    lease.end();
    harness.demand.add('levels', undefined)();
    expect(heard.length).toBe(2);
  });

  test('is refused once it has ended: requests, sockets, and writing over what the next one keeps', async () => {
    await host.state.set('key', 'mine');
    lease.end();
    const signal = new AbortController().signal;
    const refused = { code: 'PROVIDER_NOT_RUNNING' };
    await expect(host.fetch('http://127.0.0.1:9/')).rejects.toMatchObject(refused);
    await expect(host.dial(new URL('ws://127.0.0.1:9/'), { signal })).rejects.toMatchObject(refused);
    await expect(host.state.set('key', 'late')).rejects.toMatchObject(refused);
    await expect(host.state.delete('key')).rejects.toMatchObject(refused);
    expect(await host.state.get('key')).toBe('mine');
  });
});
