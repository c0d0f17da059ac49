/** Automatic transcription, the audio sent to transcribers, and the end of transcriptions. */
import { FaultError, type Party, type TranscriberEvent } from '@sidetone/core';
import { beforeEach, describe, expect, test } from 'vitest';
import { LAST_AUDIO_MS, STOP_TIMEOUT_MS } from '../../src/transcription/transcription-service.ts';
import { PATIENT_DELAY_MS } from '../../src/audio/patient-playout.ts';
import { amplitudeAt, bytesOf, extentOf, peakOf, tone } from '../audio/signals.ts';
import { event } from '../support/harness.ts';
import { tempDir } from '../support/temp-dir.ts';
import { fails, final, TranscriptionHarness, transcribes } from '../support/transcription-harness.ts';

const root = tempDir();
let it: TranscriptionHarness;
beforeEach(() => void (it = new TranscriptionHarness(root)));

describe('automatic transcription', () => {
  test.each<[setting: string, ids: string[], providesTranscript: boolean, by: string | undefined]>([
    ['off', ['ear'], false, undefined],
    ['auto', ['ear'], false, 'ear'],
    ['auto', ['ear'], true, undefined],
    ['auto', [], false, undefined],
    ['other', ['ear', 'other'], false, 'other'],
    ['other', ['ear', 'other'], true, 'other'],
  ])(
    'follows the setting %s with the transcribers %j if the provider has transcripts: %j',
    async (setting, ids, providesTranscript, by) => {
      it.provider.providesTranscript = providesTranscript;
      it.begin(setting, ...ids);
      const callId = await it.aCall();
      expect(it.harness.demand.has('audio', callId)).toBe(by !== undefined);
      await it.talk(callId);
      expect(it.transcribers.opened.map((opened) => opened.by)).toEqual(by === undefined ? [] : [by]);
      expect(await it.changes()).toEqual(by === undefined ? [] : [`${by} CONNECTING automatic`]);
    },
  );

  test('includes calls that were live before the daemon started', async () => {
    const callId = await it.aCall();
    it.begin('auto', 'ear');
    await it.talk(callId);
    expect(it.transcribers.opened).toHaveLength(1);
  });
});

describe('a transcriber', () => {
  test('is opened with the first audio', async () => {
    it.begin('auto', 'ear');
    const callId = await it.aCall();
    await it.harness.clock.advance(60_000);
    expect([it.transcribers.opened, it.stateOf(callId), it.transcribing.size]).toEqual([[], undefined, 1]);
    await it.talk(callId);
    expect(it.transcribers.opened).toHaveLength(1);
  });

  test('receives call, parties and format, and no personal data', async () => {
    it.begin('auto', 'ear');
    it.harness.emit(event('call.started', { details: { direction: 'INBOUND', from: '+15005550006' } }));
    const callId = await it.aCall();
    await it.talk(callId);
    const { call, parties, sampleRate, language } = it.newest().request;
    expect({ call, parties, sampleRate, language }).toEqual({
      call: { id: callId, providerId: 'test', direction: 'INBOUND' },
      parties: ['CUSTOMER', 'ASSISTANT'],
      sampleRate: 16_000,
      language: undefined,
    });
  });

  test('receives the audio of both parties separately, from time 0 without gaps', async () => {
    it.begin('auto', 'ear');
    const callId = await it.aCall();
    await it.harness.clock.advance(5000);
    await it.talk(callId, 1000);
    const { written } = it.newest();
    expect(written.length).toBeGreaterThan(90);
    expect(written.map(({ party, atMs, bytes }) => [party, atMs, bytes.length])).toEqual(
      written.map((_, i) => [i % 2 === 0 ? 'CUSTOMER' : 'ASSISTANT', Math.floor(i / 2) * 20, 640]),
    );
    const isLoud = (party: Party) => {
      const samples = it.newest().samplesOf(party).subarray(3200, 12_800);
      return [400, 900].map((hz) => amplitudeAt(hz, 16_000, samples) > 10_000);
    };
    expect([isLoud('CUSTOMER'), isLoud('ASSISTANT')]).toEqual([
      [true, false],
      [false, true],
    ]);
  });

  test('receives audio that arrived 200 ms late at its position', async () => {
    it.begin('auto', 'ear');
    const callId = await it.aCall();
    const stream = it.openStream(callId);
    for (let i = 0; i < 50; i++) {
      await it.harness.clock.advance(20);
      // Ten frames arrive at once, with the last of them.
      const from = i < 20 || i >= 30 ? i : i === 29 ? 20 : i + 1;
      for (let j = from; j <= i; j++)
        stream.write('CUSTOMER', bytesOf(tone(400, 8000, 20, 16_000, j * 160)), j * 20);
    }
    // The last frame waits for the next one, or for the end of the stream.
    stream.end('done');
    await it.harness.clock.advance(PATIENT_DELAY_MS);
    const received = it.newest().samplesOf('CUSTOMER');
    const [first, last] = extentOf(received);
    expect((last - first) / 16).toBeGreaterThan(990);
    const loudness = Array.from({ length: 45 }, (_, i) =>
      peakOf(received.subarray(first + i * 320).subarray(0, 320)),
    );
    expect(Math.min(...loudness)).toBeGreaterThan(10_000);
  });

  test('recognises a gap by a later time', async () => {
    it.begin('auto', 'ear');
    const callId = await it.aCall();
    await it.talk(callId);
    const before = it.newest().written.at(-1)!.atMs;
    const clock = it.harness.clock as { elapsed(): number };
    const { elapsed } = clock;
    clock.elapsed = () => elapsed() + 60_000;
    await it.harness.clock.advance(20);
    clock.elapsed = elapsed;
    const after = it.newest().written.at(-1)!.atMs;
    expect(after).toBeGreaterThan(before + 50_000);
  });

  test('has its transcripts positioned relative to its first audio', async () => {
    it.begin('auto', 'ear');
    const callId = await it.aCall();
    await it.harness.clock.advance(5000);
    await it.talk(callId);
    it.newest().emit({ ...final('hello'), startMs: 0, endMs: 200 } as TranscriberEvent);
    await it.harness.ingest.committed();
    const [utterance] = it.harness.ledger.utterances(callId);
    // The timeline starts with the first audio: its 20 ms had just been spoken when they arrived.
    expect([utterance?.startMs, utterance?.endMs]).toEqual([5000, 5200]);
  });
});

