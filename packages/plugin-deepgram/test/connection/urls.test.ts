import { describe, expect, it } from 'vitest';
import { credentialsUrl, listenUrl, type ListenTarget } from '../../src/connection/urls.ts';
import { readOptions } from '../harness.ts';
import { body, upgradeOf } from '../samples.ts';

const MONO: ListenTarget = { sampleRate: 8000, channels: 1, withKeyterms: true };
const expected = (name: string): URLSearchParams => new URL(upgradeOf(body(name)).request.url).searchParams;

/** Returns the URL of a socket for the given options. */
async function urlFor(options: object, target: Partial<ListenTarget> = {}): Promise<URL> {
  return listenUrl(await readOptions(options), { ...MONO, ...target });
}

describe('listenUrl', () => {
  it('has the parameters of the sample with one party', async () => {
    const url = await urlFor({ language: 'multi', encoding: 'mulaw', endpointingMs: 100 });
    expect(url.origin + url.pathname).toBe('wss://api.deepgram.com/v1/listen');
    for (const [name, value] of expected('ok_mono_mulaw_multi'))
      expect(url.searchParams.get(name), name).toBe(value);
    expect(url.searchParams.has('multichannel')).toBe(false);
  });

  it('has the parameters of the sample with two parties', async () => {
    const base = 'wss://api.in.deepgram.com';
    const url = await urlFor({ apiBaseUrl: base, language: 'en-IN' }, { channels: 2 });
    expect(url.origin).toBe(base);
    for (const [name, value] of expected('refused_402_no_credit')) {
      if (name !== 'extra') expect(url.searchParams.get(name), name).toBe(value);
    }
  });

  it('has the path and parameters of the Flux sample for a Flux model', async () => {
    const options = { model: 'flux-general-multi', languageHints: ['hi', 'en'], encoding: 'mulaw' };
    const url = await urlFor(options);
    expect(url.pathname).toBe('/v2/listen');
    expect(url.searchParams.getAll('language_hint')).toEqual(['hi', 'en']);
    for (const name of ['model', 'encoding', 'sample_rate']) {
      expect(url.searchParams.get(name)).toBe(expected('flux_ok').get(name));
    }
    for (const name of [
      'language',
      'channels',
      'punctuate',
      'interim_results',
      'endpointing',
      'vad_events',
    ]) {
      expect(url.searchParams.has(name), name).toBe(false);
    }
  });

  it('contains every option', async () => {
    const url = await urlFor({
      model: 'nova-2-phonecall',
      version: '2026-01-01.1',
      keyterms: ['Meridian Cover', 'जीवन'],
      keywords: ['Asha:2'],
      redact: ['pci', 'ssn'],
      punctuate: false,
      smartFormat: true,
      numerals: true,
      profanityFilter: true,
      fillerWords: true,
      utteranceEndMs: 2000,
      mipOptOut: false,
      tag: 'live monitor',
    });
    expect(url.search).toContain('keyterm=Meridian%20Cover');
    expect(url.search).toContain('tag=live%20monitor');
    const { searchParams } = url;
    expect(searchParams.getAll('keyterm')).toEqual(['Meridian Cover', 'जीवन']);
    expect(searchParams.getAll('redact')).toEqual(['pci', 'ssn']);
    expect(Object.fromEntries(searchParams)).toMatchObject({
      model: 'nova-2-phonecall',
      version: '2026-01-01.1',
      keywords: 'Asha:2',
      smart_format: 'true',
      numerals: 'true',
      profanity_filter: 'true',
      filler_words: 'true',
      utterance_end_ms: '2000',
      endpointing: '300',
    });
    expect(searchParams.has('punctuate') || searchParams.has('mip_opt_out')).toBe(false);
  });

  it("prefers the call's language to that of the options", async () => {
    const hints = { language: 'multi', languageHints: ['hi'] };
    expect((await urlFor(hints)).searchParams.getAll('language_hint')).toEqual(['hi']);
    const own = await urlFor(hints, { language: 'ta' });
    expect(own.searchParams.get('language')).toBe('ta');
    expect(own.searchParams.has('language_hint')).toBe(false);
    const flux = { model: 'flux-general-multi', languageHints: ['hi'] };
    expect((await urlFor(flux, { language: 'es' })).searchParams.getAll('language_hint')).toEqual(['es']);
    expect((await urlFor(flux, { language: 'multi' })).searchParams.has('language_hint')).toBe(false);
    const english = { model: 'flux-general-en' };
    expect((await urlFor(english, { language: 'es' })).searchParams.has('language_hint')).toBe(false);
  });

  it('omits keyterms that were rejected', async () => {
    const options = { keyterms: ['Meridian'] };
    expect((await urlFor(options, { withKeyterms: false })).searchParams.has('keyterm')).toBe(false);
    const flux = { model: 'flux-general-en', ...options };
    expect((await urlFor(flux)).searchParams.get('keyterm')).toBe('Meridian');
    expect((await urlFor(flux, { withKeyterms: false })).searchParams.has('keyterm')).toBe(false);
  });

  it('keeps the path of the base URL', async () => {
    for (const base of ['wss://proxy.example.com/stt', 'wss://proxy.example.com/stt/']) {
      expect((await urlFor({ apiBaseUrl: base })).pathname).toBe('/stt/v1/listen');
    }
  });

  it('does not contain the API key', async () => {
    expect((await urlFor({})).href).not.toContain('key-of');
  });
});

describe('credentialsUrl', () => {
  it('has the host and path of the base URL', () => {
    expect(credentialsUrl(new URL('wss://api.deepgram.com')).href).toBe(
      'https://api.deepgram.com/v1/auth/token',
    );
    expect(credentialsUrl(new URL('ws://localhost:80/stt')).href).toBe('http://localhost/stt/v1/auth/token');
  });
});
