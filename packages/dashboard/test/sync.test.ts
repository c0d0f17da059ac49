import { describe, expect, test } from 'vitest';
import { momentAt, shareOf, syncOf, toMoment, toSeconds } from '../page/playback/sync.ts';

const ANSWERED = '2026-01-05T09:00:00.000Z';
const answeredAt = Date.parse(ANSWERED);

/** A call of 10 s, recorded from `offsetMs` after its answer for `durationMs`. */
const sync = (offsetMs: number, durationMs: number) =>
  syncOf(
    { answeredAt, endedAt: answeredAt + 10_000 },
    { startedAt: new Date(answeredAt + offsetMs).toISOString(), durationMs },
  );

describe('a moment of the call', () => {
  test('is earlier in a recording that began after the answer', () => {
    expect([toSeconds(sync(1500, 8000), 4000), toMoment(sync(1500, 8000), 2.5)]).toEqual([2.5, 4000]);
  });

  test('is later in a recording that began before the answer', () => {
    expect([toSeconds(sync(-43, 8000), 4000), toMoment(sync(-43, 8000), 4.043)]).toEqual([4.043, 4000]);
  });

  test('that was not recorded is the nearest that was', () => {
    expect([toSeconds(sync(1500, 5000), 0), toSeconds(sync(1500, 5000), 9000)]).toEqual([0, 5]);
  });
});

describe('the line of time', () => {
  test('is the call, and what was recorded before and behind it', () => {
    expect(sync(-500, 12_000)).toMatchObject({ fromMs: -500, toMs: 11_500, callMs: 10_000 });
    expect(sync(500, 2000)).toMatchObject({ fromMs: 0, toMs: 10_000 });
  });

  test('tells where a moment stands, and back', () => {
    const long = sync(-2000, 12_000);
    expect([shareOf(long, -2000), shareOf(long, 4000), shareOf(long, 10_000)]).toEqual([0, 0.5, 1]);
    expect([momentAt(long, 0.5), momentAt(long, 7), momentAt(long, -1)]).toEqual([4000, 10_000, -2000]);
  });

  test('of nothing has one place', () => {
    const none = syncOf({ answeredAt, endedAt: answeredAt }, { startedAt: ANSWERED, durationMs: 0 });
    expect(shareOf(none, 0)).toBe(0);
  });
});
