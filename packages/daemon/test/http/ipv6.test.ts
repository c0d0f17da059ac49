/** A daemon whose address is an IPv6 address. */
import { describe, expect, test } from 'vitest';
import { configSchema } from '../../src/config/schema.ts';
import { serverUrl } from '../../src/access/exposure.ts';
import { startTestDaemon } from '../support/daemon.ts';
import { tempDir } from '../support/temp-dir.ts';

const dir = tempDir();

describe('server.host', () => {
  test.each([['::1'], ['[::1]'], ['0:0:0:0:0:0:0:1'], ['::ffff:127.0.0.1']])('starts at %s', async (host) => {
    const it = await startTestDaemon(dir, { server: { host, port: 0 } });
    expect(it.daemon.url.href).toMatch(/^http:\/\/\[[0-9a-f:]+\]:\d+\/$/);
    expect(it.script.host.publicUrl('hook').href).toBe(`${it.daemon.url.href}providers/test/hook`);
    expect((await fetch(it.url('healthz'))).status).toBe(200);
    expect((await it.query('{ latestCursor }')).errors).toBeUndefined();
    const { done } = await it.client.iterate({ query: '{ latestCursor }' }).next();
    expect(done).toBe(false);
  });

  test.each([
    ['127.0.0.1', 'http://127.0.0.1:5600/'],
    ['localhost', 'http://localhost:5600/'],
    ['::', 'http://[::]:5600/'],
    ['fe80::1%eth0', 'http://[fe80::1]:5600/'],
    ['2001:db8::7', 'http://[2001:db8::7]:5600/'],
  ])('%s is part of the URL %s', (host, url) => expect(serverUrl(host, 5600).href).toBe(url));

  test('in an error message is written as in a URL', async () => {
    await expect(
      startTestDaemon(dir, { server: { host: '2001:db8::7', port: 5600 }, auth: { unverified: true } }),
    ).rejects.toThrow('cannot listen on [2001:db8::7]:5600');
  });
});

test.each([
  { server: { publicUrl: 'http://[::1]:5600' } },
  { server: { publicUrl: 'http://[::ffff:127.0.0.1]:5600' } },
  { server: { trustedProxies: ['::1', '[::1]', 'fd00::/8', '[fd00::]/8', '::ffff:10.0.0.1'] } },
  { server: { cors: { origins: ['http://[::1]:3000'] } } },
  { outgoing: { allowedHosts: ['fd00::7', '[fd00::7]', '[fd00::7]:8080'] } },
])('the configuration accepts %j', (config) => {
  expect(configSchema.safeParse(config).error).toBeUndefined();
});
