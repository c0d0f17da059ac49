import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { decodePcm16le, providerCallId, type CallId, type UtteranceId } from '@sidetone/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ListeningService, MAX_LISTENERS_PER_CALL } from '../../src/listening/listening-service.ts';
import { recover } from '../../src/calls/recovery.ts';
import { createIds } from '../../src/ids.ts';
import { createHarness, event, type Harness } from '../support/harness.ts';
import { createTestLog } from '../support/silent-log.ts';
import { tempDir } from '../support/temp-dir.ts';
import { amplitudeAt, bytesOf, channelOf, concat, tone } from '../audio/signals.ts';

const root = tempDir();
let count = 0;
let harness: Harness;
let listening: ListeningService;
let callId: CallId;

beforeEach(async () => {
  const dir = join(root, String(count++));
  mkdirSync(dir);
  harness = createHarness(dir);
  listening = new ListeningService({ ...harness, ids: createIds(), log: createTestLog().log('') });
  callId = harness.emit(event('call.status', { status: 'IN_PROGRESS' }));
  await harness.ingest.committed();
});
afterEach(() => harness.close());

/** Adds a listener whose socket is never slow. */
function listen(by = 'someone', id = callId) {
  const texts: Record<string, unknown>[] = [];
  const frames: Int16Array[] = [];
  const ends: string[] = [];
  const leave = listening.join(id, by, {
    send(message, done) {
      if (typeof message === 'string') texts.push(JSON.parse(message) as Record<string, unknown>);
      else frames.push(decodePcm16le(message));
      done();
    },
    close: (code) => void ends.push(String(code)),
    terminate: () => void ends.push('terminated'),
  });
  return { texts, frames, ends, leave };
}

const ofType = (texts: readonly Record<string, unknown>[], type: string) =>
  texts.filter((text) => text['type'] === type);

const openStream = () =>
  harness.streams.open(callId, {
    providerCallId: providerCallId('their-call'),
    encoding: 'pcm_s16le',
    sampleRate: 8000,
    parties: ['CUSTOMER', 'ASSISTANT'],
  });

