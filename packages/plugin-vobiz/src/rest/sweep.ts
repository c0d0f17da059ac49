/** Finds the account's live calls, again and again, so that those of others can be joined and their ends be seen. */
import { isFault, messageOf, providerCallId, type ProviderCallId, type ProviderHost } from '@sidetone/core';
import type { VobizApi } from './api.ts';
import type { Attach } from './attach.ts';

/** How many calls of each kind, new ones and vanished ones, are asked about in one sweep; the others wait for the next. */
export const MAX_PER_SWEEP = 20;
/** The longest wait between two sweeps while Vobiz does not answer them, ms. */
export const SWEEP_LONGEST_MS = 60_000;

export interface SweepDeps {
  readonly host: Pick<ProviderHost, 'clock' | 'log'>;
  readonly api: Pick<VobizApi, 'listCalls'>;
  readonly attach: Pick<Attach, 'keepJoining' | 'check' | 'joined' | 'has'>;
  /** Whether a call is none to join: it is over, or answered here. */
  readonly isSettled: (callId: ProviderCallId) => boolean;
  readonly intervalMs: number;
}

/** Sweeps, one after another, until `signal` aborts. Never rejects. */
export async function sweepLiveCalls(deps: SweepDeps, signal: AbortSignal): Promise<void> {
  const { host, api, attach, isSettled, intervalMs } = deps;
  let failures = 0;

  async function sweep(): Promise<void> {
    const listed = new Set((await api.listCalls('live', signal)).map(providerCallId));
    const vanished = attach.joined().filter((callId) => !listed.has(callId));
    for (const callId of vanished.slice(0, MAX_PER_SWEEP)) {
      if (!signal.aborted) await attach.check(callId, signal);
    }
    const fresh = [...listed].filter((callId) => !attach.has(callId) && !isSettled(callId));
    for (const callId of fresh.slice(0, MAX_PER_SWEEP)) {
      if (!signal.aborted) await attach.keepJoining(callId);
    }
  }

  while (!signal.aborted) {
    try {
      await sweep();
      failures = 0;
    } catch (error) {
      const code = isFault(error) ? error.code : messageOf(error);
      if (failures++ === 0 && !signal.aborted)
        host.log.warn('the live calls could not be asked for', { code });
    }
    const waitMs = Math.max(intervalMs, Math.min(intervalMs * 2 ** failures, SWEEP_LONGEST_MS));
    await host.clock.delay(failures === 0 ? intervalMs : waitMs, signal);
  }
}
