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
    [{ host: '[0:0:0:0:0:0:0:1]' }],
    [{ host: '[::ffff:127.0.0.1]:4000' }],
    [{ host: '127.0.0.2' }],
    [{ ...local, origin: 'http://[::1]:5173' }],
    [{ ...local, origin: 'http://localhost:5173' }],
    [{ ...local, origin: 'https://app.example.com' }],
  ])('accepts %j with all scopes', (headers) => {
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
  ])('rejects %j', (headers: Record<string, string>) => {
    expect(() => open.viewer(from(headers))).toThrow(expect.objectContaining({ code: 'REQUEST_FORBIDDEN' }));
  });
});

describe('a request through a proxy', () => {
  const headers = [
    { 'x-forwarded-for': '203.0.113.9' },
    { 'x-forwarded-proto': 'https' },
    { 'x-forwarded-anything': '' },
    { forwarded: 'for=127.0.0.1' },
    { via: '1.1 proxy' },
    { 'x-real-ip': '127.0.0.1' },
    { 'cf-connecting-ip': '203.0.113.9' },
  ] as Record<string, string>[];

  test.each(headers)('is rejected without access tokens: %j', (added) => {
    expect(() => open.viewer(from({ ...local, ...added }))).toThrow(
      expect.objectContaining({
        code: 'REQUEST_FORBIDDEN',
        message: expect.stringContaining('auth.tokens') as string,
      }),
    );
  });

  test.each(headers)('is accepted with an access token: %j', (added) => {
    expect(locked.viewer(from({ ...local, ...added, authorization: `Bearer ${TOKEN}` })).name).toBe('page');
  });
});

describe('without access tokens, but explicitly unverified', () => {
  const unverified = new Gate({
    tokens: [],
    origins: [],
    isUnverified: true,
    hostNames: ['calls.example.com'],
  });

  test.each([
    { host: 'calls.example.com', 'x-forwarded-for': '203.0.113.9' },
    { host: '192.168.1.5:4000' },
    { host: '[2001:db8::1]:4000' },
    { host: 'calls.example.com', origin: 'https://calls.example.com' },
    { host: 'calls.example.com:443', origin: 'https://calls.example.com' },
    { host: '[2001:db8:0::1]:4000', origin: 'http://[2001:db8::1]:4000' },
    local,
  ] as Record<string, string>[])('accepts %j', (headers) => {
    expect(unverified.viewer(from(headers)).name).toBe('local');
  });

  test.each([
    { host: 'evil.example' },
    { host: 'evil.example', origin: 'http://evil.example' },
    { host: 'calls.example.com', origin: 'https://evil.example' },
  ] as Record<string, string>[])('rejects %j', (headers) => {
    expect(() => unverified.viewer(from(headers))).toThrow(
      expect.objectContaining({ code: 'REQUEST_FORBIDDEN' }),
    );
  });
});

describe('with access tokens', () => {
  test.each([`Bearer ${TOKEN}`, `bearer  ${TOKEN} `])(
    '"%s" identifies its owner, from any address',
    (authorization) => {
      const viewer = locked.viewer(from({ host: 'calls.example.com', authorization }));
      expect(viewer).toEqual({ name: 'page', scopes: new Set(['READ']) });
    },
  );

  test.each([
    undefined,
    '',
    TOKEN,
    'Bearer',
    `Basic ${TOKEN}`,
    `Bearer ${TOKEN}x`,
    `Bearer ${sha256}`,
    `Bearer ${TOKEN} x`,
  ])('rejects %j', (authorization) => {
    const headers = { ...local, ...(authorization !== undefined && { authorization }) };
    expect(() => locked.viewer(from(headers))).toThrow(expect.objectContaining({ code: 'AUTH_REQUIRED' }));
  });

  test('accepts a token in the URL only for sockets', () => {
    const request = from(local, `/graphql?token=${TOKEN}`);
    expect(() => locked.viewer(request)).toThrow();
    expect(locked.socketViewer(request).name).toBe('page');
  });

  test('prefers the payload of connection_init over the header', () => {
    const request = from({ authorization: `Bearer ${TOKEN}` });
    expect(locked.socketViewer(request).name).toBe('page');
    expect(() => locked.socketViewer(request, { authorization: 'Bearer wrong' })).toThrow();
    expect(locked.socketViewer(from({}), { authorization: `Bearer ${TOKEN}` }).name).toBe('page');
  });
});

test('allows the origin of the daemon and configured origins', () => {
  const request = from({ host: 'calls.example.com' });
  expect(locked.allowsOrigin('https://calls.example.com', request)).toBe(true);
  expect(locked.allowsOrigin('http://localhost:5173', request)).toBe(false);
  expect(open.allowsOrigin('http://localhost:5173', request)).toBe(true);
  expect(open.allowsOrigin('https://app.example.com', request)).toBe(true);
  expect(open.allowsOrigin('https://evil.example', request)).toBe(false);
});
