import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import {
  CALL_TRANSCRIPTION_STATES,
  evolve,
  PARTIES,
  type Call,
  type CallId,
  type Command,
  type CommandId,
  type ListenerId,
  type NoteId,
  type ProviderEvent,
  type UtteranceId,
} from '@sidetone/core';
import { expect, test } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import { createLedger } from '../../src/store/ledger.ts';
import {
  callNumbers,
  calls,
  callTags,
  commands,
  listenings,
  notes,
  recordings,
  streams,
  utterances,
} from '../../src/store/schema.ts';
import { createHarness, event, type Harness } from '../support/harness.ts';
import { tempDir } from '../support/temp-dir.ts';

const root = tempDir();
let count = 0;
function newDir(): string {
  const dir = join(root, String(count++));
  mkdirSync(dir);
  return dir;
}

const anyEvent: fc.Arbitrary<ProviderEvent> = fc
  .record({
    call: fc.constantFrom('a', 'b', 'c'),
    at: fc.integer({ min: 0, max: 1_000_000 }),
    party: fc.constantFrom(...PARTIES),
    text: fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom('+91 80 5555 1234', '1001')),
    kind: fc.nat(8),
  })
  .map(({ kind, call, at, party, text }) => {
    const kinds = [
      () => event('call.started', { details: { from: text, assistant: { name: text } } }, { call, at }),
      () => event('call.status', { status: 'IN_PROGRESS' }, { call, at }),
      () => event('call.status', { status: 'FORWARDING' }, { call, at }),
      () => event('utterance.final', { party, text, confidence: 0.5 }, { call, at }),
      () => event('speech.started', { party }, { call, at }),
      () => event('speech.stopped', { party }, { call, at }),
      () => event('call.ended', { end: { category: 'BUSY', code: text } }, { call, at }),
      () => event('call.report', { summary: text, cost: { amount: 1.5, currency: 'USD' } }, { call, at }),
      () => event('notice', { code: 'X', message: text }, { call, at }),
    ];
    return kinds[kind]!();
  });

/** Every row of every projection. */
const rowsOf = ({ db }: Pick<ReturnType<typeof openDatabase>, 'db'>) => ({
  calls: db.select().from(calls).orderBy(calls.id).all(),
  utterances: db.select().from(utterances).orderBy(utterances.position).all(),
  streams: db.select().from(streams).orderBy(streams.id).all(),
  commands: db.select().from(commands).orderBy(commands.id).all(),
  tags: db.select().from(callTags).orderBy(callTags.callId, callTags.tag).all(),
  numbers: db.select().from(callNumbers).orderBy(callNumbers.callId, callNumbers.number).all(),
  notes: db.select().from(notes).orderBy(notes.id).all(),
  recordings: db.select().from(recordings).orderBy(recordings.callId).all(),
  listenings: db.select().from(listenings).orderBy(listenings.id).all(),
  indexed: db.$client.prepare('select rowid from utterance_words order by rowid').pluck().all(),
  matches: ['revised', 'first'].map((word) =>
    db.$client
      .prepare('select rowid from utterance_words where utterance_words match ? order by rowid')
      .pluck()
      .all(word),
  ),
});

/** Replays the log into an empty database. */
async function replay(harness: Harness, dir: string): Promise<ReturnType<typeof openDatabase>> {
  const database = openDatabase(join(dir, 'replayed.db'), 'normal');
  const ledger = createLedger(database.db);
  const replayed = new Map<CallId, Call>();
  for (const { callId, fact, at } of await harness.eventLog.page(0, 100_000, {})) {
    const call = evolve(replayed.get(callId), callId, fact, at);
    replayed.set(callId, call);
    ledger.commit([{ callId, fact, at, call }]);
  }
  return database;
}

/** Adds tags, a note and a command. */
function annotate(harness: Harness, callId: CallId, i: number): void {
  const note = { id: `note_${i}` as NoteId, text: `note ${i}`, author: 'ada', offsetMs: i };
  const tags = harness.ingest.current(callId)!.tags;
  harness.ingest.recordBy('ada', callId, {
    type: 'CALL_ANNOTATED',
    tagsAdded: [`tag ${i}`],
    tagsRemoved: tags.slice(1),
  });
  harness.ingest.recordBy('ada', callId, { type: 'CALL_ANNOTATED', note });
  const command: Command = {
    id: `cmd_${i}` as CommandId,
    kind: 'SAY',
    arguments: { content: 'x' },
    status: 'ACCEPTED',
    requestedBy: 'ada',
    requestedAt: i,
    ...(i % 8 === 0 && { idempotencyKey: `key ${i}`, fingerprint: 'f' }),
  };
  harness.ingest.recordBy('ada', callId, { type: 'COMMAND_CHANGED', command });
}

/** Starts a listener and a recording; stops both in every other call. */
function listenAndRecord(harness: Harness, callId: CallId, i: number): void {
  const listenerId = `lsn_${i}` as ListenerId;
  harness.ingest.recordBy('ada', callId, { type: 'LISTENING_STARTED', listenerId });
  harness.ingest.record(callId, { type: 'RECORDING_STARTED', startedAt: 7, channels: 2, sampleRate: 16_000 });
  if (i % 2 === 0) return;
  harness.ingest.recordBy('ada', callId, { type: 'LISTENING_STOPPED', listenerId, since: 7 });
  harness.ingest.record(callId, { type: 'RECORDING_STOPPED', end: 'COMPLETE', durationMs: i, bytes: 64 * i });
}

