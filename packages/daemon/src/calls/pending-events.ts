/**
 * The events that are not stored yet, oldest first, with the calls after them. They are limited in number and in bytes, and
 * are stored in batches of limited size, so that no commit blocks the event loop for long.
 */
import {
  evolve,
  type Call,
  type CallFact,
  type CallId,
  type ProviderCallId,
  type ProviderId,
} from '@sidetone/core';
import type { Draft } from './ports.ts';
import { estimateBytes } from './record-size.ts';

/** The largest batch, unless its first event is larger. */
export const MAX_BATCH_EVENTS = 500;
export const MAX_BATCH_BYTES = 128 * 1024;

export interface PendingLimits {
  /** `limits.pendingEvents`. */
  readonly events: number;
  /** `limits.pendingBytes`, as estimated. */
  readonly bytes: number;
}

/** Events of one call that are derived together. */
export interface EventGroup {
  readonly callId: CallId;
  /** The call before them. */
  readonly before: Call | undefined;
  readonly facts: readonly CallFact[];
  readonly at: number;
  /** Stored with the last event: if only a part of a large group is stored, its sender may deliver it again. */
  readonly dedupeKey?: string;
}

interface Pending extends Draft {
  readonly bytes: number;
  /** Whether it is the last of its group. */
  readonly isLast: boolean;
}

interface PendingCall {
  call: Call;
  /** Whether none of its events is stored. */
  isNew: boolean;
  /** Number of its pending events. */
  events: number;
}

export class PendingEvents {
  readonly #limits: PendingLimits;
  #drafts: Pending[] = [];
  readonly #calls = new Map<CallId, PendingCall>();
  readonly #callIds = new Map<string, CallId>();
  readonly #dedupeKeys = new Set<string>();
  #bytes = 0;

  constructor(limits: PendingLimits) {
    this.#limits = limits;
  }

  get drafts(): readonly Draft[] {
    return this.#drafts;
  }

  get size(): number {
    return this.#drafts.length;
  }

  /** The estimated memory of the events. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Returns a call after its pending events; undefined if it has none. */
  call(id: CallId): Call | undefined {
    return this.#calls.get(id)?.call;
  }

  /** Returns whether a call has pending events and no stored ones. */
  isNew(id: CallId): boolean {
    return this.#calls.get(id)?.isNew ?? false;
  }

  /** Returns the id of a call with pending events. */
  callId(providerId: ProviderId, providerCallId: ProviderCallId): CallId | undefined {
    return this.#callIds.get(pairKey(providerId, providerCallId));
  }

  hasDedupeKey(callId: CallId, key: string): boolean {
    return this.#dedupeKeys.has(pairKey(callId, key));
  }

  /** Adds events, all or none. Returns false if there is no room for them. If nothing is pending, there is. */
  push({ callId, before, facts, at, dedupeKey }: EventGroup): boolean {
    const sizes = facts.map(estimateBytes);
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    const isFull = this.size + facts.length > this.#limits.events || this.#bytes + bytes > this.#limits.bytes;
    if (isFull && this.size > 0) return false;
    let call = before;
    facts.forEach((fact, i) => {
      call = evolve(call, callId, fact, at);
      const isLast = i === facts.length - 1;
      const key = isLast && dedupeKey !== undefined ? { dedupeKey } : {};
      this.#drafts.push({ callId, at, fact, call, bytes: sizes[i]!, isLast, ...key });
    });
    if (!call) return true;
    this.#bytes += bytes;
    const pending = this.#calls.get(callId);
    const events = (pending?.events ?? 0) + facts.length;
    this.#calls.set(callId, { call, events, isNew: pending?.isNew ?? before === undefined });
    this.#callIds.set(pairKey(call.providerId, call.providerCallId), callId);
    if (dedupeKey !== undefined) this.#dedupeKeys.add(pairKey(callId, dedupeKey));
    return true;
  }

  /** Returns the oldest events that are stored together: whole groups, or a part of a group that is larger than a batch. */
  batch(): readonly Draft[] {
    let bytes = 0;
    let count = 0;
    let groupsEnd = 0;
    for (const draft of this.#drafts) {
      bytes += draft.bytes;
      if (count > 0 && (count >= MAX_BATCH_EVENTS || bytes > MAX_BATCH_BYTES)) break;
      count++;
      if (draft.isLast) groupsEnd = count;
    }
    return this.#drafts.slice(0, groupsEnd || count);
  }

  /** Removes the oldest events. */
  remove(count: number): void {
    const removed = this.#drafts.slice(0, count);
    this.#drafts = this.#drafts.slice(count);
    this.#forget(removed);
  }

  /** Removes some of the events, which need not be the oldest. */
  removeOf(drafts: readonly Draft[]): void {
    const some = new Set(drafts);
    const removed = this.#drafts.filter((draft) => some.has(draft));
    this.#drafts = this.#drafts.filter((draft) => !some.has(draft));
    this.#forget(removed);
  }

  #forget(removed: readonly Pending[]): void {
    for (const { callId, dedupeKey, bytes } of removed) {
      this.#bytes -= bytes;
      if (dedupeKey !== undefined) this.#dedupeKeys.delete(pairKey(callId, dedupeKey));
      const pending = this.#calls.get(callId)!;
      pending.events--;
      pending.isNew = false;
      if (pending.events > 0) continue;
      this.#calls.delete(callId);
      this.#callIds.delete(pairKey(pending.call.providerId, pending.call.providerCallId));
    }
  }
}

const pairKey = (owner: string, key: string): string => `${owner}\n${key}`;
