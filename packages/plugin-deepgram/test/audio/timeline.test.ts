import { describe, expect, it } from 'vitest';
import { createTimeLine, MAX_ANCHORS } from '../../src/audio/timeline.ts';

describe('the time line of a socket', () => {
  it('begins where its first audio lies', () => {
    const line = createTimeLine();
    line.add(0.1, 60_000);
    line.add(0.1, 60_100);
    expect([line.msAt(0), line.msAt(0.15), line.seconds]).toEqual([60_000, 60_150, 0.2]);
  });

  it('jumps where the audio did: an end lies before the jump, a beginning behind it', () => {
    const line = createTimeLine();
    line.add(1, 0);
    line.add(1, 5000);
    expect([line.endMsAt(1), line.msAt(1), line.msAt(1.5)]).toEqual([1000, 5000, 5500]);
    expect(line.endMsAt(0)).toBe(0);
  });

  it('tells no place outside of what was sent', () => {
    const line = createTimeLine();
    expect(line.msAt(3)).toBe(0);
    line.add(2, 1000);
    expect([line.msAt(-0.2), line.msAt(99), line.endMsAt(99)]).toEqual([1000, 3000, 3000]);
  });

  it('tells whole ms, and does not drift over many messages', () => {
    const line = createTimeLine();
    for (let index = 0; index < 36_000; index++) line.add(0.1, index * 100);
    expect(line.msAt(3599.9)).toBe(3_599_900);
    expect(line.msAt(0.00004)).toBe(0);
  });

  it('needs no room for audio that follows on', () => {
    const line = createTimeLine();
    line.add(1, 0);
    for (let index = 0; index <= MAX_ANCHORS; index++) line.add(1, 5000 + index * 1000);
    expect(line.msAt(0.5)).toBe(500);
  });

  it('keeps the newest jumps only', () => {
    const line = createTimeLine();
    for (let index = 0; index <= MAX_ANCHORS; index++) line.add(1, index * 5000);
    expect(line.msAt(1.5)).toBe(5500);
    expect(line.msAt(0)).toBe(4000);
  });
});
