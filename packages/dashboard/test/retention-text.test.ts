import { expect, test } from 'vitest';
import { bytesText, spaceTexts } from '../page/admin/data/retention-text.ts';

test.each([
  [0, '0 bytes'],
  [999, '999 bytes'],
  [1500, '1.5 kB'],
  [230_000_000, '230 MB'],
  [5e15, '5,000 TB'],
])('%d bytes are %s', (bytes, text) => expect(bytesText(bytes)).toBe(text));

test('says nothing about the space of recordings without a limit of it', () => {
  const none = { recordingBytes: 0, freeBytes: null, missingBytes: 0, removedRecordings: 0 };
  expect(spaceTexts(none)).toEqual([]);
  expect(
    spaceTexts({ recordingBytes: 2e9, freeBytes: 5e9, missingBytes: 1e9, removedRecordings: 2 }),
  ).toHaveLength(4);
});