describe('a listener', () => {
  test('receives the format first, then frames of silence until audio arrives', async () => {
    const { texts, frames } = listen();
    expect(texts).toEqual([
      {
        type: 'format',
        encoding: 'pcm_s16le',
        sampleRate: 16_000,
        channels: 2,
        channelParties: ['CUSTOMER', 'ASSISTANT'],
        frameMs: 20,
        callId,
      },
    ]);
    await harness.clock.advance(1120);
    expect(frames.length).toBe(50);
    expect(frames.every((frame) => frame.length === 640 && frame.every((sample) => sample === 0))).toBe(true);
  });

  test('receives each party on its channel, the same frames as other listeners, and speech marks', async () => {
    const [one, other] = [listen(), listen()];
    const stream = openStream();
    for (let i = 0; i < 100; i++) {
      await harness.clock.advance(20);
      stream.write('CUSTOMER', bytesOf(tone(500, 8000, 20, 16_000, i * 160)), i * 20);
      stream.write('ASSISTANT', new Uint8Array(320), i * 20);
    }
    await harness.clock.advance(1000);
    expect(one.frames).toEqual(other.frames);
    const received = concat(one.frames);
    expect(amplitudeAt(500, 16_000, channelOf(received, 0).subarray(8000, 24_000))).toBeGreaterThan(15_000);
    expect(amplitudeAt(500, 16_000, channelOf(received, 1))).toBe(0);
    expect(ofType(one.texts, 'speech')).toEqual([
      { type: 'speech', party: 'CUSTOMER', speaking: true },
      { type: 'speech', party: 'CUSTOMER', speaking: false },
    ]);
  });

  test('receives the transcript, partials included', async () => {
    const { texts } = listen();
    harness.emit(event('utterance.partial', { party: 'CUSTOMER', text: 'hel' }));
    await harness.clock.settle();
    harness.emit(event('utterance.final', { party: 'CUSTOMER', text: 'hello', startMs: 100, endMs: 400 }));
    await harness.ingest.committed();
    await harness.clock.settle();
    const [partial, final] = ofType(texts, 'transcript');
    expect(partial).toMatchObject({ party: 'CUSTOMER', text: 'hel', isFinal: false });
    expect(final).toMatchObject({ text: 'hello', isFinal: true, startMs: 100, endMs: 400 });
    expect(final!['utteranceId']).toBe(partial!['utteranceId']);
  });

  test('receives who added an utterance', async () => {
    const { texts } = listen();
    const utterance = { id: 'utt_1' as UtteranceId, party: 'CUSTOMER', text: 'added' } as const;
    harness.ingest.recordBy('ada', callId, { type: 'UTTERANCE_FINALIZED', utterance });
    await harness.ingest.committed();
    await harness.clock.settle();
    expect(ofType(texts, 'transcript')).toMatchObject([{ text: 'added', addedBy: 'ada' }]);
  });

  test('receives revisions of the transcript under the same id', async () => {
    const { texts } = listen();
    const spoken = { id: 'utt_1' as UtteranceId, party: 'CUSTOMER', startMs: 100, endMs: 400 } as const;
    harness.ingest.record(callId, { type: 'UTTERANCE_FINALIZED', utterance: { ...spoken, text: 'hello' } });
    harness.ingest.record(callId, { type: 'UTTERANCE_REVISED', utterance: { ...spoken, text: 'yellow' } });
    await harness.ingest.committed();
    await harness.clock.settle();
    expect(ofType(texts, 'transcript')).toMatchObject([
      { utteranceId: 'utt_1', text: 'hello', isFinal: true },
      { utteranceId: 'utt_1', text: 'yellow', isFinal: true },
    ]);
  });

  test('receives the end of the call after its last audio, and is disconnected', async () => {
    const { texts, frames, ends, leave } = listen();
    const stream = openStream();
    await harness.clock.advance(20);
    stream.write('CUSTOMER', bytesOf(new Int16Array(160).fill(5000)));
    harness.emit(event('call.ended', { end: { category: 'CUSTOMER_ENDED' } }));
    await harness.ingest.committed();
    await harness.clock.advance(300);
    expect(concat(frames).some((sample) => sample > 4000)).toBe(true);
    expect(texts.at(-1)).toEqual({ type: 'ended', category: 'CUSTOMER_ENDED' });
    expect(ends).toEqual(['1000']);
    leave();
    expect(() => listening.check(callId)).toThrow(expect.objectContaining({ code: 'CALL_NOT_LIVE' }));
  });

  test('receives the duration of audio that was skipped because the event loop was blocked', async () => {
    const { texts } = listen();
    await harness.clock.advance(200);
    const clock = harness.clock as { elapsed(): number };
    const { elapsed } = clock;
    clock.elapsed = () => elapsed() + 60_000;
    await harness.clock.advance(20);
    clock.elapsed = elapsed;
    expect(ofType(texts, 'lost')).toEqual([{ type: 'lost', ms: 55_020 }]);
  });

  test('is recorded in events of the call, with start, end and access token', async () => {
    const { leave } = listen('alice');
    await harness.clock.advance(5000);
    leave();
    leave();
    await harness.ingest.committed();
    const page = await harness.eventLog.page(0, 10, { types: ['LISTENING_STARTED', 'LISTENING_STOPPED'] });
    const [started, stopped] = page.map(({ fact, at }) => ({ ...fact, at }));
    expect(page.length).toBe(2);
    expect(started).toMatchObject({ type: 'LISTENING_STARTED', by: 'alice' });
    expect(stopped).toMatchObject({ type: 'LISTENING_STOPPED', by: 'alice', since: started!.at });
    expect(stopped!.at - started!.at).toBe(5000);
    expect(harness.ledger.unfinished().listenings).toEqual([]);
  });

  test('leaves no reader, sink, timer or demand', async () => {
    const { hub, partials, demand, audio } = harness;
    const leftovers = () => [
      hub.notifier.listeners,
      partials.watched,
      demand.size,
      audio.size,
      harness.clock.pending,
    ];
    const before = leftovers();
    for (let i = 0; i < 100; i++) {
      const several = [listen(), listen()];
      expect(demand.has('audio', callId)).toBe(true);
      await harness.clock.settle();
      for (const { leave } of several) leave();
    }
    await harness.clock.settle();
    expect(leftovers()).toEqual(before);
    expect(listening.size).toBe(0);
  });

  test('is rejected beyond the limit, and for an unknown call', () => {
    for (let i = 0; i < MAX_LISTENERS_PER_CALL; i++) listen();
    expect(() => listen()).toThrow(expect.objectContaining({ code: 'LIMIT_EXCEEDED' }));
    expect(() => listen('x', 'call_unknown' as CallId)).toThrow(
      expect.objectContaining({ code: 'CALL_NOT_FOUND' }),
    );
    expect(listening.size).toBe(MAX_LISTENERS_PER_CALL);
  });

  test('is disconnected when the daemon stops, which is recorded at once and only once', async () => {
    const { ends, leave } = listen();
    listening.close();
    expect(ends).toEqual(['1001']);
    await harness.ingest.committed();
    expect(harness.ledger.unfinished().listenings).toEqual([]);
    leave();
    await harness.ingest.committed();
    expect(await harness.eventLog.page(0, 10, { types: ['LISTENING_STOPPED'] })).toHaveLength(1);
  });
});

test('recovery after a crash records that listeners stopped', async () => {
  listen('bob');
  await harness.ingest.committed();
  expect(harness.ledger.unfinished().listenings).toMatchObject([{ callId, by: 'bob' }]);
  await recover({ ...harness, log: createTestLog().log('') });
  expect(harness.ledger.unfinished().listenings).toEqual([]);
  const [stopped] = await harness.eventLog.page(0, 10, { types: ['LISTENING_STOPPED'] });
  expect(stopped).toMatchObject({ callId, fact: { by: 'bob' } });
});
