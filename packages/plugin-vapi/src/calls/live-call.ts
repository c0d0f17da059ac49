/** What is known of one live call, and how events and call objects change it. Pure. */
import { nextStatus, type CallStatus, type ProviderEvent } from '@sidetone/core';
import type { VapiCall } from './call-object.ts';

export interface LiveCall {
  status: CallStatus;
  /** When the status was set, epoch ms. */
  statusAt: number;
  /** Elapsed time of the clock when the call was last reported, ms. */
  lastSeenAt: number;
  /** Whether more than its id is known. */
  isDescribed: boolean;
  /** Whether an event named the assistant. */
  assistantSeen: boolean;
  /** As received, not validated. */
  monitor: VapiCall['monitor'];
}

export function createLiveCall(now: number): LiveCall {
  return {
    status: 'QUEUED',
    statusAt: 0,
    lastSeenAt: now,
    isDescribed: false,
    assistantSeen: false,
    monitor: undefined,
  };
}

export function applyEvent(call: LiveCall, event: ProviderEvent): void {
  if (event.type === 'assistant.changed') call.assistantSeen = true;
  const status = nextStatus(call, event);
  if (status === call.status) return;
  call.status = status;
  call.statusAt = event.occurredAt;
}

export function applyCallObject(call: LiveCall, { type, createdAt, monitor }: VapiCall): void {
  if (monitor) call.monitor = { ...call.monitor, ...monitor };
  if ((type ?? createdAt ?? monitor) !== undefined) call.isDescribed = true;
}
