/** A supervised transcriber: its transcriptions, its events, and its failures. */
import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FaultError, providerId, type CallId, type TranscriberEvent } from '@sidetone/core';
import { createFakeClock, type FakeClock } from '@sidetone/testkit';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { OpenTranscription } from '../../../src/plugins/ports.ts';
import { STOP_TIMEOUT_MS } from '../../../src/plugins/supervision/plugin-instance.ts';
import { HEALTH_INTERVAL_MS, MAX_EXCEPTIONS } from '../../../src/plugins/supervision/plugin-lifecycle.ts';
import { END_TIMEOUT_MS } from '../../../src/plugins/transcriber/transcriber-instance.ts';
import { TranscriberRegistry } from '../../../src/plugins/transcriber/transcriber-registry.ts';
import { openDatabase, type Database } from '../../../src/store/database.ts';
import { createStateStore } from '../../../src/store/plugin-state.ts';
import { transcriberScript, type TranscriberScript } from '../../fixtures/scripted-transcriber.ts';
import { createTestLog, type LogLine } from '../../support/silent-log.ts';
import { tempDir } from '../../support/temp-dir.ts';

const FIXTURES = fileURLToPath(new URL('../../fixtures', import.meta.url));
const root = tempDir();
let count = 0;
let database: Database;
let clock: FakeClock;
let script: TranscriberScript;
let registry: TranscriberRegistry;
let lines: LogLine[];
/** Ids of transcribers that have started, in order. */
let started: string[];

beforeEach(async () => {
  const dir = join(root, String(count++));
  mkdirSync(dir);
  database = openDatabase(join(dir, 'test.db'), 'normal');
  clock = createFakeClock();
  const key = randomUUID();
  script = transcriberScript(key);
  const testLog = createTestLog();
  lines = testLog.lines;
  registry = new TranscriberRegistry({
    config: { scripted: { plugin: './scripted-transcriber.ts', options: { key } } },
    baseDir: FIXTURES,
    stateStore: createStateStore(database.db),
    clock,
    log: testLog.log,
    socketMessageBytes: 1024,
    random: () => 1,
  });
  started = [];
  registry.onRunning((id) => started.push(id));
  await registry.load();
  await registry.start();
});
afterEach(async () => {
  const stopped = registry.stop();
  await clock.advance(STOP_TIMEOUT_MS);
  await stopped;
  database.close();
});

const transcriber = () => registry.get('scripted')!;
const raise = (): never => {
  throw new Error('unavailable');
};

interface TestTranscription extends OpenTranscription {
  readonly events: TranscriberEvent[];
}

function open(id = 'call_1'): TestTranscription {
  const events: TranscriberEvent[] = [];
  const transcription = transcriber().open({
    call: { id: id as CallId, providerId: providerId('test') },
    parties: ['CUSTOMER', 'ASSISTANT'],
    sampleRate: 16_000,
    emit: (event) => void events.push(event),
  });
  return { ...transcription, events };
}

const partial = (text = 'hello'): TranscriberEvent => ({
  type: 'utterance.partial',
  party: 'CUSTOMER',
  utteranceId: 'u1',
  text,
});
const write = (to: OpenTranscription, times = 1): void => {
  for (let i = 0; i < times; i++) to.write('CUSTOMER', new Uint8Array(640), i * 20);
};
const stopped: TranscriberEvent = {
  type: 'state',
  state: 'FAILED',
  code: 'TRANSCRIBER_STOPPED',
  message: expect.stringContaining('resumes when it restarts') as string,
};

