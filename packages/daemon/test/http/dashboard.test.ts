/** The files of the dashboard: headers, compression and routes. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDashboard, type Dashboard } from '../../src/http/dashboard.ts';

const folder = mkdtempSync(join(tmpdir(), 'sidetone-dashboard-'));
const SCRIPT = 'assets/index-abc.js';

let url: string;
let dashboard: Dashboard;
const server = createServer((request, response) => {
  const { pathname } = new URL(request.url!, 'http://localhost');
  if (dashboard.owns(pathname)) dashboard.request(request, response, pathname);
  else if (!dashboard.notFound(request, response, pathname)) response.writeHead(404).end('text');
});

beforeAll(async () => {
  mkdirSync(join(folder, 'assets'));
  writeFileSync(
    join(folder, 'index.html'),
    '<title>page</title><script src="./assets/index-abc.js"></script>',
  );
  writeFileSync(join(folder, 'nested.html'), '<title>page below</title>');
  writeFileSync(join(folder, SCRIPT), 'plain');
  writeFileSync(join(folder, `${SCRIPT}.br`), 'compressed');
  dashboard = createDashboard(pathToFileURL(`${folder}/`));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${url}${path}`, { headers });

test.each([
  ['/', 'page'],
  ['/history', 'page'],
  ['/overview', 'page'],
  ['/providers', 'page'],
  ['/place-call', 'page'],
  ['/admin', 'page'],
  ['/admin/tokens', 'page below'],
  ['/calls/call_1', 'page below'],
])('%s is the page with addresses that are relative to it', async (path, title) => {
  expect(dashboard.owns(path)).toBe(true);
  expect(await (await get(path)).text()).toContain(`<title>${title}</title>`);
});

test.each([
  '/graphql',
  '/calls/call_1/listen',
  '/calls/call_1/recording.wav',
  '/calls',
  '/providers/vapi',
  '/admin/tokens/other',
  '/other',
  '/.vite/manifest.json',
])('%s is not the page', (path) => expect(dashboard.owns(path)).toBe(false));

describe('an address that does not exist', () => {
  const HTML = { accept: 'text/html,*/*;q=0.8' };

  test.each([
    ['/nope', './assets/'],
    ['/calls/', '../assets/'],
    ['/a/b/c', '../../assets/'],
  ])('%s is the page with status 404, and finds its files', async (path, folder) => {
    const response = await get(path, HTML);
    expect([response.status, response.headers.get('cache-control')]).toEqual([404, 'no-cache']);
    expect(response.headers.get('content-security-policy')).toContain("script-src 'self'");
    const html = await response.text();
    expect(html).toContain(`src="${folder}`);
    expect(new URL(`${folder}index-abc.js`, `${url}${path}`).pathname).toBe(`/${SCRIPT}`);
  });

  test('is text for clients that are no browsers, and for very long addresses', async () => {
    expect(await (await get('/nope')).text()).toBe('text');
    expect(await (await get('/a'.repeat(100), HTML)).text()).toBe('text');
    const head = await fetch(`${url}/nope`, { method: 'HEAD', headers: HTML });
    expect([head.status, head.headers.get('content-type')]).toEqual([404, null]);
  });
});

describe('the page', () => {
  test('is not cached, and can run only its own scripts', async () => {
    const { headers } = await get('/calls/call_1');
    const policy = headers.get('content-security-policy')!;
    expect(policy).toMatch(
      /default-src 'none'.*script-src 'self';.*connect-src 'self'.*frame-ancestors 'none'/,
    );
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    expect(headers.get('cache-control')).toBe('no-cache');
  });

  test('keeps its content security policy when the browser revalidates it', async () => {
    const { headers } = await get('/');
    const cached = await get('/', { 'if-none-match': headers.get('etag')! });
    expect(cached.status).toBe(304);
    expect(cached.headers.get('content-security-policy')).toBe(headers.get('content-security-policy'));
    expect((await get('/assets/missing.js')).headers.get('content-security-policy')).not.toContain('self');
  });

  test('has scripts that are cached forever and compressed if the browser accepts it', async () => {
    const { headers } = await get(`/${SCRIPT}`, { 'accept-encoding': 'br' });
    expect(headers.get('content-encoding')).toBe('br');
    expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(await (await get(`/${SCRIPT}`, { 'accept-encoding': 'identity' })).text()).toBe('plain');
  });

  test('serves no file outside its folder', async () => {
    expect((await get('/assets/gone.js')).status).toBe(404);
    expect((await get('/assets/..%2f..%2f..%2fetc%2fpasswd')).status).toBe(404);
  });
});

test('shows how to build the dashboard if it was not built', async () => {
  dashboard = createDashboard(pathToFileURL(join(folder, 'nowhere/')));
  expect([dashboard.owns('/'), dashboard.owns('/history')]).toEqual([true, false]);
  expect(await (await get('/')).text()).toContain('npm run build');
});
