import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CallFactType, CallId, Party, TranscriberEvent, TranscriptionState } from '@sidetone/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTranscriptWriter, MAX_NAMES } from '../../src/transcription/transcript-writer.ts';
import { Erasure } from '../../src/calls/erasure.ts';
import { createIds } from '../../src/ids.ts';
import { createHarness, event, type Harness } from '../support/harness.ts';
import { createTestLog } from '../support/silent-log.ts';
import { tempDir } from '../support/temp-dir.ts';

/** Time between the answer of the call and its first audio, ms. */
const LEAD_MS = 500;
const root = tempDir();
let count = 0;
let harness: Harness;
let callId: CallId;
let write: (event: TranscriberEvent) => void;

beforeEach(async () => {
  const dir = join(root, String(count++));
  mkdirSync(dir);
  harness = createHarness(dir);
  callId = aCall();
  await transcribe();
});
afterEach(() => harness.close());

const aCall = (): CallId =>
  harness.emit(event('call.status', { status: 'IN_PROGRESS' }, { at: harness.clock.now() }));

/** Transcribes the call by `ear`, starting in `LEAD_MS`, and advances the clock by 30 s. */
async function transcribe(): Promise<void> {
  const origin = harness.clock.now() + LEAD_MS;
  write = createTranscriptWriter({ callId, transcriber: 'ear', origin }, { ...harness, ids: createIds() });
  await harness.clock.advance(30_000);
  transcribedBy('ear', 'TRANSCRIBING');
  await harness.ingest.committed();
}

const transcribedBy = (transcriber: string, state: TranscriptionState | 'STOPPED'): void =>
  harness.ingest.record(callId, { type: 'TRANSCRIPTION_CHANGED', transcription: { transcriber, state } });

async function endCall(): Promise<void> {
  harness.emit(event('call.ended', { end: { category: 'BUSY' } }, { at: harness.clock.now() }));
  await harness.ingest.committed();
}

const partial = (text: string, utteranceId = 'u1', party: Party = 'CUSTOMER'): void =>
  write({ type: 'utterance.partial', party, utteranceId, text });
interface Options {
  readonly utteranceId?: string;
  readonly startMs?: number;
  readonly endMs?: number;
  readonly confidence?: number;
}
const spoken = (
  type: 'utterance.final' | 'utterance.revised',
  text: string,
  { utteranceId = 'u1', startMs = 1000, endMs = 2000, confidence }: Options = {},
): void =>
  write({
    type,
    party: 'CUSTOMER',
    utteranceId,
    text,
    startMs,
    endMs,
    ...(confidence !== undefined && { confidence }),
  });
const final = (text: string, rest: Options = {}): void => spoken('utterance.final', text, rest);
const revised = (text: string, rest: Options = {}): void => spoken('utterance.revised', text, rest);
const state = (name: TranscriptionState, rest = {}): void => write({ type: 'state', state: name, ...rest });

/** Returns the stored events of these types with their times. */
async function factsOf(...types: CallFactType[]) {
  await harness.ingest.committed();
  return (await harness.eventLog.page(0, 10_000, { types, callId })).map(({ fact, at }) => ({ ...fact, at }));
}
const finals = async () =>
  (await factsOf('UTTERANCE_FINALIZED')).flatMap((fact) => ('utterance' in fact ? [fact.utterance] : []));
const finalTexts = async () => (await finals()).map(({ text }) => text);
const shown = () => harness.partials.next(callId, 0);