describe('the end of a call', () => {
  test('ends the transcription after the last audio; the last transcript is stored', async () => {
    let release = (): void => undefined;
    it.begin('auto', 'ear');
    it.transcribers.drained = new Promise((resolve) => (release = resolve));
    const callId = await it.aCall();
    await it.talk(callId);
    const { written } = it.newest();
    await it.hangUp();
    const atEnd = written.length;
    await it.harness.clock.advance(LAST_AUDIO_MS - 1);
    expect([it.newest().isEnded, written.length > atEnd]).toEqual([false, true]);
    await it.harness.clock.advance(1);
    expect([it.newest().isEnded, it.transcribing.size, it.harness.audio.size]).toEqual([true, 0, 0]);
    const before = written.length;
    it.newest().emit(final('bye'));
    release();
    await it.harness.clock.advance(1000);
    expect([await it.textsOf(callId), written.length - before]).toEqual([['bye'], 0]);
    expect(it.stateOf(callId)).toMatchObject({ transcriber: 'ear', state: 'STOPPED' });
  });

  test('follows all audio before it', async () => {
    it.begin('auto', 'ear');
    const callId = await it.aCall();
    const stream = it.openStream(callId);
    for (let i = 0; i < 50; i++) {
      await it.harness.clock.advance(20);
      stream.write('CUSTOMER', bytesOf(tone(400, 8000, 20, 16_000, i * 160)), i * 20);
    }
    await it.hangUp();
    stream.end('done');
    await it.harness.clock.advance(LAST_AUDIO_MS);
    const [first, last] = extentOf(it.newest().samplesOf('CUSTOMER'));
    expect((last - first) / 16).toBeGreaterThan(990);
  });

  test('without audio opens no transcription', async () => {
    it.begin('auto', 'ear');
    await it.aCall();
    await it.hangUp();
    await it.harness.clock.advance(LAST_AUDIO_MS);
    expect([it.transcribers.opened, it.transcribing.size, it.harness.demand.size]).toEqual([[], 0, 0]);
    expect(await it.changes()).toEqual([]);
  });
});