describe('a transcription', () => {
  test('receives the audio of its call and emits the events of its transcriber', async () => {
    const opened = open();
    write(opened, 2);
    const [request] = script.opened;
    expect(request?.request.call.id).toBe('call_1');
    expect(request?.written.map(({ party, atMs, bytes }) => [party, atMs, bytes.length])).toEqual([
      ['CUSTOMER', 0, 640],
      ['CUSTOMER', 20, 640],
    ]);
    request?.request.emit(partial());
    expect(opened.events).toEqual([partial()]);
    expect(request?.signal.aborted).toBe(false);
  });

  test('emits results until its end has settled, and none afterwards', async () => {
    let release = (): void => undefined;
    script.end = () => new Promise((resolve) => (release = resolve));
    const opened = open();
    const ending = opened.end();
    const [request] = script.opened;
    request!.request.emit(partial('last result'));
    expect(request!.signal.aborted).toBe(false);
    release();
    await ending;
    request!.request.emit(partial('too late'));
    write(opened);
    await opened.end();
    expect(opened.events).toEqual([partial('last result')]);
    expect([request!.signal.aborted, request!.written.length, request!.ends]).toEqual([true, 0, 1]);
  });

  test('whose end never settles times out', async () => {
    script.end = () => new Promise(() => undefined);
    const opened = open();
    let isEnded = false;
    const ending = opened.end().then(() => (isEnded = true));
    await clock.advance(END_TIMEOUT_MS - 1);
    expect([isEnded, script.opened[0]!.signal.aborted]).toEqual([false, false]);
    await clock.advance(1);
    await ending;
    expect(script.opened[0]!.signal.aborted).toBe(true);
    script.opened[0]!.request.emit(partial('too late'));
    expect(opened.events).toEqual([]);
    expect(transcriber().state).toBe('RUNNING');
  });

  test('that is cut aborts its signal at once and emits no more events', () => {
    const opened = open();
    opened.cut();
    const [request] = script.opened;
    request!.request.emit(partial());
    write(opened);
    expect([request!.signal.aborted, request!.written.length, opened.events]).toEqual([true, 0, []]);
  });

  /** Opens 100 transcriptions, cuts half of them and ends the others. */
  async function openMany(): Promise<TranscriberEvent[]> {
    const calls = Array.from({ length: 100 }, (_, i) => open(`call_${i}`));
    for (const [i, opened] of calls.entries()) if (i % 2 === 0) opened.cut();
    await Promise.all(calls.filter((_, i) => i % 2 === 1).map((opened) => opened.end()));
    return calls.flatMap(({ events }) => events);
  }

  test('can be one of many without a warning, and ended ones receive no state when the transcriber stops', async () => {
    const warned = vi.fn();
    process.on('warning', warned);
    const events = await openMany();
    await registry.stop();
    await clock.settle();
    process.off('warning', warned);
    expect([events, clock.pending]).toEqual([[], 0]);
    expect(warned).not.toHaveBeenCalled();
  });

  test('removes its abort listener, however it ends', async () => {
    const spies = (['addEventListener', 'removeEventListener'] as const).map((method) =>
      vi.spyOn(EventTarget.prototype, method),
    );
    await openMany();
    const [added, removed] = spies.map(({ mock }) => mock.calls.filter(([type]) => type === 'abort').length);
    for (const spy of spies) spy.mockRestore();
    expect(added).toBeGreaterThanOrEqual(100);
    expect(removed).toBe(added);
  });
});

describe('an invalid event', () => {
  test('is dropped and makes the transcriber DEGRADED for a while', async () => {
    const opened = open();
    for (let i = 0; i < 3; i++) script.opened[0]!.request.emit({ ...partial(), party: 'THE_DOG' } as never);
    script.opened[0]!.request.emit(undefined as never);
    expect(opened.events).toEqual([]);
    expect(transcriber().state).toBe('DEGRADED');
    expect(transcriber().stateMessage).toMatch(
      /invalid events dropped: 4, last reason: event: expected an object, received nothing\. Report it to the author/,
    );
    expect(lines).toMatchObject([
      {
        level: 'warn',
        fields: {
          code: 'PLUGIN_EVENT_INVALID',
          reason: 'utterance.partial.party: expected a party, received a string',
        },
      },
    ]);
    await clock.advance(2 * HEALTH_INTERVAL_MS);
    expect(transcriber().state).toBe('RUNNING');
  });

  test('is ignored after the end of its transcription', async () => {
    const opened = open();
    await opened.end();
    script.opened[0]!.request.emit(undefined as never);
    expect(transcriber().state).toBe('RUNNING');
  });
});

