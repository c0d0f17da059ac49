import { readdirSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { durationOf } from '../../src/call/timeline.ts';
import { loadSpeech } from '../../src/speech/library.ts';
import { rms } from '../support/signal.ts';

const folder = new URL('../../speech/', import.meta.url);
const speech = loadSpeech();

describe('the speech library', () => {
  it('has four conversations of six turns or more', () => {
    expect(speech.scripts.filter(({ turns }) => turns.length >= 6)).toHaveLength(4);
  });

  it('has both parties in every conversation, at a level that can be heard', () => {
    for (const { turns } of speech.scripts) {
      expect(new Set(turns.map(({ speaker }) => speaker))).toEqual(new Set(['customer', 'assistant']));
      for (const { samples } of turns) expect(rms(samples)).toBeGreaterThan(1_000);
    }
  });

  it('has no recording that nobody plays, and none is missing', () => {
    const files = readdirSync(folder).filter((name) => name.endsWith('.wav'));
    const played = new Set(speech.scripts.flatMap(({ turns }) => turns.map(({ samples }) => samples)));
    // Sentences that only `say` plays come on top.
    expect(files.length - played.size).toBe(4);
  });

  it('stays small', () => {
    const bytes = readdirSync(folder).reduce((sum, name) => sum + statSync(new URL(name, folder)).size, 0);
    expect(bytes).toBeLessThan(1_200_000);
  });

  it('voices a known sentence with its recording, whatever its case and punctuation', () => {
    const recorded = speech.voice('One moment, please. A supervisor is listening.');
    expect(durationOf(recorded.samples)).toBe(3_040);
    expect(speech.voice('one moment please -- a Supervisor is listening').samples).toBe(recorded.samples);
  });

  it('voices any other sentence for as long as it would take', () => {
    expect(durationOf(speech.voice('x'.repeat(30)).samples)).toBe(2_000);
  });
});