describe('a partial', () => {
  test('is shown and not stored, under the id that its final keeps', async () => {
    partial('hel');
    partial('hello');
    const before = shown()!;
    expect(before).toMatchObject({ text: 'hello', party: 'CUSTOMER', at: harness.clock.now() });
    expect(await finals()).toEqual([]);
    final('hello there');
    expect(shown()).toBeUndefined();
    expect(await finals()).toMatchObject([{ id: before.id, text: 'hello there', party: 'CUSTOMER' }]);
  });

  test('with blank text removes the shown one', () => {
    partial('hel');
    partial(' ');
    expect(shown()).toBeUndefined();
  });

  test('that was removed is shown again under the same id', () => {
    partial('hel');
    const { id } = shown()!;
    partial('');
    partial('hello');
    expect(shown()).toMatchObject({ id, text: 'hello' });
  });

  test('is shown per party, and replaced by one with another id', () => {
    partial('hello');
    partial('good day', 'u2', 'ASSISTANT');
    const first = shown()!;
    const second = harness.partials.next(callId, first.version)!;
    expect([first.text, second.text]).toEqual(['hello', 'good day']);
    partial('I am', 'u3');
    const third = harness.partials.next(callId, second.version)!;
    expect(third).toMatchObject({ text: 'I am', party: 'CUSTOMER' });
    expect(new Set([first.id, second.id, third.id]).size).toBe(3);
    expect(harness.partials.next(callId, third.version)).toBeUndefined();
  });

  test('of the provider is ignored while a transcriber is active', () => {
    harness.emit(event('utterance.partial', { party: 'CUSTOMER', text: 'from the provider' }));
    expect(shown()).toBeUndefined();
    transcribedBy('ear', 'FAILED');
    harness.emit(event('utterance.partial', { party: 'CUSTOMER', text: 'from the provider' }));
    expect(shown()?.text).toBe('from the provider');
  });

  test('is ignored after its final and after the end of the call', async () => {
    final('hello');
    partial('hel');
    expect(shown()).toBeUndefined();
    await endCall();
    partial('bye', 'u2');
    expect(shown()).toBeUndefined();
  });
});

describe('a final', () => {
  test('is stored once, if emitted twice', async () => {
    final('hello');
    final('hello there');
    expect(await finalTexts()).toEqual(['hello']);
  });

  test('has offsets from the answer of the call, and the time of its end', async () => {
    const answeredAt = harness.ingest.current(callId)!.answeredAt!;
    final('hello', { startMs: 1000.4, endMs: 2000.6, confidence: 0.5 });
    const [fact] = await factsOf('UTTERANCE_FINALIZED');
    expect(fact).toMatchObject({
      at: answeredAt + LEAD_MS + 2001,
      utterance: { startMs: LEAD_MS + 1000, endMs: LEAD_MS + 2001, confidence: 0.5 },
    });
  });

  test('has no confidence if none is reported', async () => {
    final('hello');
    expect((await finals())[0]).not.toHaveProperty('confidence');
  });

  test('never starts before the answer and never ends before its start', async () => {
    final('ringing', { startMs: -2000, endMs: -1000 });
    final('backwards', { utteranceId: 'u2', startMs: 3000, endMs: 2000 });
    expect(await finals()).toMatchObject([
      { startMs: 0, endMs: 0 },
      { startMs: LEAD_MS + 3000, endMs: LEAD_MS + 3000 },
    ]);
  });

  test('never has a time in the future', async () => {
    final('hello', { startMs: 1000, endMs: 999_999 });
    expect((await factsOf('UTTERANCE_FINALIZED'))[0]!.at).toBe(harness.clock.now());
  });

  test('has offsets from the answer, even if it is reported later', async () => {
    callId = harness.emit(
      event('call.status', { status: 'RINGING' }, { call: 'other', at: harness.clock.now() }),
    );
    await transcribe();
    final('ringing');
    await harness.clock.advance(0);
    harness.emit(
      event('call.started', { details: { answeredAt: harness.clock.now() - 25_000 } }, { call: 'other' }),
    );
    final('hello', { utteranceId: 'u2', startMs: 10_000, endMs: 11_000 });
    expect(await finals()).toMatchObject([
      { startMs: LEAD_MS + 1000 },
      { startMs: LEAD_MS + 10_000 - 5000, endMs: LEAD_MS + 11_000 - 5000 },
    ]);
  });

  test('is stored after the end of the call', async () => {
    await endCall();
    final('bye');
    expect(await finalTexts()).toEqual(['bye']);
  });
});

