import { describe, expect, test } from 'vitest';
import { keysToRestartFor } from '../../src/cli/reload.ts';
import { configSchema } from '../../src/config/schema.ts';

const of = (settings: object) => configSchema.parse(settings);

describe('the keys that a reload does not apply', () => {
  const started = {
    server: { port: 4000, publicUrl: 'http://127.0.0.1:1/' },
    providers: { vapi: { plugin: 'x', options: { apiKey: 'one' } } },
  };

  test('are named without their values', () => {
    const next = {
      ...started,
      server: { port: 4001, publicUrl: 'http://127.0.0.1:2/' },
      providers: { vapi: { plugin: 'x', options: { apiKey: 'two' } }, vobiz: { plugin: 'y' } },
    };
    expect(keysToRestartFor(of(started), of(next))).toEqual([
      'server.port',
      'server.publicUrl',
      'providers.vapi.options.apiKey',
      'providers.vobiz',
    ]);
  });

  test('are not those that it applies', () => {
    const next = {
      ...started,
      auth: { tokens: [{ name: 'ada', sha256: 'a'.repeat(64), scopes: ['read'] }] },
      log: { level: 'debug' },
    };
    expect(keysToRestartFor(of(started), of(next))).toEqual([]);
  });

  test('are limited', () => {
    const providers = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`p${i}`, { plugin: 'x' }]));
    const keys = keysToRestartFor(of({}), of({ providers }));
    expect([keys.length, keys.at(-1)]).toEqual([21, 'and 10 more']);
  });
});