/** Adds an utterance of a transcriber, revises every other one, and changes the state of the transcription. */
function transcribe(harness: Harness, callId: CallId, i: number): void {
  const state = CALL_TRANSCRIPTION_STATES[i % CALL_TRANSCRIPTION_STATES.length]!;
  harness.ingest.record(callId, {
    type: 'TRANSCRIPTION_CHANGED',
    transcription: { transcriber: 'deepgram', state },
  });
  const id = `utt_transcribed_${i}` as UtteranceId;
  const party = 'CUSTOMER';
  const first = { id, party, text: `first ${i}`, startMs: i, endMs: i + 1, confidence: 0.5 } as const;
  harness.ingest.record(callId, { type: 'UTTERANCE_FINALIZED', utterance: first });
  if (i % 2 === 0) return;
  const revised = { id, party, text: `revised ${i}`, startMs: 2 * i } as const;
  harness.ingest.record(callId, { type: 'UTTERANCE_REVISED', utterance: revised });
}

test('replaying the log produces the same rows', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyEvent, { minLength: 1, maxLength: 40 }), async (events) => {
      const dir = newDir();
      const harness = createHarness(dir);
      for (const [i, providerEvent] of events.entries()) {
        const callId = harness.emit(providerEvent);
        if (i % 5 === 0) await harness.ingest.committed();
        if (i % 4 === 0) annotate(harness, callId, i);
        if (i % 3 === 0) listenAndRecord(harness, callId, i);
        if (i % 3 !== 0) transcribe(harness, callId, i);
        if (i % 7 === 0) {
          const { providerCallId } = providerEvent;
          const audio = { encoding: 'mulaw', sampleRate: 8000, parties: ['CUSTOMER'] } as const;
          const stream = harness.streams.open(callId, { providerCallId, ...audio });
          if (i % 2 === 0) stream.end('enough');
        }
      }
      await harness.ingest.committed();
      const replayed = await replay(harness, dir);
      expect(rowsOf(replayed)).toEqual(rowsOf(harness.database));
      replayed.close();
      harness.close();
    }),
    { numRuns: 30 },
  );
});

test('a call is read back with every field that was written', async () => {
  const harness = createHarness(newDir());
  const details = {
    direction: 'OUTBOUND',
    from: '+1',
    to: '+2',
    assistant: { name: 'Nova', providerAssistantId: 'n' },
    createdAt: 5,
    providerData: { deep: [{ x: null }] },
  } as const;
  const id = harness.emit(event('call.started', { details }));
  harness.emit(event('call.status', { status: 'IN_PROGRESS' }, { at: 2000 }));
  harness.emit(event('speech.started', { party: 'CUSTOMER' }, { at: 2500 }));
  const transcription = {
    transcriber: 'deepgram',
    state: 'FAILED',
    code: 'NO_AUDIO',
    message: 'no audio received',
  } as const;
  harness.ingest.record(id, { type: 'TRANSCRIPTION_CHANGED', transcription }, 3000);
  const before = harness.ingest.current(id);
  await harness.ingest.committed();
  expect(harness.ledger.get(id)).toEqual(before);
  expect(harness.ledger.get(id)).toMatchObject({
    ...details,
    answeredAt: 2000,
    speakingSince: { CUSTOMER: 2500 },
    transcription: { ...transcription, since: 3000 },
  });
  harness.close();
});

test('a failed commit stores nothing', () => {
  const harness = createHarness(newDir());
  const id = harness.emit(event('call.started', {}));
  const draft = { callId: id, at: 1, call: harness.ingest.current(id)! };
  const twice = { id: 'utt_1' as never, party: 'CUSTOMER', text: 'x' } as const;
  const drafts = [
    { ...draft, fact: { type: 'UTTERANCE_FINALIZED', utterance: twice } },
    { ...draft, fact: { type: 'UTTERANCE_FINALIZED', utterance: twice } },
  ] as const;
  expect(() => harness.ledger.commit(drafts)).toThrow(/UNIQUE/);
  expect(harness.eventLog.latest()).toBe(0);
  harness.close();
});

test('a command stored without a call belongs to the call that it gets later', async () => {
  const harness = createHarness(newDir());
  const id = harness.emit(event('call.started', {}));
  const command: Command = {
    id: 'cmd_1' as CommandId,
    kind: 'PLACE_CALL',
    arguments: {},
    status: 'REQUESTED',
    requestedBy: 'ada',
    requestedAt: 1,
    idempotencyKey: 'k',
    fingerprint: 'f',
  };
  harness.ledger.putCommand(command);
  expect(harness.ledger.unfinished().commands).toEqual([{ command }]);
  harness.ingest.recordBy('ada', id, {
    type: 'COMMAND_CHANGED',
    command: { ...command, status: 'ACCEPTED' },
  });
  await harness.ingest.committed();
  expect(harness.ledger.commandByKey('ada', 'k')).toEqual({
    callId: id,
    command: { ...command, status: 'ACCEPTED' },
  });
  expect(harness.ledger.unfinished().commands).toEqual([]);
  harness.close();
});
