import { describe, expect, test } from 'vitest';
import { shownScopes, stateText, tokenInput } from '../page/admin/tokens/token-input.ts';

const NOW = Date.parse('2026-03-18T10:20:30.000Z');

describe('tokenInput', () => {
  test('computes the expiry', () => {
    expect(tokenInput({ name: 'night-shift', scopes: ['READ'], lifetime: 'week' }, NOW)).toEqual({
      name: 'night-shift',
      scopes: ['READ'],
      expiresAt: '2026-03-25T10:20:30.000Z',
    });
  });

  test('omits the expiry of a token that does not expire', () => {
    expect(tokenInput({ name: 'a', scopes: ['ADMIN'], lifetime: 'unlimited' }, NOW)).toEqual({
      name: 'a',
      scopes: ['ADMIN'],
    });
  });

  test.each(['', 'Night shift', '1st', 'a'.repeat(33)])('rejects the name "%s"', (name) => {
    expect(tokenInput({ name, scopes: ['READ'], lifetime: 'day' }, NOW)).toHaveProperty('problem');
  });

  test('rejects a token that permits nothing', () => {
    expect(tokenInput({ name: 'a', scopes: ['MASKED_NUMBERS'], lifetime: 'day' }, NOW)).toHaveProperty(
      'problem',
    );
  });
});

test('the state says why a token is not valid', () => {
  const base = { state: 'ACTIVE', source: 'DATABASE', expiresAt: null, revokedAt: null } as const;
  const at = new Date(NOW).toISOString();
  expect(stateText(base, NOW)).toBe('Valid, does not expire');
  expect(stateText({ ...base, source: 'CONFIGURATION' }, NOW)).toBe('Valid, from the configuration');
  expect(stateText({ ...base, expiresAt: at }, NOW)).toMatch(/^Valid until Today/);
  expect(stateText({ ...base, state: 'EXPIRED', expiresAt: at }, NOW)).toMatch(/^Expired Today/);
  expect(stateText({ ...base, state: 'REVOKED', revokedAt: at }, NOW)).toMatch(/^Revoked Today/);
  expect(stateText({ ...base, state: 'REPLACED' }, NOW)).toMatch(/configuration has a token/);
});

test('administration includes all other permissions', () => {
  expect(shownScopes(['READ', 'ADMIN'])).toEqual(['ADMIN']);
  expect(shownScopes(['READ', 'LISTEN'])).toEqual(['READ', 'LISTEN']);
});
