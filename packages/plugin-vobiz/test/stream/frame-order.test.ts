import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFrameOrder, MAX_GAP_MS } from '../../src/stream/frame-order.ts';

const T = 1_790_000_000_000;
const NO_GAP = { gapMs: 0, gapFrames: 0 };

/** Places 20 ms frames that arrive in real time: `[track, chunk, ms since the start]`. */
function place(
  frames: readonly (readonly [track: string, chunk?: number | undefined, at?: number | undefined])[],
) {
  const order = createFrameOrder();
  return frames.map(([track, chunk, at]) =>
    order.place(
      track,
      { ...(chunk !== undefined && { chunk }), ...(at !== undefined && { timestamp: T + at }) },
      20,
      5000 + Math.min(at ?? 0, 10_000),
    ),
  );
}

describe('the frame order', () => {
  it('returns the position of each frame', () => {
    expect(
      place([
        ['in', 1, 0],
        ['in', 2, 20],
      ]),
    ).toEqual([
      { ...NO_GAP, positionMs: 0 },
      { ...NO_GAP, positionMs: 20 },
    ]);
  });

  it('reports missing frames by counter and timestamp', () => {
    expect(
      place([
        ['in', 20, 0],
        ['in', 27, 140],
      ])[1],
    ).toEqual({ gapMs: 120, gapFrames: 6, positionMs: 140 });
    expect(
      place([
        ['in', 20],
        ['in', 23],
      ])[1],
    ).toEqual({ gapMs: 40, gapFrames: 2 });
  });

  it('rejects repeated and older frames', () => {
    const [, , again, older, next] = place([
      ['in', 1, 0],
      ['in', 2, 20],
      ['in', 2, 20],
      ['in', 1, 0],
      ['in', 3, 40],
    ]);
    expect([again, older]).toEqual(['repeated', 'repeated']);
    expect(next).toEqual({ ...NO_GAP, positionMs: 40 });
  });

  it('reports no gap for tracks with a shared counter or their own', () => {
    const shared = [
      ['in', 1, 0],
      ['out', 2, 0],
      ['in', 3, 20],
      ['out', 4, 20],
    ] as const;
    const own = [
      ['in', 1, 0],
      ['out', 1, 0],
      ['in', 2, 20],
      ['out', 2, 20],
    ] as const;
    for (const frames of [shared, own]) {
      expect(place(frames).every((placement) => placement !== 'repeated' && placement.gapMs === 0)).toBe(
        true,
      );
    }
  });

  it('reports a gap for each track if both lost frames', () => {
    const placements = place([
      ['in', 1, 0],
      ['out', 2, 0],
      ['in', 7, 60],
      ['out', 8, 60],
    ]);
    expect(placements.slice(2)).toEqual([
      { gapMs: 40, gapFrames: 2, positionMs: 60 },
      { gapMs: 40, gapFrames: 2, positionMs: 60 },
    ]);
  });

  it('reports gaps of tracks with their own counters', () => {
    const frames = [
      ['in', 1, 0],
      ['out', 1, 0],
      ['out', 2, 20],
      ['in', 3, 40],
      ['out', 4, 60],
    ] as const;
    expect(place(frames).slice(3)).toEqual([
      { gapMs: 20, gapFrames: 1, positionMs: 40 },
      { gapMs: 20, gapFrames: 1, positionMs: 60 },
    ]);
  });

  it('reports no gap for a track that was silent', () => {
    const inbound = Array.from({ length: 50 }, (_, index) => ['in', index + 2, index * 20] as const);
    expect(place([['out', 1, 0], ...inbound, ['out', 52, 1000]]).at(-1)).toEqual({
      ...NO_GAP,
      positionMs: 1000,
    });
  });

  it('reports no gap for silence that was not sent, or for a jittery clock', () => {
    expect(
      place([
        ['in', 1, 0],
        ['in', 2, 500],
      ])[1],
    ).toEqual({ ...NO_GAP, positionMs: 500 });
    expect(
      place([
        ['in', 1, 0],
        ['in', 2, 35],
      ])[1],
    ).toEqual({ ...NO_GAP, positionMs: 35 });
  });

  it('ignores a single invalid number', () => {
    const [, , after] = place([
      ['in', 1, 0],
      ['in', 9e15, 20],
      ['in', 3, 40],
    ]);
    expect(after).toMatchObject({ positionMs: 40 });
    const year = 365 * 24 * 60 * 60 * 1000;
    expect(
      place([
        ['in', 1, 0],
        ['in', 2, year],
        ['in', 3, 40],
      ])[2],
    ).toMatchObject({ positionMs: 40 });
  });

  it('limits the length of a gap', () => {
    expect(
      place([
        ['in', 1],
        ['in', 90_000],
      ])[1],
    ).toEqual({ gapMs: MAX_GAP_MS, gapFrames: MAX_GAP_MS / 20 });
  });

  it('never returns a negative gap or position', () => {
    const step = fc.tuple(
      fc.constantFrom('in', 'out'),
      fc.option(fc.integer({ min: -5, max: 300 }), { nil: undefined }),
      fc.option(fc.integer({ min: -1000, max: 5000 }), { nil: undefined }),
    );
    fc.assert(
      fc.property(fc.array(step), (frames) => {
        for (const placement of place(frames)) {
          if (placement === 'repeated') continue;
          expect(placement.gapMs).toBeGreaterThanOrEqual(0);
          expect(placement.gapFrames > 0).toBe(placement.gapMs > 0);
          expect(placement.positionMs ?? 0).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });
});
