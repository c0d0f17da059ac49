/** Polls the account's live calls, to attach to new calls of other applications and to detect the end of attached ones. */
import { isFault, messageOf, providerCallId, type ProviderCallId, type ProviderHost } from '@sidetone/core';
import { backOffMs, type StateLease } from '@sidetone/plugin-kit';
import type { VobizApi } from './api.ts';
import type { Attacher } from './attach.ts';

/** Largest number of new calls, and of vanished calls, that are handled in one sweep; the others wait for the next. */
export const MAX_PER_SWEEP = 20;
/** Longest delay between two sweeps while requests fail, ms. */
export const SWEEP_MAX_DELAY_MS = 60_000;

interface SweepDeps {
  readonly host: Pick<ProviderHost, 'clock' | 'log'>;
  readonly api: Pick<VobizApi, 'listLiveCalls'>;
  readonly attacher: Pick<Attacher, 'attachWithRetries' | 'check' | 'attached' | 'has'>;
  /** Returns whether a call must not be attached: it has ended, or is answered by an instance of this plugin. */
  readonly isExcluded: (callId: ProviderCallId) => Promise<boolean>;
  readonly intervalMs: number;
  /** One of the instances that share a state sweeps for all. */
  readonly lease: Pick<StateLease, 'hold' | 'release'>;
}

/** Sweeps, one after another, until `signal` aborts. Never rejects. */
export async function sweepLiveCalls(deps: SweepDeps, signal: AbortSignal): Promise<void> {
  const { host, intervalMs, lease } = deps;
  let failures = 0;
  while (!signal.aborted) {
    try {
      if (await lease.hold()) await sweep(deps, signal);
      failures = 0;
    } catch (error) {
      const code = isFault(error) ? error.code : messageOf(error);
      if (failures++ === 0 && !signal.aborted)
        host.log.warn('listing the live calls failed, retrying', { code });
    }
    const retryMs = backOffMs({ firstMs: intervalMs * 2, maxMs: SWEEP_MAX_DELAY_MS }, failures);
    await host.clock.delay(failures === 0 ? intervalMs : Math.max(intervalMs, retryMs), signal);
  }
  // Otherwise it ends by itself.
  await lease.release().catch(() => undefined);
}

async function sweep({ api, attacher, isExcluded }: SweepDeps, signal: AbortSignal): Promise<void> {
  const listed = new Set((await api.listLiveCalls(signal)).map(providerCallId));
  const vanished = attacher.attached().filter((callId) => !listed.has(callId));
  for (const callId of vanished.slice(0, MAX_PER_SWEEP)) {
    if (!signal.aborted) await attacher.check(callId, signal);
  }
  let added = 0;
  for (const callId of listed) {
    if (signal.aborted || added === MAX_PER_SWEEP) return;
    if (attacher.has(callId) || (await isExcluded(callId))) continue;
    added++;
    await attacher.attachWithRetries(callId);
  }
}
