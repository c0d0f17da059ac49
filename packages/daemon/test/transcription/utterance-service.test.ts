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

const add = (fields: Partial<AddedUtterance>) =>
  utterances.add({ callId, party: 'CUSTOMER', text: 'hello', isFinal: true, by: 'recogniser', ...fields });
const partial = (fields: Partial<AddedUtterance>) => add({ ...fields, isFinal: false });
const texts = (): string[] => harness.ledger.utterances(callId).map(({ text }) => text);
const invalid = (argument: string) =>
  expect.objectContaining({ code: 'INPUT_INVALID', details: { argument } });
async function endCall(): Promise<void> {
  harness.emit(event('call.ended', { end: { category: 'BUSY' } }, { at: harness.clock.now() }));
  await harness.ingest.committed();
}

describe('a final', () => {
  test('is stored with its offsets and its position in the log', async () => {
    const fields = { startMs: 100, endMs: 900, confidence: 0.5 };
    const stored = await add(fields);
    expect(stored).toMatchObject({ callId, orderMs: 100, utterance: { text: 'hello', ...fields } });
    expect(stored.position).toBe(harness.eventLog.latest());
  });

  test('without offsets ends now', async () => {
    await harness.clock.advance(2500);
    expect((await add({})).utterance).toMatchObject({ endMs: 2500 });
  });

  test('without offsets ends with an ended call', async () => {
    await harness.clock.advance(2500);
    await endCall();
    await harness.clock.advance(60_000);
    expect((await add({})).utterance).toMatchObject({ endMs: 2500 });
  });

  test('with a known id returns the first one, also concurrently and after a restart', async () => {
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
      by: 'recogniser',
      utteranceId: 'seg-1',
    });
    expect(third).toEqual(first);
    expect(texts()).toEqual(['hello']);
  });

  test('with the same id in another call is a different one', async () => {
    const other = harness.emit(event('call.status', { status: 'IN_PROGRESS' }, { call: 'other' }));
    const [here, there] = [
      await add({ utteranceId: 'seg-1' }),
      await add({ utteranceId: 'seg-1', callId: other }),
    ];
    expect(there.utterance.id).not.toBe(here.utterance.id);
    await expect(add({ callId: other, utteranceId: here.utterance.id })).rejects.toEqual(
      invalid('utteranceId'),
    );
  });
});

describe('a partial', () => {
  test('is shown and not stored, and replaced by its final under the same id', async () => {
    const shown = await partial({ text: 'hel', utteranceId: 'seg-1' });
    expect(shown).not.toHaveProperty('position');
    expect(harness.partials.next(callId, 0)).toMatchObject({ id: shown.utterance.id, text: 'hel' });
    expect(texts()).toEqual([]);
    const final = await add({ utteranceId: 'seg-1' });
    expect(final.utterance.id).toBe(shown.utterance.id);
    expect(harness.partials.next(callId, 0)).toBeUndefined();
  });

  test('is replaced by the next one with its id, even of the other party', async () => {
    await partial({ text: 'hel', utteranceId: 'seg-1' });
    await partial({ text: 'hello', utteranceId: 'seg-1', party: 'ASSISTANT' });
    const shown = harness.partials.next(callId, 0);
    expect(shown).toMatchObject({ party: 'ASSISTANT', text: 'hello' });
    expect(harness.partials.next(callId, shown!.version)).toBeUndefined();
  });

  test('can be replaced by the returned id', async () => {
    const { utterance } = await partial({ text: 'hel' });
    const next = await partial({ text: 'hello', utteranceId: utterance.id });
    const final = await add({ utteranceId: utterance.id });
    expect([next.utterance.id, final.utterance.id]).toEqual([utterance.id, utterance.id]);
  });

  test('without an id passes its id to the next final without an id', async () => {
    const { utterance } = await partial({ text: 'hel' });
    expect((await add({})).utterance.id).toBe(utterance.id);
  });

  test("with an id keeps it if the provider's own final arrives first", async () => {
    const { utterance } = await partial({ utteranceId: 'seg-1' });
    harness.emit(event('utterance.final', { party: 'CUSTOMER', text: 'from the provider' }));
    const final = await add({ utteranceId: 'seg-1' });
    expect(final.utterance.id).toBe(utterance.id);
    expect(texts().toSorted()).toEqual(['from the provider', 'hello']);
  });

  test('returns the final if that was added before', async () => {
    const final = await add({ utteranceId: 'seg-1' });
    expect(await partial({ utteranceId: 'seg-1', text: 'hel' })).toEqual(final);
    expect(harness.partials.next(callId, 0)).toBeUndefined();
  });

  test('is rejected for an ended call; its final is accepted', async () => {
    await endCall();
    await expect(partial({})).rejects.toEqual(invalid('isFinal'));
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
])('an invalid %s is rejected: %j', async (argument, fields) => {
  await expect(add(fields)).rejects.toEqual(invalid(argument));
  expect(texts()).toEqual([]);
});

test('an unknown call is rejected with CALL_NOT_FOUND', async () => {
  await expect(add({ callId: 'call_nowhere' as CallId })).rejects.toMatchObject({ code: 'CALL_NOT_FOUND' });
});
