/** Looks up single calls over REST: their status, or how they ended. */
import {
  isFault,
  messageOf,
  type ProviderCallId,
  type ProviderEvent,
  type ProviderHost,
} from '@sidetone/core';
import type { CallTracker } from '../calls/call-tracker.ts';
import { callStarted, translateGone } from '../translate.ts';
import type { VobizApi, VobizLiveCall } from './api.ts';
import { decodeCdr, translateCdr } from './cdr.ts';

interface LookupDeps {
  readonly api: Pick<VobizApi, 'getLiveCall' | 'getCdr'>;
  readonly host: Pick<ProviderHost, 'clock' | 'log'>;
  readonly calls: Pick<CallTracker, 'hasEnded' | 'emit'>;
}

export interface Lookup {
  /** Looks up a call and emits its details. Returns undefined if it is not live. */
  getLive(callId: ProviderCallId, signal: AbortSignal): Promise<VobizLiveCall | undefined>;
  /** Emits the end of a call that is not live. */
  emitEnd(callId: ProviderCallId, signal: AbortSignal): Promise<void>;
}

/** Creates a lookup. It holds nothing open. */
export function createLookup({ api, host, calls }: LookupDeps): Lookup {
  /** Returns the end by the record of the call; without a record, an end with an unknown reason. */
  async function endOf(callId: ProviderCallId, signal: AbortSignal): Promise<readonly ProviderEvent[]> {
    try {
      const record = await api.getCdr(callId, signal);
      const call = record && decodeCdr(record, 'single');
      if (call?.callId === callId) return translateCdr(call);
    } catch (error) {
      const code = isFault(error) ? error.code : messageOf(error);
      host.log.debug('fetching the record of a call failed', { providerCallId: callId, code });
    }
    return [translateGone(callId, host.clock.now())];
  }

  return {
    async getLive(callId, signal) {
      const call = await api.getLiveCall(callId, signal);
      // A hangup may have arrived before the response; the response is then outdated.
      if (!call || calls.hasEnded(callId)) return undefined;
      await calls.emit([callStarted(callId, host.clock.now(), call)]);
      return call;
    },
    async emitEnd(callId, signal) {
      if (calls.hasEnded(callId)) return;
      const end = await endOf(callId, signal);
      if (!calls.hasEnded(callId)) await calls.emit(end);
    },
  };
}