describe('a revision', () => {
  test('is stored under the id of the utterance, with the time of the revision', async () => {
    final('hello');
    const id = (await finals())[0]?.id;
    await harness.clock.advance(4000);
    revised('yellow', { startMs: 900, endMs: 2100, confidence: 0.9 });
    expect(await factsOf('UTTERANCE_REVISED')).toEqual([
      {
        type: 'UTTERANCE_REVISED',
        at: harness.clock.now(),
        utterance: {
          id,
          party: 'CUSTOMER',
          text: 'yellow',
          startMs: LEAD_MS + 900,
          endMs: LEAD_MS + 2100,
          confidence: 0.9,
        },
      },
    ]);
  });

  test('is ignored for a partial or unknown utterance', async () => {
    partial('hel');
    revised('yellow');
    revised('other', { utteranceId: 'unknown' });
    final('hello');
    expect(await factsOf('UTTERANCE_REVISED')).toEqual([]);
    expect(await finalTexts()).toEqual(['hello']);
  });

  test('is stored after the end of the call', async () => {
    final('hello');
    await endCall();
    revised('yellow');
    expect(await factsOf('UTTERANCE_REVISED')).toMatchObject([{ utterance: { text: 'yellow' } }]);
  });

  test(`is stored for the last ${MAX_NAMES} utterances only`, async () => {
    for (let i = 0; i <= MAX_NAMES; i++) final(`text ${i}`, { utteranceId: `u${i}` });
    revised('the oldest', { utteranceId: 'u0' });
    revised('the oldest that is known', { utteranceId: 'u1' });
    expect(await factsOf('UTTERANCE_REVISED')).toMatchObject([
      { utterance: { text: 'the oldest that is known' } },
    ]);
  });
});

describe('a speech mark', () => {
  test('is stored once, with its time in the call', async () => {
    const { answeredAt } = harness.ingest.current(callId)!;
    for (const atMs of [1000, 1200]) write({ type: 'speech.started', party: 'CUSTOMER', atMs });
    for (const atMs of [2000, 2200]) write({ type: 'speech.stopped', party: 'CUSTOMER', atMs });
    expect(await factsOf('SPEECH_STARTED', 'SPEECH_STOPPED')).toEqual([
      { type: 'SPEECH_STARTED', party: 'CUSTOMER', at: answeredAt! + LEAD_MS + 1000 },
      { type: 'SPEECH_STOPPED', party: 'CUSTOMER', at: answeredAt! + LEAD_MS + 2000 },
    ]);
  });

  test('is stored per party', async () => {
    write({ type: 'speech.started', party: 'CUSTOMER', atMs: 1000 });
    write({ type: 'speech.stopped', party: 'ASSISTANT', atMs: 2000 });
    write({ type: 'speech.started', party: 'ASSISTANT', atMs: 3000 });
    expect(await factsOf('SPEECH_STARTED', 'SPEECH_STOPPED')).toMatchObject([
      { type: 'SPEECH_STARTED', party: 'CUSTOMER' },
      { type: 'SPEECH_STARTED', party: 'ASSISTANT' },
    ]);
  });

  test('does not start after the end of the call', async () => {
    await endCall();
    write({ type: 'speech.started', party: 'CUSTOMER', atMs: 1000 });
    expect(await factsOf('SPEECH_STARTED')).toEqual([]);
  });
});

describe('a gap', () => {
  test('is stored as a notice with duration and reason', async () => {
    write({ type: 'gap', fromMs: 1000, toMs: 3460, reason: 'the line was down' });
    expect(await factsOf('CALL_NOTICE')).toMatchObject([
      { code: 'TRANSCRIPT_GAP', message: '2.5 s of the call were not transcribed: the line was down' },
    ]);
  });

  test('never has a negative duration', async () => {
    write({ type: 'gap', fromMs: 1000, toMs: 0, reason: 'x' });
    expect(await factsOf('CALL_NOTICE')).toMatchObject([
      { message: '0.0 s of the call were not transcribed: x' },
    ]);
  });
});