describe('a transcriber that throws', () => {
  test('in write is DEGRADED, and the call continues', () => {
    script.write = raise;
    const opened = open();
    write(opened, MAX_EXCEPTIONS - 1);
    expect([transcriber().state, opened.events]).toEqual(['DEGRADED', []]);
    expect(transcriber().stateMessage).toContain(
      'exceptions in the plugin: 19, the last one in write: unavailable',
    );
  });

  test('too often is replaced, and its transcriptions receive FAILED', async () => {
    script.write = raise;
    const [one, other] = [open('call_1'), open('call_2')];
    write(one, MAX_EXCEPTIONS);
    await clock.settle();
    expect([one.events, other.events]).toEqual([[stopped], [stopped]]);
    expect([script.stops, script.opened.every(({ signal }) => signal.aborted)]).toEqual([1, true]);
    expect(transcriber().state).toBe('FAILED');
    expect(() => open('call_3')).toThrow(expect.objectContaining({ code: 'PROVIDER_NOT_RUNNING' }));
    script.opened[1]!.request.emit(partial('too late'));
    write(other);
    expect([other.events.length, script.opened[1]!.written.length]).toEqual([1, 0]);
    script.write = () => undefined;
    await clock.advance(1000);
    expect([transcriber().state, started, script.hosts.length]).toEqual([
      'DEGRADED',
      ['scripted', 'scripted'],
      2,
    ]);
    write(open('call_3'));
    expect(script.opened.at(-1)!.written).toHaveLength(1);
  });

  test('in end is DEGRADED, and the transcription ends', async () => {
    script.end = () => Promise.reject(new Error('no'));
    const opened = open();
    await opened.end();
    expect(transcriber().stateMessage).toContain('the last one in end: no');
    expect(script.opened[0]!.signal.aborted).toBe(true);
  });

  test('a fault in end stays RUNNING', async () => {
    script.end = () => Promise.reject(new FaultError('PROVIDER_UNREACHABLE', 'disconnected'));
    await open().end();
    expect(transcriber().state).toBe('RUNNING');
  });

  test('in open is DEGRADED, and no transcription is opened', () => {
    script.open = raise;
    expect(() => open()).toThrow(
      expect.objectContaining({ code: 'PLUGIN_EXCEPTION', message: expect.stringContaining('unavailable') }),
    );
    expect(transcriber().stateMessage).toContain('the last one in open: unavailable');
    expect(script.opened[0]!.signal.aborted).toBe(true);
  });

  test.each<[string, unknown]>([
    ['no methods', null],
    ['no end', { write: () => undefined }],
    ['no write', { end: async () => undefined }],
  ])('includes one whose transcription has %s', (_what, given) => {
    script.open = () => given as never;
    if (given === null) script.open = () => ({}) as never;
    expect(() => open()).toThrow(expect.objectContaining({ code: 'PLUGIN_EXCEPTION' }));
    expect(transcriber().stateMessage).toContain('expected a transcription with write and end');
  });

  test('LIMIT_EXCEEDED in open stays RUNNING', () => {
    script.open = () => {
      throw new FaultError('LIMIT_EXCEEDED', 'limit of 100 calls reached');
    };
    expect(() => open()).toThrow(expect.objectContaining({ code: 'LIMIT_EXCEEDED' }));
    expect([transcriber().state, script.opened[0]!.signal.aborted]).toEqual(['RUNNING', true]);
  });

  test('in open emits no state for that call when it stops', async () => {
    script.open = raise;
    const events: TranscriberEvent[] = [];
    const request = { call: { id: 'call_1' as CallId, providerId: providerId('test') }, sampleRate: 16_000 };
    expect(() =>
      transcriber().open({ ...request, parties: [], emit: (event) => void events.push(event) }),
    ).toThrow();
    await registry.stop();
    expect(events).toEqual([]);
  });
});

describe('a transcriber that is stopped', () => {
  test('emits FAILED once for open transcriptions, and does not wait for last results', async () => {
    script.end = () => new Promise(() => undefined);
    const [live, ending] = [open('call_1'), open('call_2')];
    const ended = ending.end();
    await registry.stop();
    await ended;
    expect([live.events, ending.events]).toEqual([[stopped], [stopped]]);
    expect(script.opened.map(({ signal }) => signal.aborted)).toEqual([true, true]);
    expect(() => open()).toThrow(expect.objectContaining({ code: 'PROVIDER_NOT_RUNNING' }));
    expect(transcriber().state).toBe('STOPPED');
  });

  test('may not use its host', async () => {
    await registry.stop();
    const [host] = script.hosts;
    await expect(host!.state.set('a', 'b')).rejects.toMatchObject({ code: 'PROVIDER_NOT_RUNNING' });
    await expect(host!.fetch('http://127.0.0.1:1/')).rejects.toMatchObject({ code: 'PROVIDER_NOT_RUNNING' });
    await expect(
      host!.dial(new URL('ws://127.0.0.1:1/'), { signal: AbortSignal.abort() }),
    ).rejects.toMatchObject({ code: 'PROVIDER_NOT_RUNNING' });
  });
});
