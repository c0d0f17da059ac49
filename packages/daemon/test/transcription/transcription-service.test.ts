/** Which calls are transcribed without being asked for, what their transcriber is given, and how it ends. */
import { FaultError, type Party, type TranscriberEvent } from '@sidetone/core';
import { beforeEach, describe, expect, test } from 'vitest';
import { LAST_AUDIO_MS, STOP_TIMEOUT_MS } from '../../src/transcription/transcription-service.ts';
import { LONG_PLAYOUT_DELAY_MS } from '../../src/audio/call-audio.ts';
import { amplitudeAt, bytesOf, extentOf, peakOf, tone } from '../audio/signals.ts';
import { event } from '../support/harness.ts';
import { tempDir } from '../support/temp-dir.ts';
import { fails, final, TranscriptionHarness, transcribes } from '../support/transcription-harness.ts';

const root = tempDir();
let it: TranscriptionHarness;
beforeEach(() => void (it = new TranscriptionHarness(root)));

describe('a call is transcribed without being asked for', () => {
  test.each<[setting: string, ids: string[], providesTranscript: boolean, by: string | undefined]>([
    ['off', ['ear'], false, undefined],
    ['auto', ['ear'], false, 'ear'],
    ['auto', ['ear'], true, undefined],
    ['auto', [], false, undefined],
    ['other', ['ear', 'other'], false, 'other'],
    ['other', ['ear', 'other'], true, 'other'],
  ])(
    'as its provider is set: to %s, of %j, and it tells words itself: %j',
    async (setting, ids, providesTranscript, by) => {
      it.provider.providesTranscript = providesTranscript;
      it.begin(setting, ...ids);
      const callId = await it.aCall();
      expect(it.harness.demand.has('audio', callId)).toBe(by !== undefined);
      await it.talk(callId);
      expect(it.transcribers.opened.map((it) => it.by)).toEqual(by === undefined ? [] : [by]);
      expect(await it.changes()).toEqual(by === undefined ? [] : [`${by} CONNECTING automatic`]);
    },
  );

  test('also when it was live before the daemon started', async () => {
    const callId = await it.aCall();
    it.begin('auto', 'ear');
    await it.talk(callId);
    expect(it.transcribers.opened).toHaveLength(1);
  });
});

