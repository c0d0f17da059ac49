import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import plugin from '@sidetone/plugin-deepgram';
import { KEY, readOptions } from './harness.ts';

const keyOf = (part: PropertyKey | { readonly key: PropertyKey }): string =>
  String(typeof part === 'object' ? part.key : part);

/** The keys that are at fault, and what was expected of them. */
async function mistakes(options: object): Promise<[key: string, message: string][]> {
  const { issues = [] } = await plugin.options['~standard'].validate(options);
  return issues.map(({ path = [], message }) => [path.map(keyOf).join('.'), message]);
}

const keysOf = async (options: object): Promise<string[]> =>
  (await mistakes({ apiKey: KEY, ...options })).map(([key]) => key);

describe('the options', () => {
  it('need the key alone', async () => {
    expect(await keysOf({})).toEqual([]);
    expect((await mistakes({})).map(([key]) => key)).toEqual(['apiKey']);
  });

  it('never show the key', async () => {
    expect(inspect(await readOptions(), { depth: 9 })).not.toContain(KEY);
    expect(JSON.stringify(await mistakes({ apiKey: KEY, bogus: KEY }))).not.toContain(KEY);
  });

  it('take no unknown key', async () => {
    expect(await mistakes({ apiKey: KEY, keyterm: ['x'] })).toEqual([
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
  ])('%j: %s is at fault', async (options, key) => {
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
  ])('%j is fine', async (options) => {
    expect(await keysOf(options)).toEqual([]);
  });

  it('say what to do about keywords', async () => {
    const [[, message] = []] = await mistakes({ apiKey: KEY, keywords: ['Asha:2'] });
    expect(message).toContain('use keyterms');
  });
});
