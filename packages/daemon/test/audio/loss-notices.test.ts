/** The notices about audio that arrived too late even for recordings and transcribers. */
import type { CallFact, CallId, MediaStream, Party } from '@sidetone/core';
import { createFakeClock } from '@sidetone/testkit';
import { beforeEach, describe, expect, test } from 'vitest';
import { createLossReport, LOSS_REPORT_MS } from '../../src/audio/loss-report.ts';
import { tempDir } from '../support/temp-dir.ts';
import { TranscriptionHarness } from '../support/transcription-harness.ts';
import { bytesOf } from './signals.ts';

const FRAME = bytesOf(new Int16Array(160).fill(16_000));
const root = tempDir();

describe('a loss report', () => {
  const setUp = () => {
    const clock = createFakeClock();
    const reports: number[][] = [];
    const report = createLossReport(clock, (at, ms) => void reports.push([at, ms]));
    return { clock, reports, report };
  };

  test('is one for all losses of a while, with the length of what was lost', async () => {
    const { clock, reports, report } = setUp();
    report.lost(2000, 20);
    report.lost(1000, 20);
    await clock.advance(LOSS_REPORT_MS - 1);
    report.lost(3000, 500);
    expect(reports).toEqual([]);
    await clock.advance(1);
    expect(reports).toEqual([[1000, 540]]);
    await clock.advance(60_000);
    expect([reports.length, clock.pending]).toEqual([1, 0]);
  });

  test('counts the time once in which both parties lost audio', async () => {
    const { clock, reports, report } = setUp();
    for (let at = 0; at < 1000; at += 20) {
      report.lost(at, 20);
      report.lost(at + 5, 20);
    }
    await clock.advance(LOSS_REPORT_MS);
    expect(reports).toEqual([[0, 1005]]);
  });

  test('counts any number of separate losses', async () => {
    const { clock, reports, report } = setUp();
    for (let at = 0; at < 1000; at++) report.lost(at * 40, 20);
    await clock.advance(LOSS_REPORT_MS);
    expect(reports).toEqual([[0, 20_000]]);
  });

  test('is a new one for a later outage', async () => {
    const { clock, reports, report } = setUp();
    report.lost(0, 20);
    await clock.advance(LOSS_REPORT_MS);
    report.lost(9000, 40);
    await clock.advance(LOSS_REPORT_MS);
    expect(reports).toEqual([
      [0, 20],
      [9000, 40],
    ]);
  });

  test('is made at the end, once, and not without a loss', () => {
    const { clock, reports, report } = setUp();
    report.end();
    report.lost(0, 20);
    report.end();
    report.end();
    expect([reports, clock.pending]).toEqual([[[0, 20]], 0]);
  });
});

describe('a notice', () => {
  let it: TranscriptionHarness;
  let callId: CallId;

  beforeEach(async () => {
    it = new TranscriptionHarness(root);
    it.begin('auto', 'ear');
    it.harness.recordings.start();
    callId = await it.aCall();
  });

  const write = (stream: MediaStream, party: Party, frame: number): void =>
    stream.write(party, FRAME, frame * 20);

  async function facts<Type extends CallFact['type']>(type: Type) {
    await it.harness.ingest.committed();
    const page = await it.harness.eventLog.page(0, 1000, { types: [type] });
    return page.map(({ fact }) => fact as Extract<CallFact, { type: Type }>);
  }

  /** Returns codes and messages of the notices; the seconds are removed and returned. */
  async function notices(): Promise<readonly (readonly [code: string, seconds: number, message: string])[]> {
    return (await facts('CALL_NOTICE')).map(
      ({ code, message }) => [code, parseFloat(message), message.replace(/^[\d.]+ s /, '')] as const,
    );
  }

  test('reports audio that was held up for longer than transcribers wait', async () => {
    const [late, other] = [it.openStream(callId), it.openStream(callId)];
    for (let frame = 0; frame < 600; frame++) {
      await it.harness.clock.advance(20);
      write(other, 'ASSISTANT', frame);
      // Held up for 7.5 s.
      if (frame < 50 || frame > 425) write(late, 'CUSTOMER', frame);
      if (frame === 425) for (let held = 50; held <= 425; held++) write(late, 'CUSTOMER', held);
    }
    late.end('closed');
    other.end('closed');
    await it.hangUp();
    await it.harness.clock.advance(LOSS_REPORT_MS);
    const stopped = await facts('STREAM_STOPPED');
    const { transcriptLostMs = 0, recordingLostMs } = stopped[0]!.counters;
    expect(recordingLostMs).toBe(0);
    expect(transcriptLostMs).toBeGreaterThan(1000);
    expect(await notices()).toEqual([
      [
        'TRANSCRIPT_GAP',
        expect.closeTo(transcriptLostMs / 1000, 0.06),
        'of the call were not transcribed: the audio arrived too late',
      ],
    ]);
  });

  test('reports audio that does not fit into the window of recordings', async () => {
    const stream = it.openStream(callId);
    for (let frame = 0; frame < 50; frame++) {
      await it.harness.clock.advance(20);
      write(stream, 'CUSTOMER', frame);
    }
    await it.harness.clock.advance(9000);
    // The clock of the stream continues: one frame is on time, so the others belong before it.
    for (let frame = 50; frame < 150; frame++) write(stream, 'CUSTOMER', frame);
    write(stream, 'CUSTOMER', 499);
    await it.harness.clock.advance(400);
    stream.end('closed');
    await it.hangUp();
    await it.harness.clock.advance(LOSS_REPORT_MS);
    const [stopped] = await facts('STREAM_STOPPED');
    const { transcriptLostMs = 0, recordingLostMs = 0 } = stopped!.counters;
    expect(recordingLostMs).toBeGreaterThan(700);
    expect(await notices()).toEqual([
      [
        'RECORDING_GAP',
        expect.closeTo(recordingLostMs / 1000, 0.06),
        'of the call are missing in the recording: the audio arrived too late',
      ],
      [
        'TRANSCRIPT_GAP',
        expect.closeTo(transcriptLostMs / 1000, 0.06),
        'of the call were not transcribed: the audio arrived too late',
      ],
    ]);
  });
});
