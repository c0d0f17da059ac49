import { expect, it } from 'vitest';
import { FRAME_SAMPLES } from '../../src/audio/pcm.ts';
import { createToneTrack, MAX_TONES } from '../../src/audio/tone-track.ts';

const SAID = new Int16Array(FRAME_SAMPLES).fill(100);
const steady = (level: number, samples: number): Int16Array => new Int16Array(samples).fill(level);

it('mixes each tone into the frames for its duration', () => {
  const track = createToneTrack();
  track.add(steady(10, FRAME_SAMPLES * 2));
  track.add(steady(1, FRAME_SAMPLES / 2));
  expect([...new Set(track.over(SAID))]).toEqual([111, 110]);
  expect(track.idle).toBe(false);
  expect([...new Set(track.over(SAID))]).toEqual([110]);
  expect(track.idle).toBe(true);
  expect(track.over(SAID)).toBe(SAID);
});

it('ignores tones beyond MAX_TONES', () => {
  const track = createToneTrack();
  for (let tone = 0; tone <= MAX_TONES; tone++) track.add(steady(1, FRAME_SAMPLES));
  expect(track.over(SAID)[0]).toBe(100 + MAX_TONES);
});
