/** A transcriber under the daemon's supervision: the calls it hears, what it tells of them, and what it may do wrong. */
import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FaultError, providerId, type CallId, type TranscriberEvent } from '@sidetone/core';
import { createFakeClock, type FakeClock } from '@sidetone/testkit';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { OpenTranscription } from '../../../src/plugins/ports.ts';
import { STOP_TIMEOUT_MS } from '../../../src/plugins/supervision/plugin-instance.ts';
import { LOOK_MS, MOST_THROWS } from '../../../src/plugins/supervision/plugin-lifecycle.ts';
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
/** Which ones ran that did not before, in order. */
let ran: string[];

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
    config: { ear: { plugin: './scripted-transcriber.ts', options: { key } } },
    baseDir: FIXTURES,
    stateStore: createStateStore(database.db),
    clock,
    log: testLog.log,
    socketMessageBytes: 1024,
    random: () => 1,
  });
  ran = [];
  registry.onRunning((id) => ran.push(id));
  await registry.load();
  await registry.start();
});
afterEach(async () => {
  const stopped = registry.stop();
  await clock.advance(STOP_TIMEOUT_MS);
  await stopped;
  database.close();
});

const ear = () => registry.get('ear')!;
const raise = (): never => {
  throw new Error('out of sorts');
};

interface Heard extends OpenTranscription {
  readonly told: TranscriberEvent[];
}

function open(id = 'call_1'): Heard {
  const told: TranscriberEvent[] = [];
  const transcription = ear().open({
    call: { id: id as CallId, providerId: providerId('test') },
    parties: ['CUSTOMER', 'ASSISTANT'],
    sampleRate: 16_000,
    emit: (event) => void told.push(event),
  });
  return { ...transcription, told };
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
  message: expect.stringContaining('taken up again') as string,
};

describe('a transcription', () => {
  test('is given what comes of its call, and tells what its transcriber tells', async () => {
    const heard = open();
    write(heard, 2);
    const [asked] = script.opened;
    expect(asked?.request.call.id).toBe('call_1');
    expect(asked?.written.map(({ party, atMs, bytes }) => [party, atMs, bytes.length])).toEqual([
      ['CUSTOMER', 0, 640],
      ['CUSTOMER', 20, 640],
    ]);
    asked?.request.emit(partial());
    expect(heard.told).toEqual([partial()]);
    expect(asked?.signal.aborted).toBe(false);
  });

  test('has its last words taken until its end has settled, and nothing afterwards', async () => {
    let release = (): void => undefined;
    script.end = () => new Promise((resolve) => (release = resolve));
    const heard = open();
    const ending = heard.end();
    const [asked] = script.opened;
    asked!.request.emit(partial('last words'));
    expect(asked!.signal.aborted).toBe(false);
    release();
    await ending;
    asked!.request.emit(partial('too late'));
    write(heard);
    await heard.end();
    expect(heard.told).toEqual([partial('last words')]);
    expect([asked!.signal.aborted, asked!.written.length, asked!.ends]).toEqual([true, 0, 1]);
  });

  test('whose end never settles is over after a bound', async () => {
    script.end = () => new Promise(() => undefined);
    const heard = open();
    let isOver = false;
    const ending = heard.end().then(() => (isOver = true));
    await clock.advance(END_TIMEOUT_MS - 1);
    expect([isOver, script.opened[0]!.signal.aborted]).toEqual([false, false]);
    await clock.advance(1);
    await ending;
    expect(script.opened[0]!.signal.aborted).toBe(true);
    script.opened[0]!.request.emit(partial('too late'));
    expect(heard.told).toEqual([]);
    expect(ear().state).toBe('RUNNING');
  });

  test('that is cut is over at once: its transcriber is told, and is not heard any more', () => {
    const heard = open();
    heard.cut();
    const [asked] = script.opened;
    asked!.request.emit(partial());
    write(heard);
    expect([asked!.signal.aborted, asked!.written.length, heard.told]).toEqual([true, 0, []]);
  });

  /** A hundred at once, half of which are cut. */
  async function many(): Promise<TranscriberEvent[]> {
    const calls = Array.from({ length: 100 }, (_, i) => open(`call_${i}`));
    for (const [i, heard] of calls.entries()) if (i % 2 === 0) heard.cut();
    await Promise.all(calls.filter((_, i) => i % 2 === 1).map((heard) => heard.end()));
    return calls.flatMap(({ told }) => told);
  }

  test('is one of many: that is nothing to warn of, and the end of their transcriber is no news to those that are over', async () => {
    const warned = vi.fn();
    process.on('warning', warned);
    const told = await many();
    await registry.stop();
    await clock.settle();
    process.off('warning', warned);
    expect([told, clock.pending]).toEqual([[], 0]);
    expect(warned).not.toHaveBeenCalled();
  });

  test('leaves nobody waiting for the end of its transcriber, however it ends', async () => {
    const spies = (['addEventListener', 'removeEventListener'] as const).map((method) =>
      vi.spyOn(EventTarget.prototype, method),
    );
    await many();
    const [added, removed] = spies.map(({ mock }) => mock.calls.filter(([type]) => type === 'abort').length);
    for (const spy of spies) spy.mockRestore();
    expect(added).toBeGreaterThanOrEqual(100);
    expect(removed).toBe(added);
  });
});

