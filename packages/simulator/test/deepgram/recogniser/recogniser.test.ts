import { describe, expect, it } from 'vitest';
import { decodeMulaw, encodeMulaw } from '../../../src/audio/mulaw.ts';
import { createResampler } from '../../../src/audio/resampler.ts';
import { sineTone, speechLikeTone } from '../../../src/audio/tone.ts';
import {
  attenuated,
  PHRASES,
  halved,
  recognise,
  recognisedText,
  joined,
  mixed,
  silence,
  spoken,
  swapped,
  TEXTS,
  wideband,
  withNoise,
} from '../../support/spoken.ts';

const PLUMBER = 'Good morning, Harbour Plumbing. How can I help?';
const NOVA = 'Hello, this is Nova from Oak Insurance. Your car policy ends next Friday, so I wanted to ask.';

/** Changes of a recording at 16 kHz after which it is recognised. */
const CHANGES: Readonly<Record<string, (wide: Int16Array) => Int16Array>> = {
  unchanged: halved,
  'through mu-law': (wide) => decodeMulaw(encodeMulaw(halved(wide))),
  'through 16 kHz and back': (wide) => halved(createResampler(8_000, 16_000)(halved(wide))),
  '20 dB softer': (wide) => attenuated(halved(wide), 20),
  '20 dB softer through mu-law': (wide) => decodeMulaw(encodeMulaw(attenuated(halved(wide), 20))),
  'half as loud again': (wide) =>
    halved(wide).map((sample) => Math.max(-32_768, Math.min(32_767, sample * 1.5))),
  '5 ms later': (wide) => joined(silence(5), halved(wide)),
  'half a sample later': (wide) => halved(joined(new Int16Array(1), wide)),
  'with some noise': (wide) => withNoise(halved(wide), 60),
};

/** Changes after which it is not recognised. */
const WRONG_CHANGES: Readonly<Record<string, (wide: Int16Array) => Int16Array>> = {
  'with its bytes swapped': (wide) => swapped(halved(wide)),
  'as if 16 kHz were 8 kHz': (wide) => wide,
  'as if 8 kHz were 16 kHz': (wide) => halved(halved(wide)),
  backwards: (wide) => halved(wide).toReversed(),
};

describe('the recogniser', () => {
  it.each(Object.entries(CHANGES))('recognises every recording: %s', (_, change) => {
    const text = TEXTS.map((text) =>
      recognisedText(joined(silence(300), change(wideband(text)), silence(300))),
    );
    expect(text).toEqual(TEXTS);
  });

  it.each(Object.entries(WRONG_CHANGES))('recognises no word: %s', (_, change) => {
    const text = TEXTS.map((text) =>
      recognisedText(joined(silence(300), change(wideband(text)), silence(300))),
    );
    expect(text).toEqual(TEXTS.map(() => ''));
  });

  it('recognises no words in silence, tones, noise and unknown speech', () => {
    const unknown = halved(
      speechLikeTone('Nobody has ever recorded this, however long it may take to say it.'),
    );
    for (const sound of [
      silence(3_000),
      unknown,
      halved(sineTone(200, -10, 2_000)),
      withNoise(silence(3_000), 5_000),
    ])
      expect(recognisedText(joined(sound, silence(300)))).toBe('');
  });

  it('distinguishes recordings that start the same', () => {
    for (const text of [
      'Hello.',
      'Hello, how can I help?',
      NOVA,
      'One moment, please.',
      'One moment, please. A supervisor is listening.',
    ])
      expect(recognisedText(joined(spoken(text), silence(300)))).toBe(text);
  });

  it('recognises consecutive recordings, with and without a pause', () => {
    for (const pause of [0, 70, 1_000]) {
      const text = recognisedText(joined(spoken(PLUMBER), silence(pause), spoken(NOVA), silence(300)));
      expect(text).toBe(`${PLUMBER} ${NOVA}`);
    }
  });

  it('returns the time of each word, in seconds of audio', () => {
    const words = recognise(joined(silence(1_000), spoken(PLUMBER), silence(300)));
    expect(words[0]?.start).toBeCloseTo(1, 1);
    expect(words.at(-1)?.end).toBeCloseTo(1 + spoken(PLUMBER).length / 8_000, 1);
    for (const [index, { start, end }] of words.entries()) {
      expect(end).toBeGreaterThan(start);
      expect(start).toBeGreaterThanOrEqual(words[index - 1]?.end ?? 0);
    }
  });

  it('has the highest confidence for unchanged audio', () => {
    const sureness = (sound: Int16Array): number =>
      Math.min(...recognise(joined(sound, silence(300))).map(({ confidence }) => confidence));
    expect(sureness(spoken(NOVA))).toBeGreaterThan(0.99);
    expect(sureness(withNoise(spoken(NOVA), 400))).toBeLessThan(0.99);
  });

  it('returns each word within half a second', () => {
    const sound = joined(silence(500), spoken(NOVA), silence(500));
    let latest = 0;
    for (let end = 8_000; end <= sound.length; end += 800) {
      const known = recognise(sound.subarray(0, end)).length;
      const due = recognise(sound).filter((word) => word.end * 8_000 < end - 4_000).length;
      latest = Math.max(latest, due - known);
    }
    expect(latest).toBe(0);
  });
});

describe('missing audio', () => {
  const word = (text: string): { from: number; to: number } => {
    const found = PHRASES.find((phrase) => phrase.text === NOVA)?.words.find(
      ({ punctuated }) => punctuated === text,
    );
    return { from: (found?.from ?? 0) * 160, to: (found?.to ?? 0) * 160 };
  };

  it('removes only its words when it is replaced by silence', () => {
    const { from, to } = { from: word('car').from, to: word('policy').to };
    const sound = spoken(NOVA);
    sound.fill(0, from, to);
    expect(recognisedText(joined(sound, silence(300)))).toBe(NOVA.replace('car policy ', ''));
  });

  it('removes only its words when the following audio moves up', () => {
    const { from, to } = { from: word('car').from, to: word('policy').to };
    const sound = joined(spoken(NOVA).slice(0, from), spoken(NOVA).slice(to), silence(300));
    expect(recognisedText(sound)).toBe(NOVA.replace('car policy ', ''));
  });

  it('removes the rest of a recording that is cut off', () => {
    const { to } = word('Oak');
    expect(recognisedText(joined(spoken(NOVA).slice(0, to), silence(300)))).toBe(
      'Hello, this is Nova from Oak',
    );
  });

  it('removes the start of a recording', () => {
    const { from } = word('Your');
    const words = recognise(joined(spoken(NOVA).slice(from), silence(300)));
    expect(words.map(({ punctuated }) => punctuated).join(' ')).toBe(
      'Your car policy ends next Friday, so I wanted to ask.',
    );
    expect(words[0]?.start).toBeCloseTo(0, 1);
  });

  it('removes most words of two voices in one channel', () => {
    let spokenWords = 0;
    let heardWords = 0;
    for (const [index, { text, words }] of PHRASES.entries()) {
      const other = PHRASES[(index + 7) % PHRASES.length];
      const [one, another] = [spoken(text), spoken(other?.text ?? '')];
      const both = Math.min(one.length, another.length);
      const together = mixed(one.slice(0, both), another.slice(0, both));
      heardWords += recognise(joined(together, silence(300))).length;
      spokenWords += [...words, ...(other?.words ?? [])].filter(({ to }) => to * 160 <= both).length;
    }
    expect(heardWords).toBeLessThan(spokenWords / 5);
  });
});