describe('an interrupted transcription', () => {
  test('is resumed after a restart, by the same transcriber regardless of the setting', async () => {
    it.begin('off', 'ear', 'other');
    const callId = await it.aCall();
    await it.on(callId, { transcriber: 'other' });
    await it.talk(callId);
    await it.restart('off', 'ear', 'other');
    await it.talk(callId);
    expect(it.transcribers.opened.map(({ by }) => by)).toEqual(['other']);
  });

  test('is resumed when its transcriber restarts', async () => {
    it.begin('auto', 'ear');
    const callId = await it.aCall();
    await it.talk(callId);
    it.newest().emit(fails('TRANSCRIBER_STOPPED', 'it was stopped'));
    await it.harness.ingest.committed();
    await it.harness.clock.settle();
    await it.talk(callId);
    expect([it.transcribers.opened.length, it.transcribing.size]).toEqual([1, 0]);
    it.transcribers.run('ear');
    await it.talk(callId);
    expect(await it.changes()).toEqual([
      'ear CONNECTING automatic',
      'ear FAILED automatic',
      'ear CONNECTING automatic',
    ]);
    expect(it.transcribers.opened).toHaveLength(2);
  });

  test('is not affected by another transcriber that starts while it runs', async () => {
    it.begin('ear', 'ear', 'other');
    const callId = await it.aCall();
    await it.talk(callId);
    it.transcribers.run('other');
    await it.talk(callId);
    expect([it.transcribers.opened.length, it.transcribing.size]).toEqual([1, 1]);
  });

  test('is not resumed when another transcriber starts', async () => {
    it.begin('ear', 'ear', 'other');
    const callId = await it.aCall();
    await it.talk(callId);
    it.newest().emit(fails());
    await it.harness.ingest.committed();
    await it.harness.clock.settle();
    it.transcribers.run('other');
    await it.talk(callId);
    expect([it.transcribers.opened.length, it.transcribing.size]).toEqual([1, 0]);
  });

  test('is not resumed while the daemon stops', async () => {
    it.begin('auto', 'ear');
    await it.aCall();
    const stopped = it.transcribing.stop();
    it.transcribers.run('ear');
    await stopped;
    it.transcribers.run('ear');
    expect([it.transcribing.size, it.harness.audio.size]).toEqual([0, 0]);
  });
});

describe('a failed transcription', () => {
  test('has the code and message of its transcriber, and leaves no sink or demand', async () => {
    it.begin('auto', 'ear');
    const callId = await it.aCall();
    await it.talk(callId);
    it.newest().emit(fails());
    await it.harness.clock.settle();
    expect(it.stateOf(callId)).toMatchObject({
      state: 'FAILED',
      code: 'TRANSCRIBER_BROKEN',
      message: 'it is broken',
    });
    expect([it.newest().isCut, it.transcribing.size, it.harness.audio.size, it.harness.demand.size]).toEqual([
      true,
      0,
      0,
      0,
    ]);
    await it.talk(callId);
    expect(it.transcribers.opened).toHaveLength(1);
  });

  test('is cut if it fails while it is being opened', async () => {
    it.begin('auto', 'ear');
    it.transcribers.onOpen = ({ emit }) => emit(fails());
    const callId = await it.aCall();
    await it.talk(callId);
    expect(it.stateOf(callId)).toMatchObject({ state: 'FAILED', code: 'TRANSCRIBER_BROKEN' });
    expect([it.transcribers.opened.length, it.newest().isCut, it.transcribing.size]).toEqual([1, true, 0]);
  });

  test.each<[string, Error, string, string]>([
    [
      'that is not running',
      new FaultError('PROVIDER_NOT_RUNNING', 'it does not run'),
      'PROVIDER_NOT_RUNNING',
      'it does not run',
    ],
    ['at its limit', new FaultError('LIMIT_EXCEEDED', 'it is full'), 'LIMIT_EXCEEDED', 'it is full'],
    ['that throws', new TypeError('oh'), 'PLUGIN_EXCEPTION', 'oh'],
  ])('has the code and message of a transcriber %s', async (_which, error, code, message) => {
    it.begin('auto', 'ear');
    it.transcribers.error = error;
    const callId = await it.aCall();
    await it.talk(callId);
    expect(it.stateOf(callId)).toMatchObject({ transcriber: 'ear', state: 'FAILED', code, message });
    expect(await it.changes()).toEqual(['ear CONNECTING automatic', 'ear FAILED automatic']);
    expect([it.transcribing.size, it.harness.audio.size, it.harness.demand.size]).toEqual([0, 0, 0]);
  });

  test('reports a transcriber that is no longer configured', async () => {
    it.begin('auto', 'ear');
    const callId = await it.aCall();
    await it.talk(callId);
    await it.restart('off', 'other');
    await it.talk(callId);
    expect(it.stateOf(callId)).toMatchObject({
      transcriber: 'ear',
      state: 'FAILED',
      code: 'PROVIDER_NOT_RUNNING',
      message: 'the transcriber ear is not configured',
    });
  });

  test("is replaced by the provider's own transcript", async () => {
    it.begin('auto', 'ear');
    const callId = await it.aCall();
    await it.talk(callId);
    const say = (text: string) => it.harness.emit(event('utterance.final', { party: 'CUSTOMER', text }));
    say('a duplicate');
    it.newest().emit(fails());
    say('hello');
    expect(await it.textsOf(callId)).toEqual(['hello']);
  });
});

