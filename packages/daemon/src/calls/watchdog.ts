/**
 * A call cannot get stuck: calls of which nothing was heard for a while are asked about. Their provider tells what is
 * true now, which may be that they ended unseen.
 */
import type { Call, CallId, Clock } from '@sidetone/core';
import type { CallRegistry } from './call-registry.ts';

/** How long nothing may be heard of a live call before its provider is asked, and asked again. */
const QUIET_MS = 5 * 60_000;
/** How often we look. */
const LOOK_MS = 60_000;

export interface WatchdogDeps {
  readonly registry: CallRegistry;
  /** Asks the provider of these calls, all of one provider, how they stand. Never throws. */
  readonly reconcile: (calls: readonly Call[]) => void;
  readonly clock: Clock;
}

/** Looks until the function that comes back is called. */
export function startWatchdog({ registry, reconcile, clock }: WatchdogDeps): () => void {
  /** Since when nothing was heard of each live call, by its stamp. */
  let heard = new Map<CallId, { readonly stamp: number; readonly at: number }>();
  let cancel = clock.schedule(LOOK_MS, look);

  function look(): void {
    const now = clock.now();
    const before = heard;
    const live = registry.live();
    heard = new Map(
      live.map(({ id }) => {
        const stamp = registry.stamp(id);
        const known = before.get(id);
        return [id, known?.stamp === stamp ? known : { stamp, at: now }];
      }),
    );
    const quiet = live.filter(({ id }) => now - heard.get(id)!.at >= QUIET_MS);
    for (const { id } of quiet) heard.set(id, { stamp: registry.stamp(id), at: now });
    for (const providerId of new Set(quiet.map((call) => call.providerId))) {
      reconcile(quiet.filter((call) => call.providerId === providerId));
    }
    cancel = clock.schedule(LOOK_MS, look);
  }

  return () => cancel();
}