describe('a transcriber', () => {
  test('is not troubled before there is audio', async () => {
    it.begin('auto', 'ear');
    const callId = await it.aCall();
    await it.harness.clock.advance(60_000);
    expect([it.transcribers.opened, it.stateOf(callId), it.transcribing.size]).toEqual([[], undefined, 1]);
    await it.talk(callId);
    expect(it.transcribers.opened).toHaveLength(1);
  });

  test('is told whose audio comes and how, and nothing by which a person is known', async () => {
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

  test('is given the audio of each party apart, from place 0 on without a hole, both for one place in turn', async () => {
    it.begin('auto', 'ear');
    const callId = await it.aCall();
    await it.harness.clock.advance(5000);
    await it.talk(callId, 1000);
    const { written } = it.newest();
    expect(written.length).toBeGreaterThan(90);
    expect(written.map(({ party, atMs, bytes }) => [party, atMs, bytes.length])).toEqual(
      written.map((_, i) => [i % 2 === 0 ? 'CUSTOMER' : 'ASSISTANT', Math.floor(i / 2) * 20, 640]),
    );
    const loud = (party: Party) => {
      const samples = it.newest().samplesOf(party).subarray(3200, 12_800);
      return [400, 900].map((hz) => amplitudeAt(hz, 16_000, samples) > 10_000);
    };
    expect([loud('CUSTOMER'), loud('ASSISTANT')]).toEqual([
      [true, false],
      [false, true],
    ]);
  });

  test('is given what was held up on its way by a fifth of a second in its place', async () => {
    it.begin('auto', 'ear');
    const callId = await it.aCall();
    const stream = it.openStream(callId);
    for (let i = 0; i < 50; i++) {
      await it.harness.clock.advance(20);
      // Ten of them come at once, with the last of them.
      const from = i < 20 || i >= 30 ? i : i === 29 ? 20 : i + 1;
      for (let j = from; j <= i; j++)
        stream.write('CUSTOMER', bytesOf(tone(400, 8000, 20, 16_000, j * 160)), j * 20);
    }
    await it.harness.clock.advance(LONG_PLAYOUT_DELAY_MS);
    const heard = it.newest().samplesOf('CUSTOMER');
    const [first, last] = extentOf(heard);
    expect((last - first) / 16).toBeGreaterThan(990);
    const loudness = Array.from({ length: 45 }, (_, i) =>
      peakOf(heard.subarray(first + i * 320).subarray(0, 320)),
    );
    expect(Math.min(...loudness)).toBeGreaterThan(10_000);
  });

  test('is told of a hole by a later place', async () => {
    it.begin('auto', 'ear');
    const callId = await it.aCall();
    await it.talk(callId);
    const before = it.newest().written.at(-1)!.atMs;
    const clock = it.harness.clock as { now(): number };
    const { now } = clock;
    clock.now = () => now() + 60_000;
    await it.harness.clock.advance(20);
    clock.now = now;
    const after = it.newest().written.find(({ atMs }) => atMs > before)!.atMs;
    expect(after).toBeGreaterThan(before + 50_000);
  });

  test('has its words placed by when its first audio was heard', async () => {
    it.begin('auto', 'ear');
    const callId = await it.aCall();
    await it.harness.clock.advance(5000);
    await it.talk(callId);
    it.newest().emit({ ...final('hello'), startMs: 0, endMs: 200 } as TranscriberEvent);
    await it.harness.ingest.committed();
    const [said] = it.harness.ledger.utterances(callId);
    // The time line begins a moment before the first arrival: what arrives was said before.
    expect([said?.startMs, said?.endMs]).toEqual([4940, 5140]);
  });
});

describe('the end of a call', () => {
  test('waits for its last audio, then ends the transcription, whose last words are kept', async () => {
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

  test('comes behind all that was said until then', async () => {
    it.begin('auto', 'ear');
    const callId = await it.aCall();
    const stream = it.openStream(callId);
    for (let i = 0; i < 50; i++) {
      await it.harness.clock.advance(20);
      stream.write('CUSTOMER', bytesOf(tone(400, 8000, 20, 16_000, i * 160)), i * 20);
    }
    await it.hangUp();
    await it.harness.clock.advance(LAST_AUDIO_MS);
    const [first, last] = extentOf(it.newest().samplesOf('CUSTOMER'));
    expect((last - first) / 16).toBeGreaterThan(990);
  });

  test('that was never heard ends without a transcription', async () => {
    it.begin('auto', 'ear');
    await it.aCall();
    await it.hangUp();
    await it.harness.clock.advance(LAST_AUDIO_MS);
    expect([it.transcribers.opened, it.transcribing.size, it.harness.demand.size]).toEqual([[], 0, 0]);
    expect(await it.changes()).toEqual([]);
  });
});

describe('what was cut off is taken up again', () => {
  test('by the next daemon, by the same transcriber, whatever is set', async () => {
    it.begin('off', 'ear', 'other');
    const callId = await it.aCall();
    await it.on(callId, { transcriber: 'other' });
    await it.talk(callId);
    await it.restart('off', 'ear', 'other');
    await it.talk(callId);
    expect(it.transcribers.opened.map(({ by }) => by)).toEqual(['other']);
  });

  test('when the transcriber runs again that was let down', async () => {
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

  test('but one that goes on is left alone when another transcriber runs', async () => {
    it.begin('ear', 'ear', 'other');
    const callId = await it.aCall();
    await it.talk(callId);
    it.transcribers.run('other');
    await it.talk(callId);
    expect([it.transcribers.opened.length, it.transcribing.size]).toEqual([1, 1]);
  });

  test('but not because another transcriber runs', async () => {
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

  test('but not by a daemon that is stopping', async () => {
    it.begin('auto', 'ear');
    await it.aCall();
    const stopped = it.transcribing.stop();
    it.transcribers.run('ear');
    await stopped;
    it.transcribers.run('ear');
    expect([it.transcribing.size, it.harness.audio.size]).toEqual([0, 0]);
  });
});

describe('a transcription fails', () => {
  test('with the code and the sentence of its transcriber, and leaves nothing behind', async () => {
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

  test('also while it is being begun, and is cut then', async () => {
    it.begin('auto', 'ear');
    it.transcribers.onOpen = ({ emit }) => emit(fails());
    const callId = await it.aCall();
    await it.talk(callId);
    expect(it.stateOf(callId)).toMatchObject({ state: 'FAILED', code: 'TRANSCRIBER_BROKEN' });
    expect([it.transcribers.opened.length, it.newest().isCut, it.transcribing.size]).toEqual([1, true, 0]);
  });

  test.each<[string, Error, string, string]>([
    [
      'that does not run',
      new FaultError('PROVIDER_NOT_RUNNING', 'it does not run'),
      'PROVIDER_NOT_RUNNING',
      'it does not run',
    ],
    ['that is full', new FaultError('LIMIT_EXCEEDED', 'it is full'), 'LIMIT_EXCEEDED', 'it is full'],
    ['that throws', new TypeError('oh'), 'PLUGIN_EXCEPTION', 'oh'],
  ])('at its beginning, by a transcriber %s', async (_which, refusal, code, message) => {
    it.begin('auto', 'ear');
    it.transcribers.error = refusal;
    const callId = await it.aCall();
    await it.talk(callId);
    expect(it.stateOf(callId)).toMatchObject({ transcriber: 'ear', state: 'FAILED', code, message });
    expect(await it.changes()).toEqual(['ear CONNECTING automatic', 'ear FAILED automatic']);
    expect([it.transcribing.size, it.harness.audio.size, it.harness.demand.size]).toEqual([0, 0, 0]);
  });

  test('by a transcriber that is no longer configured', async () => {
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

  test("and the provider's words are taken from then on", async () => {
    it.begin('auto', 'ear');
    const callId = await it.aCall();
    await it.talk(callId);
    const said = (text: string) => it.harness.emit(event('utterance.final', { party: 'CUSTOMER', text }));
    said('a double');
    it.newest().emit(fails());
    said('hello');
    expect(await it.textsOf(callId)).toEqual(['hello']);
  });
});

describe('a stop of the daemon', () => {
  test('waits for the last words, and not longer than a bound', async () => {
    it.begin('auto', 'ear');
    it.transcribers.drained = new Promise(() => undefined);
    const callId = await it.aCall();
    await it.talk(callId);
    let isStopped = false;
    const stopped = it.transcribing.stop().then(() => (isStopped = true));
    await it.harness.clock.advance(STOP_TIMEOUT_MS - 1);
    expect([it.newest().isEnded, isStopped]).toEqual([true, false]);
    it.newest().emit(final('last words'));
    await it.harness.clock.advance(1);
    await stopped;
    expect(await it.textsOf(callId)).toEqual(['last words']);
    expect(it.leftovers()).toMatchObject({ sessions: 0, endings: 1, sinks: 0, demand: 0, timers: 0 });
  });

  test('that nobody has words for is done at once', async () => {
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

  test('does not say that the call is transcribed no longer: the next one goes on', async () => {
    it.begin('auto', 'ear');
    const callId = await it.aCall();
    await it.talk(callId);
    it.newest().emit(transcribes);
    await it.transcribing.stop();
    it.newest().emit(fails('TRANSCRIBER_STOPPED', 'it was stopped'));
    expect(it.stateOf(callId)).toMatchObject({ state: 'TRANSCRIBING' });
  });

  test('also waits for the words of calls that are over', async () => {
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

test('a thousand calls leave nothing behind, however they end', async () => {
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
  for (const stream of streams) stream.write('CUSTOMER', new Uint8Array(320), 0);
  await it.harness.clock.advance(LAST_AUDIO_MS);
  expect(it.transcribers.opened).toHaveLength(1000);
  for (const [i, { emit }] of it.transcribers.opened.entries()) if (i % 4 === 0) emit(fails());
  await Promise.all(calls.filter((_, i) => i % 4 === 1).map((id) => it.off(id)));
  for (const stream of streams) stream.end('over');
  for (const call of names) it.harness.emit(event('call.ended', { end: { category: 'BUSY' } }, { call }));
  await it.harness.ingest.committed();
  await it.harness.clock.advance(LAST_AUDIO_MS);
  it.harness.waveforms.flush();
  expect(it.leftovers()).toEqual(before);
  expect(it.transcribers.opened.every(({ isEnded, isCut }) => isEnded !== isCut)).toBe(true);
});
