/**
 * The costs of ended calls. Webhooks contain none, and a call is charged on each of its legs: the records of the call and of
 * the legs that were dialled for it are fetched a moment after the hangup.
 */
import {
  isFault,
  messageOf,
  providerCallId,
  type ProviderCallId,
  type ProviderEvent,
  type ProviderHost,
} from '@sidetone/core';
import { BoundedMap, numberOf } from '@sidetone/plugin-kit';
import type { VobizWebhook } from '../webhook/webhook-form.ts';
import type { VobizApi } from './api.ts';
import { decodeCdr, translateCdrReport, type PastCall } from './cdr.ts';

/** Delays before each request for a record that is missing or incomplete, ms. */
export const COST_DELAYS_MS: readonly number[] = [1000, 4000, 15_000, 60_000];
/** Largest number of ended calls whose cost is being fetched. */
export const MAX_PENDING_COSTS = 1000;
/** Largest number of dialled legs per call whose records are fetched. */
export const MAX_LEGS = 8;

/** Largest number of calls whose legs, or whose fetched costs, are remembered. */
const MAX_CALLS = 2000;

interface CallCostsDeps {
  readonly api: Pick<VobizApi, 'getCdr'>;
  readonly host: Pick<ProviderHost, 'clock' | 'log'>;
  readonly emit: (events: readonly ProviderEvent[]) => void;
  /** Aborts when the instance stops. */
  readonly signal: AbortSignal;
}

export interface CallCosts {
  /** Remembers the legs that are dialled for a call. */
  receive(webhook: Pick<VobizWebhook, 'callId' | 'dial'>): void;
  /** Fetches the cost of an ended call, and reports it, unless `events`, which report its end, contain it. */
  callEnded(callId: ProviderCallId, events: readonly ProviderEvent[]): void;
  /** Number of calls whose cost could not be fetched. */
  readonly failed: number;
}

/** Records by leg; undefined for a leg without a record so far. */
type Legs = Map<string, PastCall | undefined>;

const hasCost = (events: readonly ProviderEvent[]): boolean =>
  events.some((event) => event.type === 'call.report' && (event.cost?.amount ?? 0) > 0);

/** Returns whether a record needs no further request. A call that was billed but costs nothing is not charged yet. */
function isComplete(record: PastCall | undefined): record is PastCall {
  if (record?.cost === undefined) return false;
  return record.cost.amount > 0 || numberOf(record.providerData['durationSeconds']) === 0;
}

/** Returns the record of a call with the cost of all of its legs. */
function withLegs(call: PastCall, legs: readonly PastCall[]): PastCall {
  const { cost } = call;
  const charged = legs.flatMap((leg) =>
    leg.cost?.currency === cost?.currency && leg.cost ? [leg.cost] : [],
  );
  if (!cost || charged.length === 0) return call;
  const dialledLegsCost = rounded(charged.reduce((sum, { amount }) => sum + amount, 0));
  return {
    ...call,
    cost: { ...cost, amount: rounded(cost.amount + dialledLegsCost) },
    providerData: { ...call.providerData, dialledLegsCost },
  };
}

/** Removes the error of binary fractions; Vobiz states five decimals. */
const rounded = (amount: number): number => Math.round(amount * 1e6) / 1e6;

/** Creates the costs of an account. No request is sent until a call ends; timers are cancelled when `signal` aborts. */
export function createCallCosts({ api, host, emit, signal }: CallCostsDeps): CallCosts {
  const dialled = new BoundedMap<string, readonly string[]>(MAX_CALLS);
  const requested = new BoundedMap<string, true>(MAX_CALLS);
  const timers = new Map<ProviderCallId, () => void>();
  /** The last of the requests, which are sent one after another. */
  let queue: Promise<void> = Promise.resolve();
  let failed = 0;

  signal.addEventListener('abort', () => {
    for (const cancel of timers.values()) cancel();
    timers.clear();
  });

  function schedule(callId: ProviderCallId, legs: Legs, attempt: number): void {
    const cancel = host.clock.schedule(COST_DELAYS_MS[attempt]!, () => {
      queue = queue.then(() => fetchRecords(callId, legs, attempt));
    });
    timers.set(callId, cancel);
  }

  async function fetchRecords(callId: ProviderCallId, legs: Legs, attempt: number): Promise<void> {
    for (const [leg, record] of legs) {
      if (!isComplete(record) && !signal.aborted) legs.set(leg, (await fetchRecord(leg)) ?? record);
    }
    if (signal.aborted) return;
    const isLast = attempt + 1 === COST_DELAYS_MS.length;
    if (!isLast && ![...legs.values()].every(isComplete)) return schedule(callId, legs, attempt + 1);
    timers.delete(callId);
    report(callId, legs);
  }

  async function fetchRecord(leg: string): Promise<PastCall | undefined> {
    try {
      const record = await api.getCdr(leg, signal);
      const call = record && decodeCdr(record, 'single');
      return call?.callId === leg ? call : undefined;
    } catch (error) {
      const code = isFault(error) ? error.code : messageOf(error);
      host.log.debug('fetching the record of a leg failed', { providerCallId: providerCallId(leg), code });
      return undefined;
    }
  }

  function report(callId: ProviderCallId, legs: Legs): void {
    const { [callId]: call, ...others } = Object.fromEntries(legs);
    if (call)
      return emit([
        translateCdrReport(
          withLegs(
            call,
            Object.values(others).filter((leg) => leg !== undefined),
          ),
        ),
      ]);
    // Once: all calls of an account fail for the same reason.
    if (failed++ === 0)
      host.log.warn('fetching the cost of an ended call failed', { providerCallId: callId });
  }

  return {
    receive({ callId, dial }) {
      const legId = dial?.legId;
      const known = dialled.get(callId) ?? [];
      if (legId === undefined || legId === callId || known.includes(legId) || known.length >= MAX_LEGS)
        return;
      dialled.set(callId, [...known, legId]);
    },
    callEnded(callId, events) {
      const legIds = dialled.get(callId) ?? [];
      dialled.delete(callId);
      if (signal.aborted || requested.has(callId) || (hasCost(events) && legIds.length === 0)) return;
      requested.set(callId, true);
      if (timers.size >= MAX_PENDING_COSTS) {
        failed++;
        return host.log.debug('too many ended calls, a cost is not fetched', { providerCallId: callId });
      }
      schedule(callId, new Map([callId, ...legIds].map((leg) => [leg, undefined])), 0);
    },
    get failed() {
      return failed;
    },
  };
}
