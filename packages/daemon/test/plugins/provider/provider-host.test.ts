import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  EVENT_LIMITS,
  providerCallId,
  type MediaStreamOptions,
  type ProviderEvent,
  type ProviderHost,
} from '@sidetone/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { listenToWork } from '../../../src/loop/current-work.ts';
import { createEventCheck } from '../../../src/plugins/provider/event-check.ts';
import { NO_COUNTRIES, type Countries } from '../../../src/calls/numbers/countries.ts';
import { createProviderHost } from '../../../src/plugins/provider/provider-host.ts';
import { urlOfProvider } from '../../../src/plugins/provider/provider-url.ts';
import { SetupNotices } from '../../../src/plugins/provider/provider-notices.ts';
import { ProviderTraffic } from '../../../src/plugins/provider/provider-traffic.ts';
import { RequestFailures } from '../../../src/plugins/provider/request-failures.ts';
import { Lease } from '../../../src/plugins/supervision/lease.ts';
import { createStateStore } from '../../../src/store/plugin-state.ts';
import { createHarness, event, PROVIDER, numberedUtterance, type Harness } from '../../support/harness.ts';
import { createTestLog, type LogLine } from '../../support/silent-log.ts';
import { tempDir } from '../../support/temp-dir.ts';

const LIMIT = 1000;
const LIVE_CALLS = 100;
const root = tempDir();
let count = 0;
let harness: Harness;
let lease: Lease;
let host: ProviderHost;
let lines: LogLine[];
let dropped: string[];
let rejected: string[];
let thrown: string[];
let requests: RequestFailures;
let traffic: ProviderTraffic;
let notices: SetupNotices;

