import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CallId } from '@sidetone/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  AnnotationService,
  MAX_NOTE_CHARACTERS,
  MAX_NOTES_PER_CALL,
  MAX_TAG_CHARACTERS,
  MAX_TAGS_PER_CALL,
} from '../../src/calls/annotation-service.ts';
import { createIds } from '../../src/ids.ts';
import { callTags, notes } from '../../src/store/schema.ts';
import { createHarness, event, type Harness } from '../support/harness.ts';
import { tempDir } from '../support/temp-dir.ts';

const root = tempDir();
let count = 0;
let harness: Harness;
let annotations: AnnotationService;
let callId: CallId;

beforeEach(async () => {
  const dir = join(root, String(count++));
  mkdirSync(dir);
  harness = createHarness(dir);
  annotations = new AnnotationService({ ...harness, ids: createIds() });
  callId = harness.emit(event('call.status', { status: 'IN_PROGRESS' }));
  await harness.ingest.committed();
});
afterEach(() => harness.close());

const mistakeIn = (argument: string) =>
  expect.objectContaining({ code: 'INPUT_INVALID', details: { argument } });
const annotated = async () =>
  (await harness.eventLog.page(0, 1000, { types: ['CALL_ANNOTATED'] })).map(({ fact }) => fact);

describe('tags', () => {
  test('are kept with the call, in the order of tagging, and found by', async () => {
    await annotations.tag(callId, ['vip', 'refund'], []);
    const call = await annotations.tag(callId, ['late'], ['vip']);
    expect(call.tags).toEqual(['refund', 'late']);
    expect(harness.ledger.get(callId)?.tags).toEqual(['refund', 'late']);
    const rows = harness.database.db.select().from(callTags).all();
    expect(rows.map(({ tag }) => tag).toSorted()).toEqual(['late', 'refund']);
  });

  test('of a call that is over are kept too', async () => {
    harness.emit(event('call.ended', { end: { category: 'BUSY' } }));
    await harness.ingest.committed();
    expect((await annotations.tag(callId, ['vip'], [])).tags).toEqual(['vip']);
  });

  test('that change nothing are no news', async () => {
    await annotations.tag(callId, ['vip', 'vip', ' vip '], ['never there']);
    await annotations.tag(callId, ['vip'], []);
    expect(await annotated()).toEqual([{ type: 'CALL_ANNOTATED', tagsAdded: ['vip'] }]);
  });

  test('that look the same are the same', async () => {
    await annotations.tag(callId, ['caf\u0065\u0301'], []);
    expect((await annotations.tag(callId, ['caf\u00e9'], [])).tags).toEqual(['caf\u00e9']);
  });

  test('two sets of them at once stay within the bound, and each is told', async () => {
    const many = Array.from({ length: MAX_TAGS_PER_CALL - 1 }, (_, i) => `tag ${i}`);
    const first = annotations.tag(callId, many, []);
    await expect(annotations.tag(callId, ['a', 'b'], [])).rejects.toEqual(mistakeIn('add'));
    await first;
    expect((await annotations.tag(callId, ['a', 'b'], ['tag 0'])).tags).toHaveLength(MAX_TAGS_PER_CALL);
  });

  test.each([
    ['empty', ''],
    ['blank', '   '],
    ['too long', 'x'.repeat(MAX_TAG_CHARACTERS + 1)],
    ['of control characters', 'a\u0000b'],
    ['of half a character', '\ud800'],
  ])('that are %s are refused, and named', async (_what, tag) => {
    await expect(annotations.tag(callId, ['good', tag], [])).rejects.toEqual(mistakeIn('add.1'));
    await expect(annotations.tag(callId, [], [tag])).rejects.toEqual(mistakeIn('remove.0'));
    expect(await annotated()).toEqual([]);
  });

  test('are added or removed, not both', async () => {
    await expect(annotations.tag(callId, ['a', 'b'], ['b'])).rejects.toEqual(mistakeIn('add.1'));
  });
});

describe('a note', () => {
  test('is kept with its author, its time and the moment that it is about', async () => {
    const written = await annotations.addNote(callId, 'Promised a call back.', 1500, 'ada');
    expect(written).toMatchObject({
      callId,
      at: harness.clock.now(),
      note: { text: 'Promised a call back.', offsetMs: 1500, author: 'ada' },
    });
    const { id, text, offsetMs, author } = written.note;
    expect(harness.database.db.select().from(notes).all()).toEqual([
      { id, text, offsetMs, author, callId, at: written.at },
    ]);
    expect(await annotated()).toEqual([{ type: 'CALL_ANNOTATED', note: written.note }]);
  });

  test('without a word, too long, or of a moment before the call is refused', async () => {
    const tooLong = 'x'.repeat(MAX_NOTE_CHARACTERS + 1);
    await expect(annotations.addNote(callId, ' \n', undefined, 'ada')).rejects.toEqual(mistakeIn('text'));
    await expect(annotations.addNote(callId, tooLong, undefined, 'ada')).rejects.toEqual(mistakeIn('text'));
    await expect(annotations.addNote(callId, 'x', -1, 'ada')).rejects.toEqual(mistakeIn('offsetMs'));
  });

  test('beyond the bound is refused, also while the others are on their way to the disk', async () => {
    const all = Array.from({ length: MAX_NOTES_PER_CALL }, () =>
      annotations.addNote(callId, 'x', undefined, 'ada'),
    );
    await expect(annotations.addNote(callId, 'x', undefined, 'ada')).rejects.toEqual(mistakeIn('callId'));
    await Promise.all(all);
    expect(harness.ledger.get(callId)?.noteCount).toBe(MAX_NOTES_PER_CALL);
  });
});

test('a call that there is not can be neither tagged nor written about', async () => {
  const nowhere = 'call_nowhere' as CallId;
  const notFound = expect.objectContaining({ code: 'CALL_NOT_FOUND' });
  await expect(annotations.tag(nowhere, ['a'], [])).rejects.toEqual(notFound);
  await expect(annotations.addNote(nowhere, 'a', undefined, 'ada')).rejects.toEqual(notFound);
});
