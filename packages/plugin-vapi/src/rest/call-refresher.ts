/** Requests the current state of single calls from the REST API and publishes it. */
import {
  FaultError,
  isFault,
  messageOf,
  type Clock,
  type CommandContext,
  type Logger,
  type ProviderCallId,
  type ProviderEvent,
} from '@sidetone/core';
import { hasEnded } from '../calls/call-events.ts';
import type { CallPublisher } from '../calls/call-publisher.ts';
import type { LiveCalls } from '../calls/live-calls.ts';
import type { Urgency, VapiApi } from './api.ts';

/** Delays before the checks whether a call has ended after the command to end it, ms. */
const CHECK_END_DELAYS_MS = [2000, 5000] as const;

export type CallState = 'live' | 'ended';

interface CallRefresherDeps {
  readonly api: Pick<VapiApi, 'getCall'>;
  readonly calls: Pick<LiveCalls, 'known'>;
  readonly publisher: CallPublisher;
  readonly clock: Clock;
  readonly log: Logger;
  /** Ends every request. */
  readonly stopped: AbortSignal;
}

interface RefreshOptions {
  /** 'urgent' by default. */
  readonly urgency?: Urgency;
  /** Whether a call that Vapi does not find is ended; by default if the call is known here. */
  readonly endIfNotFound?: boolean;
}

export interface CallRefresher {
  /**
   * Requests a call and publishes it.
   * @throws {FaultError} of kind `provider`.
   */
  refresh(callId: ProviderCallId, signal: AbortSignal, options?: RefreshOptions): Promise<CallState>;
  /** Requests a call and publishes it. Failures are logged; never rejects. */
  check(callId: ProviderCallId): Promise<void>;
  /** Checks a call after the command to end it, until its end is known. */
  checkEnd(callId: ProviderCallId): Promise<void>;
  /**
   * Starts to track a call that no webhook reported.
   * @throws {FaultError} CALL_NOT_FOUND, CALL_NOT_LIVE, or of kind `provider`.
   */
  watch(callId: ProviderCallId, context: Pick<CommandContext, 'signal'>): Promise<void>;
}

const endOfUnknown = (callId: ProviderCallId, occurredAt: number): ProviderEvent => ({
  type: 'call.ended',
  providerCallId: callId,
  occurredAt,
  end: { category: 'UNKNOWN', message: 'Vapi does not know this call.' },
});

export function createCallRefresher(deps: CallRefresherDeps): CallRefresher {
  const { api, calls, publisher, clock, stopped } = deps;

  const isEnded = (callId: ProviderCallId): boolean => calls.known(callId).status === 'ENDED';

  async function refresh(
    callId: ProviderCallId,
    signal: AbortSignal,
    options: RefreshOptions = {},
  ): Promise<CallState> {
    const { urgency = 'urgent', endIfNotFound = calls.known(callId).isKnown === true } = options;
    const requestedAt = clock.now();
    const call = await api.getCall(callId, AbortSignal.any([signal, stopped]), urgency);
    // A webhook may have reported the end in the meantime: the response is then outdated.
    if (isEnded(callId)) return 'ended';
    if (call) await publisher.publishCall(call, requestedAt);
    else if (endIfNotFound) await publisher.publish(callId, [endOfUnknown(callId, clock.now())], undefined);
    return !call || isEnded(callId) ? 'ended' : 'live';
  }

  async function check(callId: ProviderCallId): Promise<void> {
    try {
      await refresh(callId, stopped);
    } catch (error) {
      deps.log.debug('requesting a call failed', {
        providerCallId: callId,
        code: isFault(error) ? error.code : messageOf(error),
      });
    }
  }

  return {
    refresh,
    check,
    async checkEnd(callId) {
      for (const delayMs of CHECK_END_DELAYS_MS) {
        await clock.delay(delayMs, stopped);
        if (stopped.aborted || isEnded(callId)) return;
        await check(callId);
      }
    },
    async watch(callId, { signal }) {
      const requestedAt = clock.now();
      const call = await api.getCall(callId, AbortSignal.any([signal, stopped]), 'urgent');
      if (!call) throw new FaultError('CALL_NOT_FOUND', 'Vapi does not know this call');
      if (!isEnded(callId)) await publisher.publishCall(call, requestedAt);
      if (hasEnded(call) || isEnded(callId)) throw new FaultError('CALL_NOT_LIVE', 'the call has ended');
    },
  };
}