describe('stop', () => {
  test('waits for the last transcripts, up to STOP_TIMEOUT_MS', async () => {
    it.begin('auto', 'ear');
    it.transcribers.drained = new Promise(() => undefined);
    const callId = await it.aCall();
    await it.talk(callId);
    let isStopped = false;
    const stopped = it.transcribing.stop().then(() => (isStopped = true));
    await it.harness.clock.advance(STOP_TIMEOUT_MS - 1);
    expect([it.newest().isEnded, isStopped]).toEqual([true, false]);
    it.newest().emit(final('last transcript'));
    await it.harness.clock.advance(1);
    await stopped;
    expect(await it.textsOf(callId)).toEqual(['last transcript']);
    expect(it.leftovers()).toMatchObject({ sessions: 0, endings: 1, sinks: 0, demand: 0, timers: 0 });
  });

  test('returns at once if no transcript is pending', async () => {
    it.begin('auto', 'ear');
    const callId = await it.aCall();
    await it.talk(callId);
    await it.transcribing.stop();
    expect(it.leftovers()).toMatchObject({
      sessions: 0,
      endings: 0,
      sinks: 0,
      demand: 0,
      readers: 0,
      timers: 0,
    });
  });

  test('does not change the state of the transcription, which is resumed after a restart', async () => {
    it.begin('auto', 'ear');
    const callId = await it.aCall();
    await it.talk(callId);
    it.newest().emit(transcribes);
    await it.transcribing.stop();
    it.newest().emit(fails('TRANSCRIBER_STOPPED', 'it was stopped'));
    expect(it.stateOf(callId)).toMatchObject({ state: 'TRANSCRIBING' });
  });

  test('waits for the transcripts of ended calls', async () => {
    it.begin('auto', 'ear');
    it.transcribers.drained = new Promise(() => undefined);
    await it.talk(await it.aCall());
    await it.hangUp();
    await it.harness.clock.advance(LAST_AUDIO_MS);
    let isStopped = false;
    const stopped = it.transcribing.stop().then(() => (isStopped = true));
    await it.harness.clock.advance(STOP_TIMEOUT_MS - 1);
    expect(isStopped).toBe(false);
    await it.harness.clock.advance(1);
    await stopped;
  });
});

test('a thousand calls leave no session, sink, demand, reader or timer', async () => {
  it.begin('auto', 'ear');
  const before = it.leftovers();
  const names = Array.from({ length: 1000 }, (_, i) => `call ${i}`);
  const calls = names.map((call) =>
    it.harness.emit(event('call.status', { status: 'IN_PROGRESS' }, { call, at: it.harness.clock.now() })),
  );
  await it.harness.ingest.committed();
  await it.harness.clock.settle();
  expect(it.transcribing.size).toBe(1000);
  const streams = calls.map((id) => it.openStream(id));
  for (const stream of streams) stream.write('CUSTOMER', new Uint8Array(640), 0);
  await it.harness.clock.advance(LAST_AUDIO_MS);
  expect(it.transcribers.opened).toHaveLength(1000);
  for (const [i, { emit }] of it.transcribers.opened.entries()) if (i % 4 === 0) emit(fails());
  await Promise.all(calls.filter((_, i) => i % 4 === 1).map((id) => it.off(id)));
  for (const stream of streams) stream.end('done');
  for (const call of names) it.harness.emit(event('call.ended', { end: { category: 'BUSY' } }, { call }));
  await it.harness.ingest.committed();
  await it.harness.clock.advance(LAST_AUDIO_MS);
  await it.harness.waveforms.flush();
  expect(it.leftovers()).toEqual(before);
  expect(it.transcribers.opened.every(({ isEnded, isCut }) => isEnded !== isCut)).toBe(true);
});
