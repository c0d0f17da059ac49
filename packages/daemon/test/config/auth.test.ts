import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import { isFault } from '@sidetone/core';
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/load.ts';

const TOKEN = 'a-token-of-some-length';
const SHA256 = createHash('sha256').update(TOKEN).digest('hex');

const configOf = (tokens: unknown) => parseConfig(JSON.stringify({ auth: { tokens } }), 'f', {});

function mistakeIn(tokens: unknown): string {
  try {
    configOf(tokens);
  } catch (error) {
    if (isFault(error)) return error.message;
    throw error;
  }
  return 'none';
}

describe('access tokens', () => {
  test('are kept as their SHA-256 alone, however they are given', () => {
    const plain = configOf([{ name: 'page', token: TOKEN, scopes: ['read', 'listen'] }]);
    const digest = configOf([{ name: 'page', sha256: SHA256.toUpperCase(), scopes: ['read', 'listen'] }]);
    expect(plain.auth).toEqual({ tokens: [{ name: 'page', sha256: SHA256, scopes: ['READ', 'LISTEN'] }] });
    expect(digest.auth).toEqual(plain.auth);
    expect(inspect(plain, { depth: 9 })).not.toContain(TOKEN);
  });

  test('let the daemon listen beyond loopback', () => {
    const source = {
      server: { host: '0.0.0.0' },
      auth: { tokens: [{ name: 'p', token: TOKEN, scopes: ['admin'] }] },
    };
    expect(parseConfig(JSON.stringify(source), 'f', {}).server.host).toBe('0.0.0.0');
  });

  const good = { name: 'page', token: TOKEN, scopes: ['read'] };
  test.each([
    [
      'too short',
      [{ ...good, token: 'fifteen-letters' }],
      'auth.tokens.0.token: found a text, expected 16 to 256 characters of',
    ],
    [
      'that no header can carry',
      [{ ...good, token: 'blanks are not possible' }],
      'auth.tokens.0.token: found a text',
    ],
    ['that is a number', [{ ...good, token: 1234567890123456 }], 'auth.tokens.0.token: found a number'],
    ['that stands in the wrong place', [TOKEN], 'auth.tokens.0: found a text, expected a mapping'],
    [
      'without itself',
      [{ name: 'page', scopes: ['read'] }],
      'auth.tokens.0.token: found nothing, expected exactly one of token and sha256',
    ],
    [
      'given twice over',
      [{ ...good, sha256: SHA256 }],
      'auth.tokens.0.token: found a text, expected exactly one of token and sha256',
    ],
    [
      'of half a hash',
      [{ name: 'page', sha256: 'abc', scopes: ['read'] }],
      'auth.tokens.0.sha256: found a text, expected the SHA-256',
    ],
    ['without a name', [{ token: TOKEN, scopes: ['read'] }], 'auth.tokens.0.name: found nothing'],
    ['with a name of its own kind', [{ ...good, name: 'My Page' }], 'auth.tokens.0.name: found a text'],
    [
      'without scopes',
      [{ ...good, scopes: [] }],
      'auth.tokens.0.scopes: found a list, expected a list with one scope at least',
    ],
    [
      'with an unknown scope',
      [{ ...good, scopes: ['write'] }],
      'auth.tokens.0.scopes.0: found a text, expected read, listen, control or admin',
    ],
    [
      'with an unknown key',
      [{ ...good, scope: 'read' }],
      'auth.tokens.0.scope: found a key that does not exist',
    ],
    [
      'whose name is taken',
      [good, { ...good, token: `${TOKEN}2` }],
      'auth.tokens.1.name: found a text, expected a name that no token before it has',
    ],
    [
      'that is there already',
      [good, { name: 'other', sha256: SHA256, scopes: ['read'] }],
      'auth.tokens.1.token: found nothing, expected a token that stands here once',
    ],
    ['that is a list of none', 'x'.repeat(20), 'auth.tokens: found a text, expected a list of tokens'],
  ])('one %s is a mistake that does not print it', (_what, tokens, line) => {
    const mistake = mistakeIn(tokens);
    expect(mistake).toContain(`f: ${line}`);
    expect(mistake).not.toContain(TOKEN);
  });
});
