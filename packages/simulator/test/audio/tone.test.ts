import { describe, expect, it } from 'vitest';
import { speechLikeTone } from '../../src/audio/tone.ts';
import { rms } from '../support/signal.ts';

describe('the speech-like tone', () => {
  it('lasts as long as its text at 15 characters a second', () => {
    expect(speechLikeTone('x'.repeat(45)).length).toBe(3 * 16_000);
  });

  it('is about as loud as speech and never clips', () => {
    const samples = speechLikeTone('a sentence that without a recording');
    expect(rms(samples)).toBeGreaterThan(1_000);
    expect(Math.max(...samples.map(Math.abs))).toBeLessThan(20_000);
  });
});
