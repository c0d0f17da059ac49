import { describe, expect, test } from 'vitest';
import { positionAt, fractionOf, syncOf, toPositionMs, toSeconds } from '../page/playback/sync.ts';

const ANSWERED = '2026-01-05T09:00:00.000Z';
const answeredAt = Date.parse(ANSWERED);

/** A call of 10 s, recorded from `offsetMs` after its answer for `durationMs`. */
const sync = (offsetMs: number, durationMs: number) =>
  syncOf(
    { answeredAt, endedAt: answeredAt + 10_000 },
    { startedAt: new Date(answeredAt + offsetMs).toISOString(), durationMs },
  );

describe('toSeconds and toPositionMs', () => {
  test('convert for a recording that starts after the answer', () => {
    expect([toSeconds(sync(1500, 8000), 4000), toPositionMs(sync(1500, 8000), 2.5)]).toEqual([2.5, 4000]);
  });

  test('convert for a recording that starts before the answer', () => {
    expect([toSeconds(sync(-43, 8000), 4000), toPositionMs(sync(-43, 8000), 4.043)]).toEqual([4.043, 4000]);
  });

  test('clamp positions that were not recorded', () => {
    expect([toSeconds(sync(1500, 5000), 0), toSeconds(sync(1500, 5000), 9000)]).toEqual([0, 5]);
  });
});

describe('the range of the seek bar', () => {
  test('covers the call and the whole recording', () => {
    expect(sync(-500, 12_000)).toMatchObject({ fromMs: -500, toMs: 11_500, callMs: 10_000 });
    expect(sync(500, 2000)).toMatchObject({ fromMs: 0, toMs: 10_000 });
  });

  test('converts between positions and fractions', () => {
    const long = sync(-2000, 12_000);
    expect([fractionOf(long, -2000), fractionOf(long, 4000), fractionOf(long, 10_000)]).toEqual([0, 0.5, 1]);
    expect([positionAt(long, 0.5), positionAt(long, 7), positionAt(long, -1)]).toEqual([4000, 10_000, -2000]);
  });

  test('accepts an empty range', () => {
    const empty = syncOf({ answeredAt, endedAt: answeredAt }, { startedAt: ANSWERED, durationMs: 0 });
    expect(fractionOf(empty, 0)).toBe(0);
  });
});
