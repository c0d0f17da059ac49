import { expect, test } from 'vitest';
import { eraseAll, erasedText, isSameNumber, MAX_STEPS } from '../page/admin/data/erase-number.ts';
import type { ErasedPart } from '../page/admin/data/documents.ts';

const part = (change: Partial<ErasedPart>): ErasedPart => ({
  status: 'ERASED',
  calls: 0,
  commands: 0,
  held: [],
  live: [],
  ...change,
});

test('repeats the step until nothing is left, and adds up', async () => {
  const parts = [
    part({ status: 'MORE', calls: 100, commands: 1 }),
    part({ status: 'MORE', calls: 100 }),
    part({ calls: 7, held: ['call_1'] }),
  ];
  const sums: number[] = [];
  const erased = await eraseAll(
    async () => parts.shift()!,
    ({ calls }) => sums.push(calls),
  );
  expect(sums).toEqual([100, 200, 207]);
  expect(erased).toEqual({ status: 'ERASED', calls: 207, commands: 1, held: ['call_1'], live: [] });
});

test('a last step without content does not say that there was nothing', async () => {
  const parts = [part({ status: 'MORE', calls: 100 }), part({ status: 'NOT_FOUND' })];
  const erased = await eraseAll(
    async () => parts.shift()!,
    () => undefined,
  );
  expect(erased).toMatchObject({ status: 'ERASED', calls: 100 });
});

test('ends after a limit of steps, and after an error', async () => {
  let steps = 0;
  const more = async (): Promise<ErasedPart> => (steps++, part({ status: 'MORE', calls: 1 }));
  expect(await eraseAll(more, () => undefined)).toMatchObject({ status: 'MORE' });
  expect(steps).toBe(MAX_STEPS);
  const error = { code: 'NETWORK', message: 'The daemon is not reachable.' };
  expect(
    await eraseAll(
      async () => error,
      () => undefined,
    ),
  ).toBe(error);
});

test('the outcome is a sentence', () => {
  const none = { calls: 0, commands: 0, held: [], live: [] };
  expect(erasedText({ ...none, status: 'NOT_FOUND' })).toBe('There was nothing to erase.');
  expect(erasedText({ ...none, status: 'ERASED', calls: 1, commands: 2 })).toMatch(
    /^Erased 1 call and 2 failed attempts\. Nothing of the number is left/,
  );
});

test('the number can be confirmed in another notation', () => {
  expect(isSameNumber('+1 (500) 555-0001', '+15005550001')).toBe(true);
  expect(isSameNumber('+15005550002', '+15005550001')).toBe(false);
  expect(isSameNumber('', '')).toBe(false);
});