describe('a state', () => {
  const states = async () =>
    (await factsOf('TRANSCRIPTION_CHANGED')).flatMap((fact) =>
      fact.type === 'TRANSCRIPTION_CHANGED' ? [fact.transcription] : [],
    );

  test('is stored if it changes, with code and message', async () => {
    state('TRANSCRIBING');
    state('RECONNECTING', { code: 'SERVICE_BUSY', message: 'it is busy' });
    state('RECONNECTING', { code: 'SERVICE_BUSY', message: 'it is busy' });
    state('RECONNECTING', { code: 'CONNECTION_LOST' });
    state('TRANSCRIBING');
    expect(await states()).toEqual([
      { transcriber: 'ear', state: 'TRANSCRIBING' },
      { transcriber: 'ear', state: 'RECONNECTING', code: 'SERVICE_BUSY', message: 'it is busy' },
      { transcriber: 'ear', state: 'RECONNECTING', code: 'CONNECTION_LOST' },
      { transcriber: 'ear', state: 'TRANSCRIBING' },
    ]);
  });

  test('is stored if the transcriber changes', async () => {
    transcribedBy('other', 'TRANSCRIBING');
    state('TRANSCRIBING');
    expect((await states()).map(({ transcriber }) => transcriber)).toEqual(['ear', 'other', 'ear']);
  });

  test('stays the state of the call after its end', async () => {
    state('FAILED', { code: 'TRANSCRIBER_BROKEN', message: 'it is broken' });
    await endCall();
    expect(harness.ingest.current(callId)?.transcription).toMatchObject({
      transcriber: 'ear',
      state: 'FAILED',
      code: 'TRANSCRIBER_BROKEN',
      message: 'it is broken',
    });
  });

  test.each(['FAILED', 'STOPPED'] as const)(
    'is ignored for a call whose transcription is %s',
    async (last) => {
      transcribedBy('ear', last);
      state('TRANSCRIBING');
      expect((await states()).at(-1)?.state).toBe(last);
    },
  );

  test('is ignored after the end of the call', async () => {
    await endCall();
    state('FAILED', { code: 'TRANSCRIBER_BROKEN', message: 'it is broken' });
    expect(await states()).toHaveLength(1);
    expect(harness.ingest.current(callId)?.transcription?.state).toBe('STOPPED');
  });
});

test('events of an erased call are neither stored nor shown', async () => {
  final('hello');
  await endCall();
  await new Erasure({ ...harness, feed: harness.hub, log: createTestLog().log('') }).erase(callId);
  partial('bye', 'u2');
  final('bye', { utteranceId: 'u2' });
  revised('yellow');
  write({ type: 'gap', fromMs: 0, toMs: 1000, reason: 'x' });
  state('FAILED');
  await harness.ingest.committed();
  expect(await harness.eventLog.page(0, 100, {})).toEqual([]);
  expect([shown(), harness.ledger.utterances(callId)]).toEqual([undefined, []]);
});

describe('an event above the limits', () => {
  test('is cut, with one notice for each field', async () => {
    for (const utteranceId of ['u1', 'u2']) {
      partial('p'.repeat(100_000), utteranceId);
      expect(shown()?.text).toHaveLength(16 * 1024);
      final('f'.repeat(9_000_000), { utteranceId });
    }
    write({ type: 'gap', fromMs: 0, toMs: 1, reason: 'r'.repeat(100_000) });
    state('RECONNECTING', { code: 'c'.repeat(5000), message: 'm'.repeat(5000) });
    expect((await finals()).map(({ text }) => text.length)).toEqual([16 * 1024, 16 * 1024]);
    const notices = (await factsOf('CALL_NOTICE')).flatMap((fact) =>
      'message' in fact ? [fact.message] : [],
    );
    expect(notices.filter((message) => message.includes('was cut'))).toEqual([
      'utterance.partial.text was too large and was cut',
      'utterance.final.text was too large and was cut',
      'gap.reason was too large and was cut',
      'state.code was too large and was cut',
      'state.message was too large and was cut',
    ]);
    expect(Math.max(...notices.map((message) => message.length))).toBeLessThan(1200);
    expect(harness.ingest.current(callId)?.transcription?.code).toHaveLength(1024);
  });
});
