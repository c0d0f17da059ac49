import { readdirSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { durationOf } from '../../src/call/timeline.ts';
import { loadSpeech } from '../../src/speech/library.ts';
import { rms } from '../support/signal.ts';

const folder = new URL('../../speech/', import.meta.url);
const speech = loadSpeech();

describe('the speech library', () => {
  it('has four conversations of at least six turns', () => {
    expect(speech.scripts.filter(({ turns }) => turns.length >= 6)).toHaveLength(4);
  });

  it('has audible speech of both parties in every conversation', () => {
    for (const { turns } of speech.scripts) {
      expect(new Set(turns.map(({ speaker }) => speaker))).toEqual(new Set(['customer', 'assistant']));
      for (const { samples } of turns) expect(rms(samples)).toBeGreaterThan(1_000);
    }
  });

  it('uses every recording, and none is missing', () => {
    const files = readdirSync(folder).filter((name) => name.endsWith('.wav'));
    const played = new Set(speech.scripts.flatMap(({ turns }) => turns.map(({ samples }) => samples)));
    // Sentences that only `say` plays are counted too.
    expect(files.length - played.size).toBe(4);
  });

  it('is small', () => {
    const bytes = readdirSync(folder).reduce((sum, name) => sum + statSync(new URL(name, folder)).size, 0);
    expect(bytes).toBeLessThan(1_200_000);
  });

  it('returns the recording of a known sentence, ignoring case and punctuation', () => {
    const recorded = speech.voice('One moment, please. A supervisor is listening.');
    expect(durationOf(recorded.samples)).toBe(3_040);
    expect(speech.voice('one moment please -- a Supervisor is listening').samples).toBe(recorded.samples);
  });

  it('returns a tone of the right duration for any other sentence', () => {
    expect(durationOf(speech.voice('x'.repeat(30)).samples)).toBe(2_000);
  });
});