beforeEach(() => {
  const dir = join(root, String(count++));
  mkdirSync(dir);
  harness = createHarness(dir);
  const testLog = createTestLog();
  lines = testLog.lines;
  dropped = [];
  rejected = [];
  thrown = [];
  requests = new RequestFailures();
  traffic = new ProviderTraffic({ clock: harness.clock, log: testLog.log('') });
  notices = new SetupNotices(harness.clock);
  lease = new Lease((where) => thrown.push(where));
  host = createProviderHost(
    {
      providerId: PROVIDER,
      lease,
      requests,
      traffic,
      notices,
      checkEvent: createEventCheck(),
      onEventDropped: (code, reason) => dropped.push(`${code}: ${reason}`),
      onEventRejected: (reason) => rejected.push(reason),
    },
    {
      ...harness,
      stateStore: createStateStore(harness.database.db),
      log: testLog.log(''),
      publicUrl: () => new URL('http://localhost/'),
      isExposed: false,
      countries: NO_COUNTRIES,
      socketMessageBytes: 1000,
      eventsPerSecond: LIMIT,
      maxLiveCalls: LIVE_CALLS,
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

describe('an event with an id that its provider cannot have', () => {
  const started = (id: string) => ({ ...event('call.started', {}), providerCallId: providerCallId(id) });

  test.each(['.', '..', 'a/b', 'a\\b', 'a\u0000b', '\n', 'x'.repeat(257)])('is rejected: %j', async (id) => {
    await expect(requests.run(async () => host.emit(started(id)))).rejects.toMatchObject({
      code: 'WIRE_MALFORMED',
    });
    host.openStream(stream({ providerCallId: id }));
    expect(await stored()).toEqual([]);
    expect([rejected.length, dropped]).toEqual([2, []]);
    if (id.length > 2) expect(rejected.join()).not.toContain(id);
  });

  test('is rejected by the grammar that the plugin declares', () => {
    const check = createEventCheck(/^CA\d+$/g);
    expect(['CA1', 'CA2', 'CA1x', 'xCA1', ''].map((id) => check(started(id)) === undefined)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});

test('a report names the work of its turn, in which its plugin may have waited before', () => {
  const labels: string[] = [];
  const stopListening = listenToWork((label) => labels.push(label));
  host.emit(event('call.report', { summary: 'hello' }));
  stopListening();
  expect(labels).toEqual([`report ${PROVIDER}`]);
});

describe('an event with a field above its limit', () => {
  const notices = async (): Promise<readonly unknown[]> => {
    await harness.ingest.committed();
    const page = await harness.eventLog.page(0, 10_000, {});
    return page.flatMap(({ fact }) => (fact.type === 'CALL_NOTICE' ? [fact.message] : []));
  };

  test('is accepted with a cut text, and one notice for each field', async () => {
    host.emit(event('call.started', {}));
    for (let i = 0; i < 3; i++)
      host.emit(event('utterance.final', { party: 'CUSTOMER', text: 'a '.repeat(20_000) }));
    host.emit(event('call.report', { summary: 'x'.repeat(1_000_000) }));
    await harness.ingest.committed();
    const facts = (await harness.eventLog.page(0, 10_000, {})).map(({ fact }) => fact);
    const texts = facts.flatMap((fact) =>
      fact.type === 'UTTERANCE_FINALIZED' ? [fact.utterance.text.length] : [],
    );
    expect(texts.length).toBe(3);
    expect(Math.max(...texts)).toBeLessThanOrEqual(EVENT_LIMITS.utterance);
    expect(facts).toContainEqual(
      expect.objectContaining({ type: 'CALL_REPORTED', summary: 'x'.repeat(EVENT_LIMITS.summary) }),
    );
    expect(await notices()).toEqual([
      'utterance.final.text was too large and was cut',
      'call.report.summary was too large and was cut',
    ]);
    expect([dropped, rejected]).toEqual([[], []]);
  });

  test('is recognised again by a long dedupe key, which is stored as a digest', async () => {
    const digits = (dedupeKey: string): void => host.emit(event('dtmf', { digits: '1', dedupeKey }));
    host.emit(event('call.started', {}));
    for (const key of ['x'.repeat(1_000_000), 'x'.repeat(1_000_000), `${'x'.repeat(999_999)}y`]) digits(key);
    expect((await stored()).filter((type) => type === 'DTMF_RECEIVED')).toHaveLength(2);
  });

  test('is rejected if the field is an id', async () => {
    host.emit(event('call.started', {}));
    host.emit(event('command.confirmed', { commandId: 'x'.repeat(257) as never }));
    expect(rejected).toEqual(['command.confirmed.commandId: id is too long']);
  });
});

test('the country is that of the provider', () => {
  const create = (countries: Countries): ProviderHost =>
    createProviderHost({ providerId: PROVIDER, lease } as never, { ...harness, countries } as never);
  expect(host).not.toHaveProperty('country');
  expect(create({ default: 'US', byProvider: {} }).country).toBe('US');
  expect(create({ default: 'US', byProvider: { [PROVIDER]: 'IN' } }).country).toBe('IN');
});

describe('an event of a plugin', () => {
  test('is accepted after the start and before the end of its instance', async () => {
    const early = new Lease(() => undefined);
    const unstarted = createProviderHost(
      {
        providerId: PROVIDER,
        lease: early,
        requests,
        traffic,
        notices,
        checkEvent: () => undefined,
        onEventDropped: (code) => dropped.push(code),
        onEventRejected: (reason) => rejected.push(reason),
      },
      {
        ...harness,
        countries: NO_COUNTRIES,
        eventsPerSecond: LIMIT,
        maxLiveCalls: LIVE_CALLS,
      } as never,
    );
    unstarted.emit(event('call.started', {}));
    host.emit(event('call.started', {}));
    lease.end();
    host.emit(event('call.ended', { end: { category: 'BUSY' } }));
    expect(await stored()).toEqual(['CALL_STARTED']);
    expect(dropped).toEqual(['PLUGIN_EVENT_INVALID', 'PLUGIN_EVENT_INVALID: the provider is not running']);
  });

  test.each<[string, unknown]>([
    ['undefined', undefined],
    ['an unknown type', { type: 'call.exploded' }],
    [
      'a property that throws',
      {
        get type() {
          throw new Error('no');
        },
      },
    ],
  ])('is dropped without an exception if it is invalid: %s', async (_name, invalid) => {
    host.emit(invalid as ProviderEvent);
    expect(dropped.length).toBe(1);
    expect(await stored()).toEqual([]);
  });

  test('is dropped above the rate limit, except the end of a live call', async () => {
    host.emit(event('call.started', {}, { call: 'live' }));
    await harness.ingest.committed();
    for (let i = 0; i < 3 * LIMIT; i++) host.emit(numberedUtterance(i, `call ${i % 50}`));
    const accepted = (await stored()).filter((type) => type === 'UTTERANCE_FINALIZED').length;
    expect(accepted).toBe(LIMIT - 1);
    expect(dropped.length).toBe(3 * LIMIT - accepted);
    expect(dropped[0]).toBe(`PLUGIN_EVENT_FLOOD: limit reached: limits.eventsPerSecond (${LIMIT})`);
    const end = event('call.ended', { end: { category: 'BUSY' } }, { call: 'live' });
    for (let i = 0; i < 3; i++) host.emit(end);
    // The first one ends the call; the others are dropped.
    expect(dropped.length).toBe(3 * LIMIT - accepted + 2);
    expect((await stored()).at(-1)).toBe('CALL_ENDED');
    expect(lines.filter(({ fields }) => fields['code'] !== 'EVENT_TIME_IMPLAUSIBLE')).toEqual([]);
  });
});

describe('above limits.liveCalls', () => {
  beforeEach(async () => {
    for (let i = 0; i < LIVE_CALLS; i++) host.emit(event('call.started', {}, { call: `call ${i}` }));
    host.emit(event('call.ended', { end: { category: 'BUSY' } }, { call: 'ended' }));
    await harness.ingest.committed();
  });
  const reason = `limit reached: limits.liveCalls (${LIVE_CALLS})`;
  const tooMany: readonly ProviderEvent[] = [
    event('call.started', {}, { call: 'new' }),
    event('call.status', { status: 'IN_PROGRESS' }, { call: 'new' }),
    event('utterance.final', { party: 'CUSTOMER', text: 'hello' }, { call: 'new' }),
    event('call.report', { summary: 'hello' }, { call: 'new' }),
    event('dtmf', { digits: '1' }, { call: 'new' }),
  ];

  test.each(tooMany)('an event of a new call is not acknowledged: $type', async (given) => {
    await expect(requests.run(async () => host.emit(given))).rejects.toMatchObject({
      code: 'PLUGIN_EVENT_FLOOD',
      message: reason,
    });
    expect(dropped).toEqual([`PLUGIN_EVENT_FLOOD: ${reason}`]);
    await harness.ingest.committed();
    expect(harness.registry.size).toBe(LIVE_CALLS);
  });

  test('a stream of a new call discards its audio', async () => {
    host.openStream(stream({ providerCallId: 'new' })).write('CUSTOMER', new Uint8Array(320));
    expect([harness.streams.size, dropped]).toEqual([0, [`PLUGIN_EVENT_FLOOD: ${reason}`]]);
  });

  test('events of live and of ended calls are accepted, and the end of any call', async () => {
    host.emit(numberedUtterance(1, 'call 1'));
    host.emit(numberedUtterance(1, 'ended'));
    host.openStream(stream({ providerCallId: 'call 2' }));
    host.emit(event('call.ended', { end: { category: 'BUSY' } }, { call: 'never seen' }));
    expect(dropped).toEqual([]);
  });

  test('a new call is accepted after another has ended', async () => {
    host.emit(event('call.ended', { end: { category: 'BUSY' } }, { call: 'call 1' }));
    await harness.ingest.committed();
    host.emit(event('call.started', {}, { call: 'new' }));
    await harness.ingest.committed();
    expect([dropped, harness.registry.size]).toEqual([[], LIVE_CALLS]);
  });
});

test('a time that cannot be right is stored, and reported as a notice and once in the log', async () => {
  for (const digits of ['1', '2']) host.emit(event('dtmf', { digits }, { at: harness.clock.now() / 1000 }));
  await harness.ingest.committed();
  expect(await stored()).toContain('DTMF_RECEIVED');
  const message = 'dtmf.occurredAt: expected a time in epoch ms, received one before 2000';
  expect(notices.list()).toMatchObject([{ code: 'EVENT_TIME_IMPLAUSIBLE', message, count: 2 }]);
  expect(lines.filter(({ message: text }) => text.includes('cannot be right'))).toHaveLength(1);
});

test('the public URL of a path has the scheme of HTTP or of WebSockets', () => {
  expect(host.publicUrl('stream/a?b=1').href).toBe('http://localhost/providers/test/stream/a?b=1');
  expect(host.publicUrl('stream/a?b=1', 'ws').href).toBe('ws://localhost/providers/test/stream/a?b=1');
  const secure = urlOfProvider(PROVIDER, 'stream', new URL('https://calls.example.com/base/'), 'ws');
  expect(secure.href).toBe('wss://calls.example.com/base/providers/test/stream');
});

describe('a stream of a plugin', () => {
  test('ends with its instance, and later streams discard their audio', async () => {
    const open = host.openStream(stream());
    open.write('CUSTOMER', new Uint8Array(320));
    lease.end();
    expect(harness.streams.size).toBe(0);
    host.openStream(stream());
    expect(harness.streams.size).toBe(0);
    expect(await stored()).toEqual(['CALL_STARTED', 'STREAM_STARTED', 'STREAM_STOPPED']);
  });

  test('is not held after the plugin has ended it', () => {
    host.openStream(stream()).end('stopped');
    expect(lease.size).toBe(0);
  });

  test.each<[object, string]>([
    [{ encoding: 'opus' }, 'stream.encoding: expected an audio encoding, received a string'],
    [{ sampleRate: 0 }, 'stream.sampleRate: expected a sample rate of 4000 to 192000 Hz, received a number'],
    [
      { sampleRate: NaN },
      'stream.sampleRate: expected a sample rate of 4000 to 192000 Hz, received a number',
    ],
    [{ parties: [] }, 'stream.parties: expected a list of parties, received an array'],
    [{ parties: ['OPERATOR'] }, 'stream.parties: expected a list of parties, received an array'],
    [{ providerStreamId: {} }, 'stream.providerStreamId: expected a string, received an object'],
    [{ providerCallId: undefined }, 'stream.providerCallId: expected a non-empty string, received nothing'],
  ])('is not opened with invalid options: %j', async (invalid, problem) => {
    host.openStream(stream(invalid)).write('CUSTOMER', new Uint8Array(320));
    expect(dropped).toEqual([`PLUGIN_EVENT_INVALID: ${problem}`]);
    expect([await stored(), harness.streams.size]).toEqual([[], 0]);
  });

  test.each<[string, string, unknown, string, number]>([
    ['text instead of bytes', 'CUSTOMER', 'UklGRg==', 'expected a Uint8Array, received a string', 0],
    ['nothing', 'CUSTOMER', undefined, 'expected a Uint8Array, received something else', 0],
    ['another party', 'OPERATOR', new Uint8Array(320), 'expected INTERLEAVED or a party of the stream', 0],
    [
      'half a sample',
      'CUSTOMER',
      new Uint8Array(321),
      'expected whole samples, of 2 bytes; the rest of a frame is dropped',
      321,
    ],
  ])('reports a frame with %s', async (_name, party, bytes, problem, counted) => {
    const open = host.openStream(stream({ encoding: 'pcm_s16le', parties: ['CUSTOMER', 'ASSISTANT'] }));
    open.write(party as 'CUSTOMER', bytes as Uint8Array);
    open.end('closed');
    expect(dropped).toEqual([`PLUGIN_EVENT_INVALID: stream.write: ${problem}`]);
    await harness.ingest.committed();
    const [stopped] = await harness.eventLog.page(0, 10, { types: ['STREAM_STOPPED'] });
    expect(stopped?.fact).toMatchObject({ counters: { bytes: counted } });
  });

  test('reports interleaved frames that lack a channel', () => {
    const open = host.openStream(stream({ encoding: 'pcm_s16le', parties: ['CUSTOMER', 'ASSISTANT'] }));
    open.write('INTERLEAVED', new Uint8Array(320));
    open.write('INTERLEAVED', new Uint8Array(322));
    expect(dropped).toEqual([expect.stringContaining('expected whole samples, of 4 bytes')]);
  });

  test('of a call that has ended keeps its demand until it is closed', async () => {
    const [first, second] = [host.openStream(stream()), host.openStream(stream())];
    const callId = harness.ingest.liveId(PROVIDER, stream().providerCallId)!;
    const done = harness.demand.add('audio', [callId]);
    const hasDemand = (): boolean => host.hasDemand('audio', stream().providerCallId);
    host.emit(event('call.ended', { end: { category: 'CUSTOMER_ENDED' } }));
    await harness.ingest.committed();
    const seen = [hasDemand()];
    first.end('closed');
    seen.push(hasDemand());
    second.end('closed');
    await harness.ingest.committed();
    seen.push(hasDemand());
    expect(seen).toEqual([true, true, false]);
    done();
  });

  test('does not throw when it is written invalid audio', () => {
    const done = harness.demand.add('levels', undefined);
    host.openStream(stream()).write('CUSTOMER', null as never);
    host.openStream(undefined as never).end('x');
    expect(thrown).toEqual([]);
    expect(dropped).toEqual([
      expect.stringContaining('stream.write'),
      expect.stringContaining('stream: expected'),
    ]);
    done();
  });

  test('of an id that is too long has none, with one notice', async () => {
    host.openStream(stream({ providerStreamId: 's'.repeat(256) })).end('x');
    host.openStream(stream({ providerStreamId: 's'.repeat(4_000_000) })).end('x');
    host.openStream(stream({ providerStreamId: 's'.repeat(257) })).end('x');
    await harness.ingest.committed();
    const facts = (await harness.eventLog.page(0, 100, {})).map(({ fact }) => fact);
    const ids = facts.flatMap((fact) =>
      fact.type === 'STREAM_STARTED' ? [fact.stream.providerStreamId?.length] : [],
    );
    expect(ids).toEqual([256, undefined, undefined]);
    expect(facts.filter(({ type }) => type === 'CALL_NOTICE')).toEqual([
      {
        type: 'CALL_NOTICE',
        code: 'EVENT_TRUNCATED',
        message: 'stream.providerStreamId was too large and was cut',
      },
    ]);
    expect(dropped).toEqual([]);
  });

  test('of an unknown call is not opened above the rate limit', () => {
    for (let i = 0; i < 2 * LIMIT; i++) host.openStream(stream({ providerCallId: `call ${i}` }));
    expect([harness.streams.size, dropped.length]).toEqual([LIMIT, LIMIT]);
  });

  test('of a live call is opened above the rate limit', () => {
    for (let i = 0; i < LIMIT; i++) host.emit(event('call.started', {}, { call: `call ${i}` }));
    for (let i = 0; i < LIMIT; i++) host.openStream(stream({ providerCallId: `call ${i}` }));
    expect([harness.streams.size, dropped.length]).toEqual([LIMIT, 0]);
  });
});

describe('a provider host', () => {
  test('isolates exceptions of onDemandChange listeners, and removes them at the end', async () => {
    host.emit(event('call.started', {}));
    await harness.ingest.committed();
    const notified: string[] = [];
    host.onDemandChange(() => {
      throw new Error('no');
    });
    host.onDemandChange((id) => notified.push(id));
    harness.demand.add('levels', undefined)();
    expect(notified).toEqual(['their-call', 'their-call']);
    expect(thrown).toEqual(['onDemandChange listener', 'onDemandChange listener']);
    lease.end();
    harness.demand.add('levels', undefined)();
    expect(notified.length).toBe(2);
  });

  test('rejects requests, sockets and state writes after the end', async () => {
    await host.state.set('key', 'mine');
    lease.end();
    const signal = new AbortController().signal;
    const notRunning = { code: 'PROVIDER_NOT_RUNNING' };
    await expect(host.fetch('http://127.0.0.1:9/')).rejects.toMatchObject(notRunning);
    await expect(host.dial(new URL('ws://127.0.0.1:9/'), { signal })).rejects.toMatchObject(notRunning);
    await expect(host.state.set('key', 'late')).rejects.toMatchObject(notRunning);
    await expect(host.state.delete('key')).rejects.toMatchObject(notRunning);
    expect(await host.state.get('key')).toBe('mine');
  });
});
