import { describe, expect, test } from 'vitest';
import { readFileSync } from 'node:fs';
import { basePathOf, isBaseUrl } from '../../../src/access/base-path.ts';
import { configSchema } from '../../../src/config/schema.ts';
import { targetOf } from '../../../src/http/routing/request-target.ts';

const target = (url: string, basePath = '') =>
  targetOf({ url, headersDistinct: { host: ['x'] }, httpVersion: '1.1' }, basePath);

describe('the route of a request', () => {
  test.each([
    ['/providers/vapi/webhook', ''],
    ['/providers/vapi/webhook/', ''],
    ['/providers/vapi/webhook//', ''],
    ['//providers/vapi/webhook', ''],
    ['/providers//vapi///webhook/', ''],
    ['/providers/vapi/webhook', '/sidetone'],
    ['/sidetone/providers/vapi/webhook', '/sidetone'],
    ['/sidetone//providers/vapi/webhook/', '/sidetone'],
    ['//sidetone/providers/vapi/webhook', '/sidetone'],
    ['/tools/voice/providers/vapi/webhook', '/tools/voice'],
    ['/a/../providers/vapi/webhook', ''],
  ])('of %s with the base path "%s" is the webhook', (url, basePath) => {
    expect(target(url, basePath)?.url.pathname).toBe('/providers/vapi/webhook');
    expect(target(`${url}?a=b+c&d=%2B`, basePath)?.routed).toBe('/providers/vapi/webhook?a=b+c&d=%2B');
  });

  test.each([
    ['/sidetonegraphql', '/sidetone'],
    ['/other/graphql', '/sidetone'],
    ['/Sidetone/graphql', '/sidetone'],
    ['/graphql', ''],
  ])('of %s with the base path "%s" is unchanged', (url, basePath) => {
    expect(target(url, basePath)?.routed).toBe(url);
  });

  test.each(['', 'graphql', '*', 'http://x/graphql'])('does not exist for the address "%s"', (url) => {
    expect(target(url)).toBeUndefined();
  });
});

test.each([
  ['//providers/vapi/webhook/?a=b', ''],
  ['//providers/vapi/webhook/?a=b', '/sidetone'],
  ['/sidetone//providers/vapi/webhook/?a=b', '/sidetone'],
])('%s with the base path "%s" keeps what the provider wrote', (url, basePath) => {
  expect(target(url, basePath)?.original).toBe('//providers/vapi/webhook/?a=b');
});

describe('the address of a page', () => {
  test.each([
    ['/', '', '/'],
    ['/history/', '', '/history'],
    ['/history//', '', '/history'],
    ['//history', '', '/history'],
    ['/calls/call_1/?line=2', '', '/calls/call_1?line=2'],
    ['//', '', '/'],
    ['/sidetone', '/sidetone', '/sidetone/'],
    ['/tools/voice', '/tools/voice', '/tools/voice/'],
    ['/sidetone/history/', '/sidetone', '/sidetone/history'],
    ['/sidetone//', '/sidetone', '/sidetone/'],
  ])('%s with the base path "%s" is %s', (url, basePath, expected) => {
    const { canonical = url } = target(url, basePath)!;
    const { pathname, search } = new URL(canonical, `https://example.com${url}`);
    expect(pathname + search).toBe(expected);
    // A proxy may have removed more of the path than the daemon knows.
    const behind = new URL(canonical === url ? `/more${url}` : canonical, `https://example.com/more${url}`);
    expect(behind.pathname + behind.search).toBe(`/more${expected}`);
  });

  test.each(['/', '/history', '/calls/call_1', '/history?q=a'])('%s is not changed', (url) => {
    expect(target(url)?.canonical).toBeUndefined();
    expect(target(`/sidetone${url}`, '/sidetone')?.canonical).toBeUndefined();
  });
});

test.each([
  ['https://example.com', ''],
  ['https://example.com/', ''],
  ['https://example.com/sidetone', '/sidetone'],
  ['https://example.com/sidetone/', '/sidetone'],
  ['https://example.com//tools//voice/', '/tools/voice'],
])('the base path of %s is "%s"', (url, basePath) => {
  expect(basePathOf(new URL(url))).toBe(basePath);
  expect(isBaseUrl(new URL(url))).toBe(true);
});

/** The first segments of the documented paths. */
const documented = readFileSync(
  new URL('../../../../../docs/reference/http.md', import.meta.url),
  'utf8',
).match(/(?<=^\| `\/|`\/)[\w-]+(?=[^\n]*\|)/gm)!;

test.each(['graphql/', 'calls/x', ...new Set(documented)])(
  'a public URL with the path of a route is rejected: %s',
  (path) => {
    const { error } = configSchema.safeParse({ server: { publicUrl: `http://localhost:4000/${path}` } });
    expect(error?.issues[0]?.message).toContain('a URL whose path does not begin like a route');
  },
);
