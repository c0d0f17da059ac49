/** Pausing the capture of a live call, with a real database and a fake clock. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CAPTURE_MARGIN_MS, providerCallId, type CallId, type MediaStream } from '@sidetone/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NO_COUNTRIES } from '../../src/calls/numbers/countries.ts';
import { CaptureService, MAX_PAUSE_REASON_CHARACTERS } from '../../src/capture/capture-service.ts';
import { SILENCE_KEPT_MS } from '../../src/capture/silences.ts';
import { CommandService } from '../../src/commands/command-service.ts';
import { createIds } from '../../src/ids.ts';
import { createAuditReader } from '../../src/store/audit/reader.ts';
import { UtteranceService } from '../../src/transcription/utterance-service.ts';
import { bytesOf, channelOf, peakOf, tone } from '../audio/signals.ts';
import { until } from '../support/daemon.ts';
import { createHarness, event, type Harness } from '../support/harness.ts';
import { createTestLog } from '../support/silent-log.ts';
import { tempDir } from '../support/temp-dir.ts';

const ALL = ['RECORDING', 'TRANSCRIPTION', 'LISTENING'] as const;
const MAX_SECONDS = 60;
const PER_MS = 16;

const root = tempDir();
let count = 0;
let dir: string;
let harness: Harness;
let capture: CaptureService;
let callId: CallId;

async function open(): Promise<void> {
  const clock = harness?.clock;
  harness = createHarness(dir, clock && { clock });
  const ids = createIds();
  const commands = new CommandService({
    ...harness,
    countries: NO_COUNTRIES,
    providers: { get: () => undefined } as never,
    ids,
  });
  const { log } = createTestLog();
  capture = new CaptureService({ ...harness, commands, maxSeconds: MAX_SECONDS, log: log('capture') });
  await capture.start();
}

async function restart(): Promise<void> {
  await capture.stop();
  harness.close();
  await open();
}

beforeEach(async () => {
  dir = join(root, String(count++));
  mkdirSync(dir);
  harness = undefined as never;
  await open();
  callId = harness.emit(event('call.status', { status: 'IN_PROGRESS' }, { at: harness.clock.now() }));
  await harness.ingest.committed();
  await harness.clock.settle();
});
afterEach(async () => {
  await capture.stop();
  harness.close();
});

const pause = (request: Partial<Parameters<CaptureService['pause']>[1]> = {}, key?: string) =>
  capture.pause(callId, { parts: ALL, ...request }, 'ada', key);

async function changes(): Promise<unknown[]> {
  await harness.ingest.committed();
  const records = await harness.eventLog.page(0, 1000, { types: ['CAPTURE_CHANGED'] });
  return records.map(({ at, fact }) => ({ at, ...fact }));
}

async function end(): Promise<void> {
  harness.emit(event('call.ended', { end: { category: 'CUSTOMER_ENDED' } }, { at: harness.clock.now() }));
  await harness.ingest.committed();
  await harness.clock.settle();
}

describe('a pause', () => {
  test('is an event, a command, a state of the call and an entry of the audit log', async () => {
    const at = harness.clock.now();
    const { command, call, failure } = await pause({ reason: ' card ', maxSeconds: 30 });
    expect(failure).toBeUndefined();
    expect(command).toMatchObject({ kind: 'PAUSE_CAPTURE', status: 'CONFIRMED', requestedBy: 'ada' });
    expect(call!.capturePauses).toEqual([
      { parts: ALL, from: at, until: at + 30_000, by: 'ada', reason: 'card' },
    ]);
    await harness.clock.advance(1000);
    await capture.resume(callId, 'grace');
    expect(await changes()).toEqual([
      { type: 'CAPTURE_CHANGED', at, by: 'ada', parts: ALL, until: at + 30_000, reason: 'card' },
      { type: 'CAPTURE_CHANGED', at: at + 1000, by: 'grace', parts: [] },
    ]);
    const entries = [...createAuditReader(harness.database.db.$client).entries({ callId })];
    expect(entries.map(({ action, by, details }) => [action, by, details])).toEqual([
      ['CAPTURE_PAUSED', 'ada', { parts: [...ALL] }],
      ['CAPTURE_RESUMED', 'grace', undefined],
    ]);
  });

  test('ends by itself at its latest end', async () => {
    await pause({ maxSeconds: 10 });
    await harness.clock.advance(9999);
    expect(capture.size).toBe(1);
    await harness.clock.advance(1);
    expect(capture.size).toBe(0);
    expect((await changes()).at(-1)).toEqual({ type: 'CAPTURE_CHANGED', at: harness.clock.now(), parts: [] });
  });

  test('is extended by another one: parts are added, and the later end counts', async () => {
    const at = harness.clock.now();
    await pause({ parts: ['RECORDING'], maxSeconds: 30 });
    await harness.clock.advance(1000);
    const { call } = await pause({ parts: ['LISTENING'], maxSeconds: 5 });
    expect(call!.capturePauses).toEqual([
      { parts: ['RECORDING', 'LISTENING'], from: at, until: at + 30_000, by: 'ada' },
    ]);
  });

  test('with the key of an earlier one is not executed again', async () => {
    const first = await pause({}, 'k');
    await capture.resume(callId, 'ada', 'r');
    expect((await pause({}, 'k')).command!.id).toBe(first.command!.id);
    expect((await pause({ maxSeconds: 5 }, 'k')).failure!.code).toBe('IDEMPOTENCY_CONFLICT');
    expect(await changes()).toHaveLength(2);
    await pause();
    await capture.resume(callId, 'ada', 'r');
    expect(capture.size).toBe(1);
  });

  test('of an ended or unknown call fails', async () => {
    await end();
    expect((await pause()).failure!.code).toBe('CALL_NOT_LIVE');
    expect((await capture.resume(callId, 'ada')).failure!.code).toBe('CALL_NOT_LIVE');
    expect((await capture.resume('call_x' as CallId, 'ada')).failure!.code).toBe('CALL_NOT_FOUND');
    expect(await changes()).toEqual([]);
  });

  test.each([
    ['parts', { parts: [] }],
    ['maxSeconds', { maxSeconds: 0 }],
    ['maxSeconds', { maxSeconds: MAX_SECONDS + 1 }],
    ['reason', { reason: 'x'.repeat(MAX_PAUSE_REASON_CHARACTERS + 1) }],
  ])('with invalid %s is rejected', async (argument, request) => {
    await expect(pause(request)).rejects.toMatchObject({ code: 'INPUT_INVALID', details: { argument } });
  });

  test('ends with its call', async () => {
    await pause();
    await end();
    expect(capture.size).toBe(0);
    await harness.clock.advance(MAX_SECONDS * 1000);
    expect(await changes()).toHaveLength(1);
    expect(harness.silences.size).toBe(0);
  });
});

test('silences are kept as long as their audio may arrive', async () => {
  const at = harness.clock.now();
  await pause();
  await capture.resume(callId, 'ada');
  await harness.clock.advance(SILENCE_KEPT_MS);
  await pause();
  expect(harness.silences.isSilent(callId, 'RECORDING', at)).toBe(true);
  await harness.clock.advance(CAPTURE_MARGIN_MS);
  await pause();
  expect(harness.silences.isSilent(callId, 'RECORDING', at)).toBe(false);
  expect(harness.silences.isSilent(callId, 'RECORDING', at + SILENCE_KEPT_MS)).toBe(true);
});

describe('after a restart of the daemon', () => {
  test('a pause continues, and ends at the same time', async () => {
    const at = harness.clock.now();
    await pause({ maxSeconds: 20 });
    await restart();
    expect(harness.silences.isSilent(callId, 'RECORDING', at + 1000)).toBe(true);
    await harness.clock.advance(19_999);
    expect(await changes()).toHaveLength(1);
    await harness.clock.advance(1);
    expect((await changes()).at(-1)).toMatchObject({ at: at + 20_000, parts: [] });
  });

  test('a pause whose end has passed is over', async () => {
    const at = harness.clock.now();
    await pause({ maxSeconds: 20 });
    await capture.stop();
    await harness.clock.advance(25_000);
    await restart();
    expect(capture.size).toBe(0);
    expect((await changes()).at(-1)).toMatchObject({ at: at + 20_000, parts: [] });
    expect(harness.silences.isSilent(callId, 'RECORDING', at + 19_000)).toBe(true);
    expect(harness.silences.isSilent(callId, 'RECORDING', at + 26_000)).toBe(false);
  });
});

describe('text during a pause', () => {
  const partial = (text: string) =>
    harness.emit(event('utterance.partial', { party: 'CUSTOMER', text }, { at: harness.clock.now() }));

  test('of the provider is neither shown nor stored', async () => {
    partial('my card is');
    await pause();
    expect(harness.partials.next(callId, 0)).toBeUndefined();
    partial('my card is 4111');
    expect(harness.partials.next(callId, 0)).toBeUndefined();
    const final = { party: 'CUSTOMER', text: 'my card is 4111' } as const;
    harness.emit(event('utterance.final', final, { at: harness.clock.now() }));
    await harness.ingest.committed();
    expect(harness.ledger.utterances(callId)).toEqual([]);
  });

  test('of a client is rejected', async () => {
    const utterances = new UtteranceService({ ...harness, ids: createIds() });
    const spoken = { callId, party: 'CUSTOMER', text: '4111', isFinal: true, by: 'asr' } as const;
    await harness.clock.advance(10_000);
    await pause();
    await expect(utterances.add(spoken)).rejects.toMatchObject({ code: 'CAPTURE_PAUSED' });
    await expect(utterances.add({ ...spoken, isFinal: false })).rejects.toMatchObject({
      code: 'CAPTURE_PAUSED',
    });
    expect(await utterances.add({ ...spoken, startMs: 1000, endMs: 2000 })).toBeDefined();
  });
});

describe('audio of a pause', () => {
  const FRAME_MS = 20;
  /** Plays a tone for a time; the frames of the times that `isHeld` selects are returned instead. */
  async function speak(stream: MediaStream, fromMs: number, toMs: number, isHeld = (_ms: number) => false) {
    const held: (() => void)[] = [];
    for (let ms = fromMs; ms < toMs; ms += FRAME_MS) {
      await harness.clock.advance(FRAME_MS);
      const write = () => stream.write('CUSTOMER', bytesOf(tone(400, 16_000, FRAME_MS, 16_000, 0)), ms);
      if (isHeld(ms)) held.push(write);
      else write();
    }
    return held;
  }

  const openStream = () =>
    harness.streams.open(callId, {
      providerCallId: providerCallId('their-call'),
      encoding: 'pcm_s16le',
      sampleRate: 16_000,
      parties: ['CUSTOMER'],
    });

  /** Collects the audio of a sink on the timeline. */
  function listen(acceptsDelay: boolean) {
    const heard: { at: number; peak: number }[] = [];
    const leave = harness.audio.join(callId, {
      needsSilence: false,
      acceptsDelay,
      frame: (samples, at) => void heard.push({ at, peak: peakOf(channelOf(samples, 0)) }),
    });
    return { heard, leave };
  }

  test('is silent in the recording, the waveform, for transcribers and listeners, also if it arrives late', async () => {
    harness.recordings.start();
    const [live, transcriber] = [listen(false), listen(true)];
    const stream = openStream();
    const start = harness.clock.now();
    // Arrives in the pause, but was spoken before it.
    const early = await speak(stream, 0, 2000, (ms) => ms >= 1800);
    await pause();
    early.forEach((write) => write());
    const late = await speak(stream, 2000, 4000, (ms) => ms >= 3000);
    await capture.resume(callId, 'ada');
    // Arrives after the pause, but was spoken in it.
    late.forEach((write) => write());
    await speak(stream, 4000, 7000);
    stream.end('done');
    await end();
    await harness.clock.advance(500);
    await until(() => harness.recordings.size === 0, 'the recording is finished');

    const wav = readFileSync(join(dir, 'recordings', `${callId}.wav`)).subarray(44);
    const samples = channelOf(new Int16Array(Uint8Array.from(wav).buffer), 0);
    expect(samples.length / PER_MS).toBeGreaterThanOrEqual(7000);
    const peak = (fromMs: number, toMs: number): number =>
      peakOf(samples.subarray(fromMs * PER_MS, toMs * PER_MS));
    expect(peak(1850, 1950)).toBeGreaterThan(10_000);
    expect(peak(2050, 4400)).toBe(0);
    expect(peak(4600, 7000)).toBeGreaterThan(10_000);

    const peaks = (await harness.waveforms.read(callId, start, start + 7000, 70))[0]!.peaksDb;
    expect(Math.max(...peaks.slice(21, 44))).toBe(-90);
    expect(Math.min(...peaks.slice(47, 69))).toBeGreaterThan(-20);
    for (const { heard, leave } of [live, transcriber]) {
      leave();
      const within = (from: number, to: number) =>
        heard.filter(({ at }) => at >= start + from && at < start + to).map((each) => each.peak);
      expect(within(2060, 4400).length).toBeGreaterThan(100);
      expect(Math.max(...within(2060, 4400))).toBe(0);
      expect(Math.min(...within(4700, 6500))).toBeGreaterThan(10_000);
    }
    expect(harness.levels.read(callId, harness.clock.elapsed())).toBeDefined();
  });

  test('is silent only for the paused parts', async () => {
    const [live, transcriber] = [listen(false), listen(true)];
    const stream = openStream();
    await speak(stream, 0, 1000);
    await pause({ parts: ['TRANSCRIPTION'] });
    await speak(stream, 1000, 3000);
    expect(live.heard.at(-1)!.peak).toBeGreaterThan(10_000);
    expect(transcriber.heard.at(-1)!.peak).toBe(0);
    live.leave();
    transcriber.leave();
  });
});
