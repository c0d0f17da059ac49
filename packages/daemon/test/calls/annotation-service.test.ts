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

const invalid = (argument: string) =>
  expect.objectContaining({ code: 'INPUT_INVALID', details: { argument } });
const annotated = async () =>
  (await harness.eventLog.page(0, 1000, { types: ['CALL_ANNOTATED'] })).map(({ fact }) => fact);

describe('tag', () => {
  test('stores tags in the order of tagging and indexes them', async () => {
    await annotations.tag(callId, ['vip', 'refund'], [], 'ada');
    const call = await annotations.tag(callId, ['late'], ['vip'], 'ada');
    expect(call.tags).toEqual(['refund', 'late']);
    expect(harness.ledger.get(callId)?.tags).toEqual(['refund', 'late']);
    const rows = harness.database.db.select().from(callTags).all();
    expect(rows.map(({ tag }) => tag).toSorted()).toEqual(['late', 'refund']);
  });

  test('accepts ended calls', async () => {
    harness.emit(event('call.ended', { end: { category: 'BUSY' } }));
    await harness.ingest.committed();
    expect((await annotations.tag(callId, ['vip'], [], 'ada')).tags).toEqual(['vip']);
  });

  test('stores no event if nothing changes', async () => {
    await annotations.tag(callId, ['vip', 'vip', ' vip '], ['never there'], 'ada');
    await annotations.tag(callId, ['vip'], [], 'ada');
    expect(await annotated()).toEqual([{ type: 'CALL_ANNOTATED', by: 'ada', tagsAdded: ['vip'] }]);
  });

  test('treats tags that look equal as equal', async () => {
    await annotations.tag(callId, ['caf\u0065\u0301'], [], 'ada');
    expect((await annotations.tag(callId, ['caf\u00e9'], [], 'ada')).tags).toEqual(['caf\u00e9']);
  });

  test('applies the limit to concurrent requests', async () => {
    const many = Array.from({ length: MAX_TAGS_PER_CALL - 1 }, (_, i) => `tag ${i}`);
    const first = annotations.tag(callId, many, [], 'ada');
    await expect(annotations.tag(callId, ['a', 'b'], [], 'ada')).rejects.toEqual(invalid('add'));
    await first;
    expect((await annotations.tag(callId, ['a', 'b'], ['tag 0'], 'ada')).tags).toHaveLength(
      MAX_TAGS_PER_CALL,
    );
  });

  test.each([
    ['empty', ''],
    ['blank', '   '],
    ['too long', 'x'.repeat(MAX_TAG_CHARACTERS + 1)],
    ['with control characters', 'a\u0000b'],
    ['half a character', '\ud800'],
  ])('rejects a tag that is %s and names it', async (_what, tag) => {
    await expect(annotations.tag(callId, ['good', tag], [], 'ada')).rejects.toEqual(invalid('add.1'));
    await expect(annotations.tag(callId, [], [tag], 'ada')).rejects.toEqual(invalid('remove.0'));
    expect(await annotated()).toEqual([]);
  });

  test('rejects a tag that is both added and removed', async () => {
    await expect(annotations.tag(callId, ['a', 'b'], ['b'], 'ada')).rejects.toEqual(invalid('add.1'));
  });
});

describe('addNote', () => {
  test('stores a note with its author, its time and its offset', async () => {
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
    expect(await annotated()).toEqual([{ type: 'CALL_ANNOTATED', by: 'ada', note: written.note }]);
  });

  test('rejects a note that is blank, too long, or has a negative offset', async () => {
    const tooLong = 'x'.repeat(MAX_NOTE_CHARACTERS + 1);
    await expect(annotations.addNote(callId, ' \n', undefined, 'ada')).rejects.toEqual(invalid('text'));
    await expect(annotations.addNote(callId, tooLong, undefined, 'ada')).rejects.toEqual(invalid('text'));
    await expect(annotations.addNote(callId, 'x', -1, 'ada')).rejects.toEqual(invalid('offsetMs'));
  });

  test('applies the limit to concurrent requests', async () => {
    const all = Array.from({ length: MAX_NOTES_PER_CALL }, () =>
      annotations.addNote(callId, 'x', undefined, 'ada'),
    );
    await expect(annotations.addNote(callId, 'x', undefined, 'ada')).rejects.toEqual(invalid('callId'));
    await Promise.all(all);
    expect(harness.ledger.get(callId)?.noteCount).toBe(MAX_NOTES_PER_CALL);
  });
});

test('an unknown call is rejected with CALL_NOT_FOUND', async () => {
  const nowhere = 'call_nowhere' as CallId;
  const notFound = expect.objectContaining({ code: 'CALL_NOT_FOUND' });
  await expect(annotations.tag(nowhere, ['a'], [], 'ada')).rejects.toEqual(notFound);
  await expect(annotations.addNote(nowhere, 'a', undefined, 'ada')).rejects.toEqual(notFound);
});