describe('what is no event', () => {
  test('is dropped, and makes its transcriber DEGRADED, which says why until it is over', async () => {
    const heard = open();
    for (let i = 0; i < 3; i++) script.opened[0]!.request.emit({ ...partial(), party: 'THE_DOG' } as never);
    script.opened[0]!.request.emit(undefined as never);
    expect(heard.told).toEqual([]);
    expect(ear().state).toBe('DEGRADED');
    expect(ear().stateMessage).toMatch(
      /none: 4, the last because event: expected an object, received nothing\. Report it to the author/,
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
    await clock.advance(2 * LOOK_MS);
    expect(ear().state).toBe('RUNNING');
  });

  test('is nothing to complain of once its transcription is over', async () => {
    const heard = open();
    await heard.end();
    script.opened[0]!.request.emit(undefined as never);
    expect(ear().state).toBe('RUNNING');
  });
});

describe('a transcriber that throws', () => {
  test('at audio harms nobody, and is DEGRADED', () => {
    script.write = raise;
    const heard = open();
    write(heard, MOST_THROWS - 1);
    expect([ear().state, heard.told]).toEqual(['DEGRADED', []]);
    expect(ear().stateMessage).toContain('exceptions of the plugin: 19, the last in write: out of sorts');
  });

  test('too often is replaced, and its calls are told that they have failed, for now', async () => {
    script.write = raise;
    const [one, other] = [open('call_1'), open('call_2')];
    write(one, MOST_THROWS);
    await clock.settle();
    expect([one.told, other.told]).toEqual([[stopped], [stopped]]);
    expect([script.stops, script.opened.every(({ signal }) => signal.aborted)]).toEqual([1, true]);
    expect(ear().state).toBe('FAILED');
    expect(() => open('call_3')).toThrow(expect.objectContaining({ code: 'PROVIDER_NOT_RUNNING' }));
    script.opened[1]!.request.emit(partial('too late'));
    write(other);
    expect([other.told.length, script.opened[1]!.written.length]).toEqual([1, 0]);
    script.write = () => undefined;
    await clock.advance(1000);
    expect([ear().state, ran, script.hosts.length]).toEqual(['DEGRADED', ['ear', 'ear'], 2]);
    write(open('call_3'));
    expect(script.opened.at(-1)!.written).toHaveLength(1);
  });

  test('when a transcription ends has counted, and its call is over all the same', async () => {
    script.end = () => Promise.reject(new Error('no'));
    const heard = open();
    await heard.end();
    expect(ear().stateMessage).toContain('the last in end: no');
    expect(script.opened[0]!.signal.aborted).toBe(true);
  });

  test('a fault when a transcription ends is not blamed for it', async () => {
    script.end = () => Promise.reject(new FaultError('PROVIDER_UNREACHABLE', 'the line is down'));
    await open().end();
    expect(ear().state).toBe('RUNNING');
  });

  test('when it is to begin has begun nothing, and it counts', () => {
    script.open = raise;
    expect(() => open()).toThrow(
      expect.objectContaining({ code: 'PLUGIN_EXCEPTION', message: expect.stringContaining('out of sorts') }),
    );
    expect(ear().stateMessage).toContain('the last in open: out of sorts');
    expect(script.opened[0]!.signal.aborted).toBe(true);
  });

  test.each<[string, unknown]>([
    ['nothing', null],
    ['no end', { write: () => undefined }],
    ['no write', { end: async () => undefined }],
  ])('is as one that begins with %s', (_what, given) => {
    script.open = () => given as never;
    if (given === null) script.open = () => ({}) as never;
    expect(() => open()).toThrow(expect.objectContaining({ code: 'PLUGIN_EXCEPTION' }));
    expect(ear().stateMessage).toContain('the plugin gave no transcription');
  });

  test('LIMIT_EXCEEDED when it is to begin says that it is full, and is not blamed for it', () => {
    script.open = () => {
      throw new FaultError('LIMIT_EXCEEDED', 'it hears 100 calls, as many as it may');
    };
    expect(() => open()).toThrow(expect.objectContaining({ code: 'LIMIT_EXCEEDED' }));
    expect([ear().state, script.opened[0]!.signal.aborted]).toEqual(['RUNNING', true]);
  });

  test('and is stopped tells calls that could not begin nothing', async () => {
    script.open = raise;
    const told: TranscriberEvent[] = [];
    const request = { call: { id: 'call_1' as CallId, providerId: providerId('test') }, sampleRate: 16_000 };
    expect(() => ear().open({ ...request, parties: [], emit: (event) => void told.push(event) })).toThrow();
    await registry.stop();
    expect(told).toEqual([]);
  });
});

describe('a transcriber that is stopped', () => {
  test('tells the calls that it hears, once, and cuts the last words that are awaited', async () => {
    script.end = () => new Promise(() => undefined);
    const [live, ending] = [open('call_1'), open('call_2')];
    const ended = ending.end();
    await registry.stop();
    await ended;
    expect([live.told, ending.told]).toEqual([[stopped], [stopped]]);
    expect(script.opened.map(({ signal }) => signal.aborted)).toEqual([true, true]);
    expect(() => open()).toThrow(expect.objectContaining({ code: 'PROVIDER_NOT_RUNNING' }));
    expect(ear().state).toBe('STOPPED');
  });

  test('may use its host no longer', async () => {
    await registry.stop();
    const [host] = script.hosts;
    await expect(host!.state.set('a', 'b')).rejects.toMatchObject({ code: 'PROVIDER_NOT_RUNNING' });
    await expect(host!.fetch('http://127.0.0.1:1/')).rejects.toMatchObject({ code: 'PROVIDER_NOT_RUNNING' });
    await expect(
      host!.dial(new URL('ws://127.0.0.1:1/'), { signal: AbortSignal.abort() }),
    ).rejects.toMatchObject({ code: 'PROVIDER_NOT_RUNNING' });
  });
});
