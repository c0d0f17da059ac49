/** Audio that is in flight when a call ends: recordings and transcriptions wait for it, up to a bound. */
import { buffer } from 'node:stream/consumers';
import type { CallFact, CallId, MediaStream } from '@sidetone/core';
import { beforeEach, describe, expect, test } from 'vitest';
import { MAX_LATE_AUDIO_MS } from '../../src/audio/ports.ts';
import { until } from '../support/daemon.ts';
import { tempDir } from '../support/temp-dir.ts';
import { TranscriptionHarness } from '../support/transcription-harness.ts';
import { bytesOf } from './signals.ts';

const LOUD = 8000;
const FRAME = bytesOf(new Int16Array(160).fill(2 * LOUD));
const BYTES_PER_MS = 64;
const SPOKEN_MS = 1000;

const root = tempDir();
let it: TranscriptionHarness;
let callId: CallId;
let stream: MediaStream;
let startedAt: number;

beforeEach(async () => {
  it = new TranscriptionHarness(root);
  it.begin('auto', 'ear');
  it.harness.recordings.start();
  callId = await it.aCall();
  stream = it.openStream(callId);
  startedAt = it.harness.clock.now();
  for (let at = 0; at < SPOKEN_MS; at += 20) {
    await it.harness.clock.advance(20);
    speak(at, at + 20);
  }
});

function speak(fromMs: number, toMs: number): void {
  for (let at = fromMs; at < toMs; at += 20) stream.write('CUSTOMER', FRAME, at);
}

/** Ends the call, and waits until its recording and its transcription know it. */
async function hangUp(): Promise<void> {
  const { clock } = it.harness;
  const before = clock.pending;
  await it.hangUp();
  await until(() => clock.pending >= before + 2, 'the recording and the transcription know the end');
}

const loudMs = (samples: Int16Array): number => samples.filter((sample) => sample > LOUD).length / 16;

/** Returns the length of the audio in the recording and at the transcriber, and that of the recording, ms. */
async function received(): Promise<Record<'recorded' | 'transcribed' | 'length', number>> {
  await until(() => it.harness.recordings.size === 0, 'the recording is finished');
  const { bytes, read } = (await it.harness.recordings.open(callId))!;
  const wav = await buffer(read(44, bytes));
  return {
    recorded: Math.round(loudMs(new Int16Array(Uint8Array.from(wav).buffer))),
    transcribed: Math.round(loudMs(it.newest().samplesOf('CUSTOMER'))),
    length: Math.round(wav.length / BYTES_PER_MS),
  };
}

async function facts<Type extends CallFact['type']>(
  type: Type,
): Promise<readonly Extract<CallFact, { type: Type }>[]> {
  await it.harness.ingest.committed();
  const page = await it.harness.eventLog.page(0, 1000, { types: [type] });
  return page.map(({ fact }) => fact as Extract<CallFact, { type: Type }>);
}

describe('audio of a stream that is held up when its call ends', () => {
  test.each([
    [200, 0],
    [500, 100],
    [1500, 300],
    [1500, 4000],
    [5000, 900],
  ])('for %i ms, and arrives %i ms after the end, is kept', async (heldMs, lateMs) => {
    await it.harness.clock.advance(heldMs);
    await hangUp();
    await it.harness.clock.advance(lateMs);
    speak(SPOKEN_MS, SPOKEN_MS + heldMs);
    stream.end('the socket was closed');
    await it.harness.clock.advance(500);
    const { length, ...audio } = await received();
    expect(audio).toEqual({ recorded: SPOKEN_MS + heldMs, transcribed: SPOKEN_MS + heldMs });
    const [waveform] = await it.harness.waveforms.read(callId, startedAt, startedAt + SPOKEN_MS + heldMs, 10);
    expect(Math.min(...waveform!.peaksDb)).toBeGreaterThan(-10);
    // The recording ends with the call, and not when the audio has arrived.
    expect(Math.abs(length - SPOKEN_MS - heldMs)).toBeLessThanOrEqual(40);
    expect(await facts('STREAM_STOPPED')).toMatchObject([
      { counters: { recordingLostMs: 0, transcriptLostMs: 0 } },
    ]);
    expect(await facts('CALL_NOTICE')).toEqual([]);
    expect(it.leftovers()).toMatchObject({ sessions: 0, sinks: 0, demand: 0 });
  });
});

test('a recording and a transcription end with the last stream, not at their bound', async () => {
  const other = it.openStream(callId);
  await hangUp();
  await it.harness.clock.advance(1000);
  stream.end('closed');
  expect([it.harness.recordings.size, it.transcribing.size]).toEqual([1, 1]);
  other.end('closed');
  await received();
  expect(it.transcribing.size).toBe(0);
});

describe('a stream that stays open', () => {
  test('is left after a bound, and its audio is counted and noticed once', async () => {
    await hangUp();
    await it.harness.clock.advance(MAX_LATE_AUDIO_MS - 1);
    expect([it.harness.recordings.size, it.transcribing.size]).toEqual([1, 1]);
    await it.harness.clock.advance(1);
    const { length, ...audio } = await received();
    expect(audio).toEqual({ recorded: SPOKEN_MS, transcribed: SPOKEN_MS });
    expect(Math.abs(length - SPOKEN_MS)).toBeLessThanOrEqual(40);
    speak(SPOKEN_MS, SPOKEN_MS + 2000);
    // A plugin skips frames without demand.
    stream.skip(FRAME.length * 50);
    stream.end('closed');
    expect(await facts('STREAM_STOPPED')).toMatchObject([
      { counters: { recordingLostMs: 3000, transcriptLostMs: 3000, listeningLostMs: 0 } },
    ]);
    const late = 'it arrived more than 7 s after the end of the call';
    expect((await facts('CALL_NOTICE')).map(({ code, message }) => [code, message])).toEqual([
      ['RECORDING_GAP', `3.0 s of the call are missing in the recording: ${late}`],
      ['TRANSCRIPT_GAP', `3.0 s of the call were not transcribed: ${late}`],
    ]);
  });

  test('without further audio causes no notice', async () => {
    await hangUp();
    await it.harness.clock.advance(MAX_LATE_AUDIO_MS);
    stream.end('closed');
    await received();
    expect(await facts('CALL_NOTICE')).toEqual([]);
  });

  test('does not delay a stop of the daemon', async () => {
    await hangUp();
    await it.harness.clock.advance(1000);
    await it.harness.recordings.stop();
    await it.transcribing.stop();
    expect([it.harness.recordings.size, it.transcribing.size]).toEqual([0, 0]);
    expect(it.leftovers()).toMatchObject({ sessions: 0, sinks: 0, demand: 0 });
  });
});
