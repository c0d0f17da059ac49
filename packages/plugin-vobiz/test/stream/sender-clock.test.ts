/** The clock of the provider is set while frames continue. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFrameOrder } from '../../src/stream/frame-order.ts';
import { MIN_STEP_MS } from '../../src/stream/sender-clock.ts';

const T = 1_790_000_000_000;
const HOUR_MS = 3_600_000;
const TRACKS = ['CUSTOMER', 'ASSISTANT'];

interface SentFrame {
  readonly track: string;
  /** Ms since the start of the stream, by a clock that is not set. */
  readonly at: number;
  readonly stampedAt: number;
  readonly chunk: number | undefined;
  readonly arrivesAt: number;
}

/** Returns the position of each frame that was placed, and the number of detected steps. */
function receive(frames: readonly SentFrame[]) {
  const order = createFrameOrder();
  const placed = frames.flatMap(({ track, at, stampedAt, chunk, arrivesAt }) => {
    const frame = { timestamp: T + stampedAt, ...(chunk !== undefined && { chunk }) };
    const placement = order.place(track, frame, 20, arrivesAt);
    return placement === 'repeated' ? [] : [{ track, at, ...placement }];
  });
  return { placed, steps: order.clockSteps };
}

/** Returns 100 frames of each track. `stepAt` is the number of the first frame with the new time. */
function frames(
  stepMs: number,
  { stepAt = 50, tracks = TRACKS, hasChunks = true, delayOf = (_at: number): number => 30 } = {},
): SentFrame[] {
  return Array.from({ length: 100 }, (_, number) =>
    tracks.map((track, index) => ({
      track,
      at: number * 20,
      stampedAt: number * 20 + (number >= stepAt ? stepMs : 0),
      chunk: hasChunks ? 1 + number * tracks.length + index : undefined,
      arrivesAt: number * 20 + delayOf(number * 20),
    })),
  ).flat();
}

const expectContinuous = ({ placed, steps }: ReturnType<typeof receive>, expectedSteps: number): void => {
  expect(placed.map(({ positionMs }) => positionMs)).toEqual(placed.map(({ at }) => at));
  expect(placed.filter(({ gapMs }) => gapMs > 0)).toEqual([]);
  expect(steps).toBe(expectedSteps);
};

const STEPS_MS = [-300_000, -2000, -500, 500, 2000, HOUR_MS, 11 * HOUR_MS];

describe.each(STEPS_MS)('a clock of the provider that is set by %i ms', (stepMs) => {
  it.each([
    ['both tracks', {}],
    ['one track', { tracks: ['CUSTOMER'] }],
    ['frames without numbers', { hasChunks: false }],
    ['a clock that is set after the first frame', { stepAt: 1 }],
    ['late and early frames', { delayOf: (at: number) => 30 + (at % 80) }],
  ])('does not move the audio of %s', (_what, options) => {
    expectContinuous(receive(frames(stepMs, options)), 1);
  });
});

it('does not move audio, whenever and however often the clock is set', () => {
  const step = fc.tuple(
    fc.integer({ min: 1, max: 99 }),
    fc.integer({ min: -HOUR_MS, max: HOUR_MS }).filter((ms) => Math.abs(ms) > 2 * MIN_STEP_MS),
  );
  const steps = fc.uniqueArray(step, { selector: ([at]) => at, minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(steps, (sent) => {
      const offsetAt = (at: number): number =>
        sent.reduce((sum, [number, ms]) => sum + (at >= number * 20 ? ms : 0), 0);
      const stepped = frames(0).map((frame) => ({
        ...frame,
        stampedAt: frame.at + offsetAt(frame.at),
      }));
      expectContinuous(receive(stepped), sent.length);
    }),
  );
});

describe('a clock that is not set', () => {
  it('moves the audio after a pause', () => {
    const paused = frames(0).filter(({ at }) => at < 400 || at >= 1400);
    const { placed, steps } = receive(paused.map((frame, index) => ({ ...frame, chunk: index + 1 })));
    expect(placed.map(({ positionMs }) => positionMs)).toEqual(placed.map(({ at }) => at));
    expect(steps).toBe(0);
  });

  it('moves no audio that was held up and arrives at once', () => {
    const held = frames(0, { delayOf: (at) => (at >= 400 && at < 1400 ? 1400 - at : 30) });
    expectContinuous(receive(held), 0);
  });

  it('moves no audio of a stream whose first frames were late', () => {
    expectContinuous(receive(frames(0, { delayOf: (at) => Math.max(30, 500 - at) })), 0);
  });

  it('leaves a gap where frames of a burst were lost', () => {
    const burst = frames(0, { delayOf: (at) => Math.max(30, 530 - at) });
    const { placed, steps } = receive(burst.filter(({ at }) => at < 100 || at >= 400));
    expect(placed.map(({ positionMs }) => positionMs)).toEqual(placed.map(({ at }) => at));
    expect(steps).toBe(0);
  });

  it('leaves a gap where frames were lost', () => {
    const lossy = frames(0).filter(({ at }) => at < 400 || at >= 1400);
    const { placed, steps } = receive(lossy);
    expect(placed.map(({ positionMs }) => positionMs)).toEqual(placed.map(({ at }) => at));
    expect(placed.reduce((sum, { gapMs }) => sum + gapMs, 0)).toBe(2 * 1000);
    expect(steps).toBe(0);
  });
});
