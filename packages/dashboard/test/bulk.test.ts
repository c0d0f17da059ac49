import { expect, test } from 'vitest';
import { MAX_PARALLEL, refusedIn, runBulk, summaryOf, type BulkResult } from '../page/selection/bulk-run.ts';

test('sends an action to every call once, a few at a time, and keeps each result', async () => {
  const ids = Array.from({ length: 30 }, (_, i) => `call ${i}`);
  const results = new Map<string, BulkResult>();
  const sent: string[] = [];
  let [running, most] = [0, 0];
  await runBulk({
    ids,
    async send(id) {
      sent.push(id);
      most = Math.max(most, ++running);
      await Promise.resolve();
      running--;
      return id.endsWith('3') ? { status: 'refused', message: 'No.' } : { status: 'accepted' };
    },
    onResult: (id, result) => void results.set(id, result),
  });
  expect(sent).toEqual(ids);
  expect(most).toBe(MAX_PARALLEL);
  expect(summaryOf(results)).toBe('27 accepted, 3 refused');
  expect(refusedIn(results)).toEqual(['call 3', 'call 13', 'call 23']);
});

test('does not offer to repeat an action whose outcome is unknown', () => {
  const results = new Map<string, BulkResult>([
    ['a', { status: 'unknown' }],
    ['b', { status: 'confirmed' }],
  ]);
  expect(refusedIn(results)).toEqual([]);
  expect(summaryOf(results)).toBe('1 confirmed, 1 unknown');
});
