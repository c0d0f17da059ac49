/** Collects the losses of a reader, and reports them together after a while: one report for an outage, not for each frame. */
import type { Clock } from '@sidetone/core';

/** How long losses are collected, ms. */
export const LOSS_REPORT_MS = 5000;
/** Most separate periods in which audio is counted once although both parties lost it. */
const MAX_PERIODS = 100;

export interface LossReport {
  /** Adds `ms` of audio from an instant on, epoch ms. */
  lost(at: number, ms: number): void;
  /** Reports what was collected. */
  end(): void;
}

interface Period {
  readonly from: number;
  readonly to: number;
}

/** Joins a period with those that it overlaps or adjoins: both parties may lose the same time. */
function join(periods: readonly Period[], { from, to }: Period): Period[] {
  const joined = periods.filter((period) => period.from <= to && from <= period.to);
  const others = periods.filter((period) => !joined.includes(period));
  const start = Math.min(from, ...joined.map((period) => period.from));
  const end = Math.max(to, ...joined.map((period) => period.to));
  return [...others, { from: start, to: end }];
}

/** @param report receives when the lost audio begins, epoch ms, and how much was lost, ms. */
export function createLossReport(
  clock: Pick<Clock, 'schedule'>,
  report: (at: number, ms: number) => void,
): LossReport {
  let periods: Period[] = [];
  /** When the lost audio begins, and the length of what is not in `periods` any more. */
  let first = Infinity;
  let summedMs = 0;
  let cancel: (() => void) | undefined;

  function sumUp(): void {
    for (const { from, to } of periods) summedMs += to - from;
    periods = [];
  }

  function end(): void {
    if (!cancel) return;
    cancel();
    cancel = undefined;
    sumUp();
    const lost = [first, summedMs] as const;
    first = Infinity;
    summedMs = 0;
    report(...lost);
  }

  return {
    lost(at, ms) {
      first = Math.min(first, at);
      periods = join(periods, { from: at, to: at + ms });
      if (periods.length > MAX_PERIODS) sumUp();
      cancel ??= clock.schedule(LOSS_REPORT_MS, end);
    },
    end,
  };
}
