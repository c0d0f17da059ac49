import { expect, test } from 'vitest';
import { toSentence, toApiError } from '../page/api/errors.ts';
import { viewerOf } from '../page/session/viewer.ts';

type Error = Parameters<typeof toApiError>[0];
const failed = (message: string, extensions: object): Error =>
  ({ graphQLErrors: [{ message, extensions }], response: undefined }) as unknown as Error;
const answered = (status?: number): Error => ({ graphQLErrors: [], response: status && { status } });

test('keeps the message of the API and its remedy', () => {
  expect(toApiError(failed('the call has ended', { code: 'CALL_NOT_LIVE', remedy: 'Look.' }))).toEqual({
    code: 'CALL_NOT_LIVE',
    message: 'The call has ended.',
    remedy: 'Look.',
  });
});

test('distinguishes an unreachable daemon from a missing token', () => {
  expect(toApiError(answered()).code).toBe('NETWORK');
  expect(toApiError(answered(401)).code).toBe('AUTH_REQUIRED');
});

test.each([
  ['it failed', 'It failed.'],
  ['Did it?', 'Did it?'],
  [' Done. ', 'Done.'],
])('formats %j as %j', (message, text) => expect(toSentence(message)).toBe(text));

test('gives an administrator all scopes', () => {
  expect([...viewerOf({ name: 'a', scopes: ['ADMIN'] }).scopes].toSorted()).toEqual([
    'ADMIN',
    'CONTROL',
    'LISTEN',
    'READ',
  ]);
  expect([...viewerOf({ name: 'b', scopes: ['READ'] }).scopes]).toEqual(['READ']);
});
