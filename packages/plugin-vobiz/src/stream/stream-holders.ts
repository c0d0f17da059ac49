/**
 * Which instance of a cluster has the stream of an attached call: the one that requests it again when it closes. If that instance
 * dies, its lease ends, and the one that sweeps attaches to the call again.
 */
import type { ProviderCallId, ProviderHost } from '@sidetone/core';
import { createStateLease, type StateLease } from '@sidetone/plugin-kit';

/** How long an instance that died is taken for the holder, ms. */
export const HOLDER_LEASE_MS = 90_000;
const RENEWAL_MS = HOLDER_LEASE_MS / 3;

const STATE_PREFIX = 'holder/';

export interface StreamHolders {
  /** Notes that this instance has a stream of the call, until `closed`. */
  opened(callId: ProviderCallId): void;
  closed(callId: ProviderCallId): void;
  /** Returns whether another instance has a stream of the call. Rejects if the state cannot be read. */
  isElsewhere(callId: ProviderCallId): Promise<boolean>;
}

interface Held {
  readonly lease: StateLease;
  cancel: () => void;
}

/** Without other instances, nothing is stored. */
export function createStreamHolders(
  host: Pick<ProviderHost, 'state' | 'clock' | 'log' | 'randomToken'>,
): StreamHolders {
  const held = new Map<ProviderCallId, Held>();
  const leaseOf = (callId: ProviderCallId): StateLease =>
    createStateLease(host, STATE_PREFIX + callId, HOLDER_LEASE_MS);

  /** A renewal that fails is made up for by the next one. */
  function renew(entry: Held): void {
    void entry.lease.hold().catch(() => undefined);
    entry.cancel = host.clock.schedule(RENEWAL_MS, () => renew(entry));
  }

  return {
    opened(callId) {
      if (!host.state.isShared || held.has(callId)) return;
      const entry: Held = { lease: leaseOf(callId), cancel: () => undefined };
      held.set(callId, entry);
      renew(entry);
    },
    closed(callId) {
      const entry = held.get(callId);
      if (!entry) return;
      held.delete(callId);
      entry.cancel();
      void entry.lease.release().catch(() => undefined);
    },
    isElsewhere: async (callId) =>
      !held.has(callId) && host.state.isShared === true && leaseOf(callId).isElsewhere(),
  };
}
