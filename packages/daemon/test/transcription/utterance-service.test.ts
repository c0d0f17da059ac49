import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CallId } from '@sidetone/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { UtteranceService, type AddedUtterance } from '../../src/transcription/utterance-service.ts';
import { createIds } from '../../src/ids.ts';
import { createHarness, event, type Harness } from '../support/harness.ts';
import { tempDir } from '../support/temp-dir.ts';

const root = tempDir();
let count = 0;
let harness: Harness;
let utterances: UtteranceService;
let callId: CallId;

beforeEach(async () => {
  const dir = join(root, String(count++));
  mkdirSync(dir);
  harness = createHarness(dir);
  utterances = new UtteranceService({ ...harness, ids: createIds() });
  callId = harness.emit(event('call.status', { status: 'IN_PROGRESS' }, { at: harness.clock.now() }));
  await harness.ingest.committed();
});
afterEach(() => harness.close());

const add = (told: Partial<AddedUtterance>) =>
  utterances.add({ callId, party: 'CUSTOMER', text: 'hello', isFinal: true, ...told });
const partial = (told: Partial<AddedUtterance>) => add({ ...told, isFinal: false });
const texts = (): string[] => harness.ledger.utterances(callId).map(({ text }) => text);
const mistakeIn = (argument: string) =>
  expect.objectContaining({ code: 'INPUT_INVALID', details: { argument } });
async function endCall(): Promise<void> {
  harness.emit(event('call.ended', { end: { category: 'BUSY' } }, { at: harness.clock.now() }));
  await harness.ingest.committed();
}

describe('a final', () => {
  test('is stored as it was told, with its place in the log', async () => {
    const told = { startMs: 100, endMs: 900, confidence: 0.5 };
    const stored = await add(told);
    expect(stored).toMatchObject({ callId, orderMs: 100, utterance: { text: 'hello', ...told } });
    expect(stored.position).toBe(harness.eventLog.latest());
  });

  test('without offsets is taken to have ended now', async () => {
    await harness.clock.advance(2500);
    expect((await add({})).utterance).toMatchObject({ endMs: 2500 });
  });

  test('without offsets, of a call that is over, is taken to have ended with it', async () => {
    await harness.clock.advance(2500);
    await endCall();
    await harness.clock.advance(60_000);
    expect((await add({})).utterance).toMatchObject({ endMs: 2500 });
  });

  test('told again by its name is the first one, also at once and after a restart', async () => {
    const [first, second] = await Promise.all([
      add({ utteranceId: 'seg-1' }),
      add({ utteranceId: 'seg-1', text: 'hello there' }),
    ]);
    expect(second).toEqual(first);
    const later = new UtteranceService({ ...harness, ids: createIds() });
    const third = await later.add({
      callId,
      party: 'CUSTOMER',
      text: 'x',
      isFinal: true,
      utteranceId: 'seg-1',
    });
    expect(third).toEqual(first);
    expect(texts()).toEqual(['hello']);
  });

  test('of the same name in another call is another one', async () => {
    const other = harness.emit(event('call.status', { status: 'IN_PROGRESS' }, { call: 'other' }));
    const [here, there] = [
      await add({ utteranceId: 'seg-1' }),
      await add({ utteranceId: 'seg-1', callId: other }),
    ];
    expect(there.utterance.id).not.toBe(here.utterance.id);
    await expect(add({ callId: other, utteranceId: here.utterance.id })).rejects.toEqual(
      mistakeIn('utteranceId'),
    );
  });
});

describe('a partial', () => {
  test('is shown and not stored; its final has its id and takes its place', async () => {
    const shown = await partial({ text: 'hel', utteranceId: 'seg-1' });
    expect(shown).not.toHaveProperty('position');
    expect(harness.partials.next(callId, 0)).toMatchObject({ id: shown.utterance.id, text: 'hel' });
    expect(texts()).toEqual([]);
    const final = await add({ utteranceId: 'seg-1' });
    expect(final.utterance.id).toBe(shown.utterance.id);
    expect(harness.partials.next(callId, 0)).toBeUndefined();
  });

  test('is replaced by the next of its name, by whichever party it was said', async () => {
    await partial({ text: 'hel', utteranceId: 'seg-1' });
    await partial({ text: 'hello', utteranceId: 'seg-1', party: 'ASSISTANT' });
    const shown = harness.partials.next(callId, 0);
    expect(shown).toMatchObject({ party: 'ASSISTANT', text: 'hello' });
    expect(harness.partials.next(callId, shown!.version)).toBeUndefined();
  });

  test('is known by the id that it was answered with', async () => {
    const { utterance } = await partial({ text: 'hel' });
    const next = await partial({ text: 'hello', utteranceId: utterance.id });
    const final = await add({ utteranceId: utterance.id });
    expect([next.utterance.id, final.utterance.id]).toEqual([utterance.id, utterance.id]);
  });

  test('without a name has the id that the next final without a name has', async () => {
    const { utterance } = await partial({ text: 'hel' });
    expect((await add({})).utterance.id).toBe(utterance.id);
  });

  test("with a name keeps it when the provider's own final comes first", async () => {
    const { utterance } = await partial({ utteranceId: 'seg-1' });
    harness.emit(event('utterance.final', { party: 'CUSTOMER', text: 'as the provider heard it' }));
    const final = await add({ utteranceId: 'seg-1' });
    expect(final.utterance.id).toBe(utterance.id);
    expect(texts().toSorted()).toEqual(['as the provider heard it', 'hello']);
  });

  test('that comes after its final is the final', async () => {
    const final = await add({ utteranceId: 'seg-1' });
    expect(await partial({ utteranceId: 'seg-1', text: 'hel' })).toEqual(final);
    expect(harness.partials.next(callId, 0)).toBeUndefined();
  });

  test('of a call that is over is refused, its final is not', async () => {
    await endCall();
    await expect(partial({})).rejects.toEqual(mistakeIn('isFinal'));
    await add({});
    expect(texts()).toEqual(['hello']);
  });
});

test.each([
  ['startMs', { startMs: -1 }],
  ['endMs', { endMs: -1 }],
  ['endMs', { startMs: 10, endMs: 9 }],
  ['confidence', { confidence: 1.1 }],
  ['confidence', { confidence: Number.NaN }],
])('an impossible %s is refused: %j', async (argument, told) => {
  await expect(add(told)).rejects.toEqual(mistakeIn(argument));
  expect(texts()).toEqual([]);
});

test('a call that there is not takes no words', async () => {
  await expect(add({ callId: 'call_nowhere' as CallId })).rejects.toMatchObject({ code: 'CALL_NOT_FOUND' });
});
