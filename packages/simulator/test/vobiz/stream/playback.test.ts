import { describe, expect, it } from 'vitest';
import { createPlayback, MAX_CHECKPOINTS } from '../../../src/vobiz/stream/playback.ts';
import type { Playback } from '../../../src/vobiz/stream/playback.ts';

const LIMIT_MS = 1_000;
const audio = (ms: number, value = 1): Int16Array => new Int16Array(ms * 16).fill(value);

/** Takes frames and returns at which one each checkpoint was reached. */
function run(playback: Playback, frames: number): Record<string, number> {
  const at: Record<string, number> = {};
  for (let frame = 0; frame < frames; frame += 1) {
    for (const name of playback.next().reached) at[name] = frame;
  }
  return at;
}

describe('the playback queue', () => {
  it('plays in order and then stops', () => {
    const playback = createPlayback();
    playback.push(audio(20, 1), LIMIT_MS);
    playback.push(audio(10, 2), LIMIT_MS);
    const frames = [playback.next(), playback.next(), playback.next()].map(({ frame }) => frame);
    expect(frames[0]).toEqual(audio(20, 1));
    expect(frames[1]?.slice(0, 160)).toEqual(audio(10, 2));
    expect(frames[1]?.slice(160)).toEqual(audio(10, 0));
    expect(frames[2]).toBeUndefined();
    expect(playback.state()).toMatchObject({ playedMs: 30, queuedMs: 0 });
  });

  it('reaches a checkpoint when the last frame of its audio was played, not before', () => {
    const playback = createPlayback();
    playback.push(audio(40), LIMIT_MS);
    playback.addCheckpoint('middle');
    playback.push(audio(30), LIMIT_MS);
    playback.addCheckpoint('end');
    expect(run(playback, 10)).toEqual({ middle: 2, end: 4 });
    expect(playback.state().checkpoints).toEqual(['middle', 'end']);
  });

  it('reaches a checkpoint immediately without audio before it', () => {
    const playback = createPlayback();
    playback.addCheckpoint('now');
    playback.push(audio(40), LIMIT_MS);
    expect(playback.next().reached).toEqual(['now']);
  });

  it('drops audio and checkpoints at a clear, also during the last frame', () => {
    const playback = createPlayback();
    playback.push(audio(20), LIMIT_MS);
    playback.addCheckpoint('heard but void');
    playback.push(audio(100), LIMIT_MS);
    playback.addCheckpoint('void');
    playback.next();
    playback.clear();
    expect(run(playback, 10)).toEqual({});
    expect(playback.state()).toMatchObject({
      playedMs: 20,
      queuedMs: 0,
      clearedMs: 100,
      clears: 1,
      voided: 2,
    });
  });

  it('drops audio that exceeds its limit, and accepts audio again afterwards', () => {
    const playback = createPlayback();
    expect([playback.push(audio(900), LIMIT_MS), playback.push(audio(200), LIMIT_MS)]).toEqual([true, false]);
    expect(playback.state()).toMatchObject({ queuedMs: 900, droppedMs: 200 });
    run(playback, 5);
    expect(playback.push(audio(200), LIMIT_MS)).toBe(true);
  });

  it('is idle when the last frame was played', () => {
    const playback = createPlayback();
    playback.push(audio(20), LIMIT_MS);
    playback.next();
    expect(playback.idle).toBe(false);
    playback.next();
    expect(playback.idle).toBe(true);
  });

  it('limits the number of checkpoints', () => {
    const playback = createPlayback();
    playback.push(audio(20), LIMIT_MS);
    for (let index = 0; index < MAX_CHECKPOINTS; index += 1)
      expect(playback.addCheckpoint(`c${index}`)).toBe(true);
    expect(playback.addCheckpoint('one more')).toBe(false);
  });
});
