import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { Gate } from '../../src/http/gate.ts';

const TOKEN = 'a-token-of-some-length';
const sha256 = createHash('sha256').update(TOKEN).digest('hex');
const open = new Gate({ tokens: [], origins: ['https://app.example.com'] });
const locked = new Gate({ tokens: [{ name: 'page', sha256, scopes: ['READ'] }], origins: [] });

const from = (headers: Record<string, string>, url = '/graphql') => ({ headers, url });
const local = { host: '127.0.0.1:4000' };

describe('without access tokens', () => {
  test.each([
    [local],
    [{ host: 'localhost:1' }],
    [{ host: '[::1]:4000' }],
    [{ ...local, origin: 'http://localhost:5173' }],
    [{ ...local, origin: 'https://app.example.com' }],
  ])('%j is this machine, or welcome, and may do everything', (headers) => {
    expect(open.viewer(from(headers))).toMatchObject({ name: 'local' });
    expect(open.viewer(from(headers)).scopes).toEqual(new Set(['READ', 'LISTEN', 'CONTROL', 'ADMIN']));
  });

  test.each([
    [{}],
    [{ host: 'evil.example' }],
    [{ host: '127.0.0.1.evil.example' }],
    [{ host: '10.0.0.1:4000' }],
    [{ ...local, origin: 'https://evil.example' }],
    [{ ...local, origin: 'null' }],
    [{ ...local, origin: 'https://app.example.com.evil.example' }],
    [{ host: 'evil.example', origin: 'https://app.example.com' }],
  ])('%j is not', (headers: Record<string, string>) => {
    expect(() => open.viewer(from(headers))).toThrow(expect.objectContaining({ code: 'REQUEST_FORBIDDEN' }));
  });
});

describe('with access tokens', () => {
  test.each([`Bearer ${TOKEN}`, `bearer  ${TOKEN} `])('"%s" is its owner, from anywhere', (authorization) => {
    const viewer = locked.viewer(from({ host: 'calls.example.com', authorization }));
    expect(viewer).toEqual({ name: 'page', scopes: new Set(['READ']) });
  });

  test.each([
    undefined,
    '',
    TOKEN,
    'Bearer',
    `Basic ${TOKEN}`,
    `Bearer ${TOKEN}x`,
    `Bearer ${sha256}`,
    `Bearer ${TOKEN} x`,
  ])('%j is nobody', (authorization) => {
    const headers = { ...local, ...(authorization !== undefined && { authorization }) };
    expect(() => locked.viewer(from(headers))).toThrow(expect.objectContaining({ code: 'AUTH_REQUIRED' }));
  });

  test('a request is not let in by its address: only a socket is', () => {
    const request = from(local, `/graphql?token=${TOKEN}`);
    expect(() => locked.viewer(request)).toThrow();
    expect(locked.socketViewer(request).name).toBe('page');
  });

  test('what a socket says last is what counts', () => {
    const request = from({ authorization: `Bearer ${TOKEN}` });
    expect(locked.socketViewer(request).name).toBe('page');
    expect(() => locked.socketViewer(request, { authorization: 'Bearer wrong' })).toThrow();
    expect(locked.socketViewer(from({}), { authorization: `Bearer ${TOKEN}` }).name).toBe('page');
  });
});

test('a page may read what its own origin answers, and no other', () => {
  const request = from({ host: 'calls.example.com' });
  expect(locked.isWelcome('https://calls.example.com', request)).toBe(true);
  expect(locked.isWelcome('http://localhost:5173', request)).toBe(false);
  expect(open.isWelcome('http://localhost:5173', request)).toBe(true);
  expect(open.isWelcome('https://app.example.com', request)).toBe(true);
  expect(open.isWelcome('https://evil.example', request)).toBe(false);
});
