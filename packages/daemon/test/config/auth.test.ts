import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import { isFault } from '@sidetone/core';
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/load.ts';

const TOKEN = 'a-token-of-some-length';
const SHA256 = createHash('sha256').update(TOKEN).digest('hex');

const configOf = (tokens: unknown) => parseConfig(JSON.stringify({ auth: { tokens } }), 'f', {});

function errorIn(tokens: unknown): string {
  try {
    configOf(tokens);
  } catch (error) {
    if (isFault(error)) return error.message;
    throw error;
  }
  return 'none';
}

describe('access tokens', () => {
  test('are kept only as SHA-256, in whichever form they are configured', () => {
    const plain = configOf([{ name: 'page', token: TOKEN, scopes: ['read', 'listen'] }]);
    const digest = configOf([{ name: 'page', sha256: SHA256.toUpperCase(), scopes: ['read', 'listen'] }]);
    expect(plain.auth).toEqual({
      tokens: [{ name: 'page', sha256: SHA256, scopes: ['READ', 'LISTEN'] }],
      unverified: false,
      required: false,
    });
    expect(digest.auth).toEqual(plain.auth);
    expect(inspect(plain, { depth: 9 })).not.toContain(TOKEN);
  });

  test('allow the daemon to listen on other addresses than loopback', () => {
    const source = {
      server: { host: '0.0.0.0' },
      auth: { tokens: [{ name: 'p', token: TOKEN, scopes: ['admin'] }] },
    };
    expect(parseConfig(JSON.stringify(source), 'f', {}).server.host).toBe('0.0.0.0');
  });

  test.each([
    { server: { host: '0.0.0.0' } },
    { server: { publicUrl: 'https://calls.example.com' } },
    { server: { host: '::', publicUrl: 'http://127.0.0.1:4000' } },
  ])('are not needed for %j if auth.unverified is true', (source) => {
    const config = parseConfig(JSON.stringify({ ...source, auth: { unverified: true } }), 'f', {});
    expect(config.auth).toEqual({ tokens: [], unverified: true, required: false });
  });

  test('need not be in the file if auth.required is true', () => {
    const source = { server: { host: '0.0.0.0' }, auth: { required: true } };
    expect(parseConfig(JSON.stringify(source), 'f', {}).auth.tokens).toEqual([]);
  });

  const good = { name: 'page', token: TOKEN, scopes: ['read'] };
  test.each([
    [
      'that is too short',
      [{ ...good, token: 'fifteen-letters' }],
      'auth.tokens.0.token: expected 16 to 256 characters of',
    ],
    [
      'with spaces',
      [{ ...good, token: 'blanks are not possible' }],
      'auth.tokens.0.token: expected 16 to 256 characters of A-Z, a-z, 0-9 and . _ ~ + / = -, received a string',
    ],
    [
      'that is a number',
      [{ ...good, token: 1234567890123456 }],
      'auth.tokens.0.token: expected 16 to 256 characters of A-Z, a-z, 0-9 and . _ ~ + / = -, received a number',
    ],
    ['that is not a mapping', [TOKEN], 'auth.tokens.0: expected a mapping, received a string'],
    [
      'without token and sha256',
      [{ name: 'page', scopes: ['read'] }],
      'auth.tokens.0.token: expected exactly one of token and sha256, received nothing',
    ],
    [
      'with both token and sha256',
      [{ ...good, sha256: SHA256 }],
      'auth.tokens.0.token: expected exactly one of token and sha256, received a string',
    ],
    [
      'with a short hash',
      [{ name: 'page', sha256: 'abc', scopes: ['read'] }],
      'auth.tokens.0.sha256: expected the SHA-256 of the token, 64 hexadecimal digits, received a string',
    ],
    [
      'without a name',
      [{ token: TOKEN, scopes: ['read'] }],
      'auth.tokens.0.name: expected a name of a-z, 0-9 and -, starting with a letter, received nothing',
    ],
    [
      'with an invalid name',
      [{ ...good, name: 'My Page' }],
      'auth.tokens.0.name: expected a name of a-z, 0-9 and -, starting with a letter, received a string',
    ],
    [
      'without scopes',
      [{ ...good, scopes: [] }],
      'auth.tokens.0.scopes: expected a list with at least one scope, received an empty list',
    ],
    [
      'with an unknown scope',
      [{ ...good, scopes: ['write'] }],
      'auth.tokens.0.scopes.0: expected read, listen, control, admin or masked-numbers, received a string',
    ],
    ['with an unknown key', [{ ...good, scope: 'read' }], 'auth.tokens.0.scope: unknown key'],
    [
      'with a name that is in use',
      [good, { ...good, token: `${TOKEN}2` }],
      'auth.tokens.1.name: expected a name that no other token has, received a string',
    ],
    [
      'that is listed twice',
      [good, { name: 'other', sha256: SHA256, scopes: ['read'] }],
      'auth.tokens.1.token: expected a token that is listed once, received nothing',
    ],
    ['list that is a string', 'x'.repeat(20), 'auth.tokens: expected a list of tokens, received a string'],
  ])('rejects a token %s, and does not print it', (_case, tokens, line) => {
    const message = errorIn(tokens);
    expect(message).toContain(`f: ${line}`);
    expect(message).not.toContain(TOKEN);
  });
});
