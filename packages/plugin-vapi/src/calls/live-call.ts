/** What is known of one live call, and how events and call objects change it. Pure. */
import { nextStatus, type CallStatus, type Capability, type ProviderEvent } from '@sidetone/core';
import type { VapiCall } from './call-object.ts';

export interface LiveCall {
  status: CallStatus;
  /** When the status was set, epoch ms. */
  statusAt: number;
  /** When the call was answered, epoch ms. */
  answeredAt: number | undefined;
  /** Elapsed time of the clock when the call was last reported, ms. */
  lastSeenAt: number;
  /** The call's type, as Vapi names it. */
  type: string | undefined;
  /** Whether a call object in progress was read from the REST API: what it lacks does not exist. */
  wasRead: boolean;
  /** Whether an event named the assistant. */
  assistantSeen: boolean;
  /** Whether its assistant is a GPT-Live assistant. */
  isGptLive: boolean;
  /** The telephone carrier, as Vapi names it. */
  carrier: string | undefined;
  /** Whether a `transcript` was received, so histories are ignored. */
  hasTranscript: boolean;
  /** Whether a history with text was received. */
  hasHistory: boolean;
  /** Capabilities that Vapi has refused for this call. */
  readonly refused: Set<Capability>;
  /** As received, not validated. */
  monitor: VapiCall['monitor'];
}

export function createLiveCall(now: number): LiveCall {
  return {
    status: 'QUEUED',
    statusAt: 0,
    answeredAt: undefined,
    lastSeenAt: now,
    type: undefined,
    isGptLive: false,
    carrier: undefined,
    hasTranscript: false,
    hasHistory: false,
    refused: new Set(),
    wasRead: false,
    assistantSeen: false,
    monitor: undefined,
  };
}

export function applyEvent(call: LiveCall, event: ProviderEvent): void {
  if (event.type === 'assistant.changed') call.assistantSeen = true;
  const reported = event.type === 'call.started' ? event.details?.answeredAt : undefined;
  call.answeredAt = reported ?? call.answeredAt;
  const status = nextStatus(call, event);
  if (status === call.status) return;
  call.status = status;
  call.statusAt = event.occurredAt;
  if (isAnswered(status)) call.answeredAt ??= event.occurredAt;
}

/** Where a call object was found: the copy in a message may be stale and incomplete. */
export type ObjectSource = 'message' | 'rest';

export function applyCallObject(call: LiveCall, object: VapiCall, source: ObjectSource): void {
  const { type, monitor, carrier } = object;
  call.isGptLive ||= object.isGptLive === true;
  call.carrier = carrier ?? call.carrier;
  if (monitor) call.monitor = { ...call.monitor, ...monitor };
  call.type = type ?? call.type;
  if (source === 'rest' && isAnswered(call.status)) call.wasRead = true;
}

/** Adds what another instance knows of a call. */
export function mergeCall(call: LiveCall, other: LiveCall): void {
  if (other.statusAt > call.statusAt) {
    call.status = other.status;
    call.statusAt = other.statusAt;
  }
  call.answeredAt ??= other.answeredAt;
  call.type ??= other.type;
  call.carrier ??= other.carrier;
  call.assistantSeen ||= other.assistantSeen;
  call.isGptLive ||= other.isGptLive;
  call.hasTranscript ||= other.hasTranscript;
  call.hasHistory ||= other.hasHistory;
  if (other.monitor) call.monitor = { ...other.monitor, ...call.monitor };
}

/** Returns whether the call is known well enough to show and control it. Vapi requires only four other fields. */
export const isDescribed = ({ type, monitor, wasRead }: LiveCall): boolean =>
  wasRead || (type !== undefined && monitor !== undefined);

const isAnswered = (status: CallStatus): boolean => status === 'IN_PROGRESS' || status === 'FORWARDING';
