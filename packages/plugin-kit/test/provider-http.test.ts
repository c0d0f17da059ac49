import { readFileSync } from 'node:fs';
import { askProvider, reasonIn, refusalOf, USER_AGENT, type ProviderRequest } from '../src/index.ts';
import { connectionFailure, createFakeHost, NEVER } from '@sidetone/testkit';
import { describe, expect, it } from 'vitest';

const url = new URL('https://api.example.com/thing');
const post: ProviderRequest = { method: 'POST', url, json: { a: 1 }, timeoutMs: 5000 };
const reply = (status: number, json?: unknown, headers: Record<string, string> = {}) => ({
  status,
  json,
  text: '',
  headers: new Headers(headers),
});

describe('asking a provider', () => {
  it('sends JSON under our own name, and does not follow redirects', async () => {
    const host = createFakeHost();
    host.respond('POST', url.href, { status: 201, json: { ok: true } });
    const answer = await askProvider(host, { ...post, headers: { authorization: 'Bearer k' } });
    expect(answer).toMatchObject({ status: 201, json: { ok: true } });
    expect(host.requests[0]).toMatchObject({ json: { a: 1 }, redirect: 'manual' });
    expect(host.requests[0]?.headers).toMatchObject({
      'user-agent': USER_AGENT,
      'content-type': 'application/json',
      authorization: 'Bearer k',
    });
    expect(host.clock.pending).toBe(0);
  });

  it('gives a plain or empty answer as text without JSON', async () => {
    const host = createFakeHost();
    host.respond('POST', url.href, { status: 403, text: 'error code: 1010' });
    expect(await askProvider(host, post)).toMatchObject({ text: 'error code: 1010', json: undefined });
    host.respond('POST', url.href, { status: 204 });
    expect(await askProvider(host, post)).toMatchObject({ status: 204, text: '' });
  });

  it('gives up after its time, and then the outcome is unknown', async () => {
    const host = createFakeHost();
    host.respond('POST', url.href, NEVER);
    const failure = askProvider(host, post).catch((error: unknown) => error);
    await host.clock.advance(5000);
    expect(await failure).toMatchObject({ code: 'PROVIDER_TIMEOUT' });
    expect(host.clock.pending).toBe(0);
  });

  it('gives up when the caller does', async () => {
    const host = createFakeHost();
    host.respond('POST', url.href, NEVER);
    const abort = new AbortController();
    const failure = askProvider(host, { ...post, signal: abort.signal }).catch((error: unknown) => error);
    abort.abort();
    expect(await failure).toMatchObject({ code: 'PROVIDER_TIMEOUT' });
  });

  it.each([
    ['POST', 'ECONNREFUSED', 'PROVIDER_UNREACHABLE'],
    ['POST', 'ENOTFOUND', 'PROVIDER_UNREACHABLE'],
    ['POST', 'ECONNRESET', 'PROVIDER_TIMEOUT'],
    ['DELETE', 'UND_ERR_SOCKET', 'PROVIDER_TIMEOUT'],
    ['GET', 'ECONNRESET', 'PROVIDER_UNREACHABLE'],
  ] as const)('a %s that fails with %s is %s', async (method, failure, code) => {
    const host = createFakeHost();
    host.respond(method, url.href, () => {
      throw connectionFailure(failure);
    });
    await expect(askProvider(host, { method, url, timeoutMs: 5000 })).rejects.toMatchObject({ code });
  });
});

describe('what an answer stands for', () => {
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
  ])('%d is %s', (status, code) => {
    expect(refusalOf(reply(status), 'Example').code).toBe(code);
  });

  it.each([
    [{ message: ['a is wrong', 'b is missing'], error: 'Bad Request' }, 'a is wrong; b is missing'],
    [{ message: 'Call not found' }, 'Call not found'],
    [{ api_id: 'x', error: 'call not found' }, 'call not found'],
    [{ status: 'error', error: { code: 'RATE_LIMIT_EXCEEDED', message: 'slow down' } }, 'slow down'],
    [{ error: { code: 'X' } }, 'X'],
    [{ unexpected: 1 }, undefined],
  ])('%j gives the reason %j', (json, reason) => {
    expect(reasonIn({ json, text: JSON.stringify(json) })).toBe(reason);
  });

  it('takes a plain text as the reason, and not more than fits a message', () => {
    expect(reasonIn({ json: undefined, text: ' error code: 1010 ' })).toBe('error code: 1010');
    expect(reasonIn({ json: undefined, text: 'x'.repeat(1000) })).toHaveLength(300);
  });

  it('tells how long to wait, from the header or the body', () => {
    expect(refusalOf(reply(429, {}, { 'retry-after': '21' }), 'Example').details).toEqual({
      status: 429,
      retryAfterSeconds: 21,
    });
    const body = { error: { message: 'slow down', details: { retryAfter: 7 } } };
    expect(refusalOf(reply(429, body), 'Example').details['retryAfterSeconds']).toBe(7);
  });
});

it('the name we go by has the version of this package', () => {
  const { version } = JSON.parse(
    readFileSync(new URL('../../core/package.json', import.meta.url), 'utf8'),
  ) as {
    version: string;
  };
  expect(USER_AGENT).toBe(`sidetone/${version}`);
});
