import { describe, expect, it } from 'vitest';
import { createTimeline, MAX_ANCHORS } from '../../src/audio/timeline.ts';

describe('createTimeline', () => {
  it('starts at the position of the first audio', () => {
    const timeline = createTimeline();
    timeline.add(0.1, 60_000);
    timeline.add(0.1, 60_100);
    expect([timeline.msAt(0), timeline.msAt(0.15), timeline.seconds]).toEqual([60_000, 60_150, 0.2]);
  });

  it('maps an end at a jump to the position before it, and a start to the one after it', () => {
    const timeline = createTimeline();
    timeline.add(1, 0);
    timeline.add(1, 5000);
    expect([timeline.endMsAt(1), timeline.msAt(1), timeline.msAt(1.5)]).toEqual([1000, 5000, 5500]);
    expect(timeline.endMsAt(0)).toBe(0);
  });

  it('clamps positions to the audio that was sent', () => {
    const timeline = createTimeline();
    expect(timeline.msAt(3)).toBe(0);
    timeline.add(2, 1000);
    expect([timeline.msAt(-0.2), timeline.msAt(99), timeline.endMsAt(99)]).toEqual([1000, 3000, 3000]);
  });

  it('returns whole ms without drift over many messages', () => {
    const timeline = createTimeline();
    for (let index = 0; index < 36_000; index++) timeline.add(0.1, index * 100);
    expect(timeline.msAt(3599.9)).toBe(3_599_900);
    expect(timeline.msAt(0.00004)).toBe(0);
  });

  it('adds no anchor for contiguous audio', () => {
    const timeline = createTimeline();
    timeline.add(1, 0);
    for (let index = 0; index <= MAX_ANCHORS; index++) timeline.add(1, 5000 + index * 1000);
    expect(timeline.msAt(0.5)).toBe(500);
  });

  it('keeps only the newest jumps', () => {
    const timeline = createTimeline();
    for (let index = 0; index <= MAX_ANCHORS; index++) timeline.add(1, index * 5000);
    expect(timeline.msAt(1.5)).toBe(5500);
    expect(timeline.msAt(0)).toBe(4000);
  });
});
