import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import plugin from '@sidetone/plugin-deepgram';
import { isFlux, parseBaseUrl } from '../src/config.ts';
import { KEY, readOptions } from './harness.ts';

const keyOf = (part: PropertyKey | { readonly key: PropertyKey }): string =>
  String(typeof part === 'object' ? part.key : part);

/** Returns the invalid options, and what was expected. */
async function issuesOf(options: object): Promise<[key: string, message: string][]> {
  const { issues = [] } = await plugin.options['~standard'].validate(options);
  return issues.map(({ path = [], message }) => [path.map(keyOf).join('.'), message]);
}

const keysOf = async (options: object): Promise<string[]> =>
  (await issuesOf({ apiKey: KEY, ...options })).map(([key]) => key);

describe('optionsSchema', () => {
  it('requires only the API key', async () => {
    expect(await keysOf({})).toEqual([]);
    expect((await issuesOf({})).map(([key]) => key)).toEqual(['apiKey']);
  });

  it('does not print the API key', async () => {
    expect(inspect(await readOptions(), { depth: 9 })).not.toContain(KEY);
    expect(JSON.stringify(await issuesOf({ apiKey: KEY, bogus: KEY }))).not.toContain(KEY);
  });

  it('rejects unknown options', async () => {
    expect(await issuesOf({ apiKey: KEY, keyterm: ['x'] })).toEqual([
      ['', expect.stringContaining('keyterm')],
    ]);
  });

  it.each([
    [{ keywords: ['Asha:2'] }, 'keywords'],
    [{ keywords: ['Asha:2'], model: 'flux-general-en' }, 'keywords'],
    [{ languageHints: ['hi'] }, 'languageHints'],
    [{ languageHints: ['hi'], model: 'flux-general-en' }, 'languageHints'],
    [{ redact: ['pci'], model: 'flux-general-en' }, 'redact'],
    [{ utteranceEndMs: 999 }, 'utteranceEndMs'],
    [{ utteranceEndMs: 5001 }, 'utteranceEndMs'],
    [{ bufferMs: 14_999 }, 'bufferMs'],
    [{ bufferMs: 30_001 }, 'bufferMs'],
    [{ keyterms: Array.from({ length: 51 }, () => 'x') }, 'keyterms'],
    [{ sampleRate: 44_100 }, 'sampleRate'],
    [{ encoding: 'opus' }, 'encoding'],
    [{ tag: 'x'.repeat(129) }, 'tag'],
    [{ replay: { mode: 'some' } }, 'replay.mode'],
    [{ apiBaseUrl: 'ws://api.deepgram.com' }, 'apiBaseUrl'],
    [{ language: 'English (India)' }, 'language'],
    [{ maxCalls: 0 }, 'maxCalls'],
  ])('rejects %j because of %s', async (options, key) => {
    expect(await keysOf(options)).toEqual([key]);
  });

  it.each([
    { keywords: ['Asha:2'], model: 'nova-2' },
    { languageHints: ['hi'], language: 'multi' },
    { languageHints: ['hi'], model: 'flux-general-multi' },
    { redact: ['numbers'], model: 'flux-general-en' },
    { redact: ['pci'] },
    { language: 'zh-Hans-CN' },
    { replay: { mode: 'capped', maxMs: 10_000 } },
  ])('accepts %j', async (options) => {
    expect(await keysOf(options)).toEqual([]);
  });

  it('names the alternative to keywords', async () => {
    const [[, message] = []] = await issuesOf({ apiKey: KEY, keywords: ['Asha:2'] });
    expect(message).toContain('use keyterms');
  });
});

describe('parseBaseUrl', () => {
  it.each([
    'wss://api.eu.deepgram.com',
    'ws://127.0.0.1:8080',
    'ws://localhost:8080',
    'ws://dg.localhost',
    'ws://deepgram:8080',
    'ws://10.1.2.3',
    'ws://192.168.0.7',
    'ws://172.20.0.2',
    'ws://[::1]:8080',
    'ws://[fd00::7]',
    'ws://[fe80::7]',
  ])('accepts %s', (text) => {
    expect(parseBaseUrl(text)?.href).toBe(new URL(text).href);
  });

  it.each([
    'ws://api.deepgram.com',
    'ws://172.32.0.2',
    'ws://10.example.com',
    'ws://[2001:db8::1]',
    'ws://[fd::1]',
    'ws://127.0.0.1.example.com',
    'https://api.deepgram.com',
    'wss://user:secret@api.deepgram.com',
    'wss://api.deepgram.com?token=1',
    'wss://api.deepgram.com#x',
    'api.deepgram.com',
  ])('rejects %s', (text) => {
    expect(parseBaseUrl(text)).toBeUndefined();
  });
});

describe('isFlux', () => {
  it('recognises Flux models by their name', () => {
    expect([isFlux('flux-general-en'), isFlux('nova-3')]).toEqual([true, false]);
  });
});
