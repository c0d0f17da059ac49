/** Reconciles live calls without recent events with their provider: the event of their end may have been lost. */
import type { Call, CallId, Clock } from '@sidetone/core';
import type { CallRegistry } from './call-registry.ts';

/** How long a live call may have no events before its provider is asked, and asked again, ms. */
const QUIET_MS = 5 * 60_000;
const CHECK_INTERVAL_MS = 60_000;

export interface WatchdogDeps {
  readonly registry: CallRegistry;
  /** Asks the provider for the state of these calls, all of one provider. Never throws. */
  readonly reconcile: (calls: readonly Call[]) => void;
  readonly clock: Clock;
}

/** Starts the watchdog. Returns a function that stops it. */
export function startWatchdog({ registry, reconcile, clock }: WatchdogDeps): () => void {
  /** Stamp of each live call, and since when it has not changed. */
  let activity = new Map<CallId, { readonly stamp: number; readonly at: number }>();
  let cancel = clock.schedule(CHECK_INTERVAL_MS, check);

  function check(): void {
    const now = clock.elapsed();
    const before = activity;
    const live = registry.live();
    activity = new Map(
      live.map(({ id }) => {
        const stamp = registry.stamp(id);
        const known = before.get(id);
        return [id, known?.stamp === stamp ? known : { stamp, at: now }];
      }),
    );
    const quiet = live.filter(({ id }) => now - activity.get(id)!.at >= QUIET_MS);
    for (const { id } of quiet) activity.set(id, { stamp: registry.stamp(id), at: now });
    for (const providerId of new Set(quiet.map((call) => call.providerId))) {
      reconcile(quiet.filter((call) => call.providerId === providerId));
    }
    cancel = clock.schedule(CHECK_INTERVAL_MS, check);
  }

  return () => cancel();
}
