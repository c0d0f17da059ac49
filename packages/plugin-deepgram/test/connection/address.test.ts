import { describe, expect, it } from 'vitest';
import {
  credentialsUrl,
  isFlux,
  listenUrl,
  webSocketAddress,
  type ListenTarget,
} from '../../src/connection/address.ts';
import { readOptions } from '../harness.ts';
import { body, upgradeOf } from '../samples.ts';

const MONO: ListenTarget = { sampleRate: 8000, channels: 1, withKeyterms: true };
const wanted = (name: string): URLSearchParams => new URL(upgradeOf(body(name)).request.url).searchParams;

/** The address of a socket, by the options that are not the default. */
async function urlFor(options: object, target: Partial<ListenTarget> = {}): Promise<URL> {
  return listenUrl(await readOptions(options), { ...MONO, ...target });
}

describe('the address of a socket', () => {
  it('has what the sample of one party has', async () => {
    const url = await urlFor({ language: 'multi', encoding: 'mulaw', endpointingMs: 100 });
    expect(url.origin + url.pathname).toBe('wss://api.deepgram.com/v1/listen');
    for (const [name, value] of wanted('ok_mono_mulaw_multi'))
      expect(url.searchParams.get(name), name).toBe(value);
    expect(url.searchParams.has('multichannel')).toBe(false);
  });

  it('has what the sample of two parties has', async () => {
    const base = 'wss://api.in.deepgram.com';
    const url = await urlFor({ apiBaseUrl: base, language: 'en-IN' }, { channels: 2 });
    expect(url.origin).toBe(base);
    for (const [name, value] of wanted('refused_402_no_credit')) {
      if (name !== 'extra') expect(url.searchParams.get(name), name).toBe(value);
    }
  });

  it('of a Flux model is another, and has what the sample has', async () => {
    const options = { model: 'flux-general-multi', languageHints: ['hi', 'en'], encoding: 'mulaw' };
    const url = await urlFor(options);
    expect(url.pathname).toBe('/v2/listen');
    expect(url.searchParams.getAll('language_hint')).toEqual(['hi', 'en']);
    for (const name of ['model', 'encoding', 'sample_rate']) {
      expect(url.searchParams.get(name)).toBe(wanted('flux_ok').get(name));
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

  it('has each option, under its name', async () => {
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

  it("takes a call's own language before that of the options", async () => {
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

  it('leaves the keyterms out for a service that refused them', async () => {
    const options = { keyterms: ['Meridian'] };
    expect((await urlFor(options, { withKeyterms: false })).searchParams.has('keyterm')).toBe(false);
    const flux = { model: 'flux-general-en', ...options };
    expect((await urlFor(flux)).searchParams.get('keyterm')).toBe('Meridian');
    expect((await urlFor(flux, { withKeyterms: false })).searchParams.has('keyterm')).toBe(false);
  });

  it('lies below a path of the base', async () => {
    for (const base of ['wss://proxy.example.com/stt', 'wss://proxy.example.com/stt/']) {
      expect((await urlFor({ apiBaseUrl: base })).pathname).toBe('/stt/v1/listen');
    }
  });

  it('never has the key', async () => {
    expect((await urlFor({})).href).not.toContain('key-of');
  });
});

describe('a base address', () => {
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
  ])('%s is taken', (text) => {
    expect(webSocketAddress(text)?.href).toBe(new URL(text).href);
  });

  it.each([
    'ws://api.deepgram.com',
    'ws://172.32.0.2',
    'ws://10.example.com',
    'ws://[2001:db8::1]',
    'ws://127.0.0.1.example.com',
    'https://api.deepgram.com',
    'wss://user:secret@api.deepgram.com',
    'wss://api.deepgram.com?token=1',
    'wss://api.deepgram.com#x',
    'api.deepgram.com',
  ])('%s is not', (text) => {
    expect(webSocketAddress(text)).toBeUndefined();
  });

  it('is also that of the credentials', () => {
    expect(credentialsUrl(new URL('wss://api.deepgram.com')).href).toBe(
      'https://api.deepgram.com/v1/auth/token',
    );
    expect(credentialsUrl(new URL('ws://localhost:80/stt')).href).toBe('http://localhost/stt/v1/auth/token');
  });
});

describe('a model', () => {
  it('is of the Flux family by its name', () => {
    expect([isFlux('flux-general-en'), isFlux('nova-3')]).toEqual([true, false]);
  });
});
