import { readFileSync } from 'node:fs';
import {
  errorReasonIn,
  faultOfResponse,
  requestProvider,
  USER_AGENT,
  type ProviderRequest,
} from '../src/index.ts';
import { connectionFailure, createFakeHost, NEVER } from '@sidetone/testkit';
import { describe, expect, it } from 'vitest';

const url = new URL('https://api.example.com/thing');
const post: ProviderRequest = { method: 'POST', url, json: { a: 1 }, timeoutMs: 5000 };
const response = (status: number, json?: unknown, headers: Record<string, string> = {}) => ({
  status,
  json,
  text: '',
  headers: new Headers(headers),
});

describe('requestProvider', () => {
  it('sends JSON with a user agent and does not follow redirects', async () => {
    const host = createFakeHost();
    host.respond('POST', url.href, { status: 201, json: { ok: true } });
    const answer = await requestProvider(host, { ...post, headers: { authorization: 'Bearer k' } });
    expect(answer).toMatchObject({ status: 201, json: { ok: true } });
    expect(host.requests[0]).toMatchObject({ json: { a: 1 }, redirect: 'manual' });
    expect(host.requests[0]?.headers).toMatchObject({
      'user-agent': USER_AGENT,
      'content-type': 'application/json',
      authorization: 'Bearer k',
    });
    expect(host.clock.pending).toBe(0);
  });

  it('sends a form', async () => {
    const host = createFakeHost();
    host.respond('POST', url.href, { status: 200 });
    const form = new URLSearchParams({ To: '+91 80', Status: 'completed' });
    await requestProvider(host, { method: 'POST', url, form, timeoutMs: 5000 });
    expect(host.requests[0]).toMatchObject({
      body: 'To=%2B91+80&Status=completed',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
  });

  it('returns a body that is not JSON as text', async () => {
    const host = createFakeHost();
    host.respond('POST', url.href, { status: 403, text: 'error code: 1010' });
    expect(await requestProvider(host, post)).toMatchObject({ text: 'error code: 1010', json: undefined });
    host.respond('POST', url.href, { status: 204 });
    expect(await requestProvider(host, post)).toMatchObject({ status: 204, text: '' });
  });

  it('rejects with PROVIDER_TIMEOUT after the time limit', async () => {
    const host = createFakeHost();
    host.respond('POST', url.href, NEVER);
    const failure = requestProvider(host, post).catch((error: unknown) => error);
    await host.clock.advance(5000);
    expect(await failure).toMatchObject({ code: 'PROVIDER_TIMEOUT' });
    expect(host.clock.pending).toBe(0);
  });

  it('rejects with PROVIDER_TIMEOUT when the signal aborts', async () => {
    const host = createFakeHost();
    host.respond('POST', url.href, NEVER);
    const abort = new AbortController();
    const failure = requestProvider(host, { ...post, signal: abort.signal }).catch((error: unknown) => error);
    abort.abort();
    expect(await failure).toMatchObject({ code: 'PROVIDER_TIMEOUT' });
  });

  it.each([
    ['POST', 'ECONNREFUSED', 'PROVIDER_UNREACHABLE'],
    ['POST', 'ENOTFOUND', 'PROVIDER_UNREACHABLE'],
    ['POST', 'ECONNRESET', 'PROVIDER_TIMEOUT'],
    ['DELETE', 'UND_ERR_SOCKET', 'PROVIDER_TIMEOUT'],
    ['GET', 'ECONNRESET', 'PROVIDER_UNREACHABLE'],
  ] as const)('rejects a %s that fails with %s with %s', async (method, failure, code) => {
    const host = createFakeHost();
    host.respond(method, url.href, () => {
      throw connectionFailure(failure);
    });
    await expect(requestProvider(host, { method, url, timeoutMs: 5000 })).rejects.toMatchObject({ code });
  });
});

describe('faultOfResponse', () => {
  it.each([
    [400, 'PROVIDER_REFUSED'],
    [401, 'PROVIDER_REFUSED'],
    [302, 'PROVIDER_REFUSED'],
    [408, 'PROVIDER_TIMEOUT'],
    [429, 'PROVIDER_RATE_LIMITED'],
    [500, 'PROVIDER_REFUSED'],
    [502, 'PROVIDER_TIMEOUT'],
    [503, 'PROVIDER_UNREACHABLE'],
    [504, 'PROVIDER_TIMEOUT'],
    [524, 'PROVIDER_TIMEOUT'],
    [521, 'PROVIDER_UNREACHABLE'],
  ])('maps %d to %s', (status, code) => {
    expect(faultOfResponse(response(status), 'Example').code).toBe(code);
  });

  it.each([
    [{ message: ['a is wrong', 'b is missing'], error: 'Bad Request' }, 'a is wrong; b is missing'],
    [{ message: 'Call not found' }, 'Call not found'],
    [{ api_id: 'x', error: 'call not found' }, 'call not found'],
    [{ status: 'error', error: { code: 'RATE_LIMIT_EXCEEDED', message: 'slow down' } }, 'slow down'],
    [{ error: { code: 'X' } }, 'X'],
    [{ unexpected: 1 }, undefined],
  ])('reads from %j the error text %j', (json, reason) => {
    expect(errorReasonIn({ json, text: JSON.stringify(json) })).toBe(reason);
  });

  it('uses a plain text body as error text, up to 300 characters', () => {
    expect(errorReasonIn({ json: undefined, text: ' error code: 1010 ' })).toBe('error code: 1010');
    expect(errorReasonIn({ json: undefined, text: 'x'.repeat(1000) })).toHaveLength(300);
  });

  it('reads the retry delay from the header or the body', () => {
    expect(faultOfResponse(response(429, {}, { 'retry-after': '21' }), 'Example').details).toEqual({
      status: 429,
      retryAfterSeconds: 21,
    });
    const body = { error: { message: 'slow down', details: { retryAfter: 7 } } };
    expect(faultOfResponse(response(429, body), 'Example').details['retryAfterSeconds']).toBe(7);
  });
});

it('USER_AGENT has the version of this package', () => {
  const { version } = JSON.parse(
    readFileSync(new URL('../../core/package.json', import.meta.url), 'utf8'),
  ) as {
    version: string;
  };
  expect(USER_AGENT).toBe(`sidetone/${version}`);
});
