/** Collects the losses of a reader, and reports them together after a while: one report for an outage, not for each frame. */
import type { Clock } from '@sidetone/core';

/** How long losses are collected, ms. */
export const LOSS_REPORT_MS = 5000;

export interface LossReport {
  /** Adds `ms` of audio from an instant on, epoch ms. */
  lost(at: number, ms: number): void;
  /** Reports what was collected. */
  end(): void;
}

/** @param report receives the period in which audio was lost, epoch ms. */
export function createLossReport(
  clock: Pick<Clock, 'schedule'>,
  report: (from: number, to: number) => void,
): LossReport {
  let from = Infinity;
  let to = -Infinity;
  let cancel: (() => void) | undefined;

  function end(): void {
    if (!cancel) return;
    cancel();
    cancel = undefined;
    const period = [from, to] as const;
    from = Infinity;
    to = -Infinity;
    report(...period);
  }

  return {
    lost(at, ms) {
      from = Math.min(from, at);
      to = Math.max(to, at + ms);
      cancel ??= clock.schedule(LOSS_REPORT_MS, end);
    },
    end,
  };
}
