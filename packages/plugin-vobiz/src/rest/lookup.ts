/** Asking Vobiz how a call stands, and how one ended that is no longer live. */
import {
  isFault,
  messageOf,
  type ProviderCallId,
  type ProviderEvent,
  type ProviderHost,
} from '@sidetone/core';
import type { VobizApi, VobizLiveCall } from './api.ts';
import type { Calls } from '../calls/call-tracker.ts';
import { decodeCdr, translateCdr } from './cdr.ts';
import { announce, translateGone } from '../translate.ts';

export interface LookupDeps {
  readonly api: Pick<VobizApi, 'getLiveCall' | 'getCdr'>;
  readonly host: Pick<ProviderHost, 'clock' | 'log'>;
  readonly calls: Pick<Calls, 'hasEnded' | 'takeIn'>;
}

export interface Lookup {
  /** How a call stands, which is told; undefined when it is not live. */
  ask(callId: ProviderCallId, signal: AbortSignal): Promise<VobizLiveCall | undefined>;
  /** Tells the end of a call that is not live. */
  end(callId: ProviderCallId, signal: AbortSignal): Promise<void>;
}

/** Questions about single calls. */
export function createLookup({ api, host, calls }: LookupDeps): Lookup {
  /** By its record, or, without one, for no reason that is known. */
  async function endOf(callId: ProviderCallId, signal: AbortSignal): Promise<readonly ProviderEvent[]> {
    try {
      const record = await api.getCdr(callId, signal);
      const call = record && decodeCdr(record);
      if (call?.callId === callId) return translateCdr(call);
    } catch (error) {
      const code = isFault(error) ? error.code : messageOf(error);
      host.log.debug('the record of a call could not be asked for', { providerCallId: callId, code });
    }
    return [translateGone(callId, host.clock.now())];
  }

  return {
    async ask(callId, signal) {
      const call = await api.getLiveCall(callId, signal);
      // A hangup may have come while the answer was on its way: the answer is then the older news.
      if (!call || calls.hasEnded(callId)) return undefined;
      await calls.takeIn(callId, [announce(callId, host.clock.now(), call)]);
      return call;
    },
    async end(callId, signal) {
      if (calls.hasEnded(callId)) return;
      const end = await endOf(callId, signal);
      if (!calls.hasEnded(callId)) await calls.takeIn(callId, end);
    },
  };
}
