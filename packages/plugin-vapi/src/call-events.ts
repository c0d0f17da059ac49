/** What a call object, in a webhook or from REST, tells in Sidetone's words. Pure and total. */
import {
  lookUp,
  present,
  providerCallId,
  type CallDetails,
  type CallDirection,
  type CallEnd,
  type CallStatus,
  type ProviderEvent,
} from '@sidetone/core';
import type { VapiAssistant, VapiCall, VapiReport } from './call-object.ts';
import { endCategoryOf } from './end-reasons.ts';

/** What is known about the call of a message before it. */
export interface KnownCall {
  readonly status?: CallStatus;
  /** Whether the assistant has been told by an event: from then on the call object's is the old one. */
  readonly assistantSeen: boolean;
}

/** Vapi's words for a call's status. Those that are missing say nothing about a live call. */
const STATUSES: Readonly<Record<string, CallStatus>> = {
  scheduled: 'QUEUED',
  queued: 'QUEUED',
  ringing: 'RINGING',
  'in-progress': 'IN_PROGRESS',
  forwarding: 'FORWARDING',
  ended: 'ENDED',
};

const DIRECTIONS: Readonly<Record<string, CallDirection>> = {
  inboundPhoneCall: 'INBOUND',
  outboundPhoneCall: 'OUTBOUND',
  webCall: 'WEB',
  'vapi.websocketCall': 'WEB',
};

/** Vapi's word for a status, in ours. */
export const statusOf = (word: string | undefined): CallStatus | undefined => lookUp(STATUSES, word);

/** Why a call is over. */
export function endOf({ endedReason, endedMessage }: VapiReport): CallEnd {
  return {
    category: endCategoryOf(endedReason),
    ...present({ code: endedReason, message: endedMessage }),
  };
}

/** A report's part of its event. */
export function reportOf({ summary, cost, providerData }: VapiReport) {
  return {
    type: 'call.report' as const,
    ...(summary !== undefined && { summary }),
    ...(cost !== undefined && { cost: { amount: cost, currency: 'USD' } }),
    ...(Object.keys(providerData).length > 0 && { providerData }),
  };
}

function partiesOf(direction: CallDirection | undefined, customer?: string, phoneNumber?: string) {
  if (direction === undefined) return {};
  return direction === 'OUTBOUND'
    ? present({ from: phoneNumber, to: customer })
    : present({ from: customer, to: phoneNumber });
}

/** What a message tells beside its call object. */
export interface TellsParties {
  readonly customer?: string;
  readonly phoneNumber?: string;
  readonly assistant?: VapiAssistant;
}

/** What a call object, and the message around it, tell besides the status. */
export function detailsOf(call: VapiCall, known: KnownCall, told: TellsParties = {}): CallDetails {
  const direction = lookUp(DIRECTIONS, call.type);
  const providerData = present({
    type: call.type,
    name: call.name,
    phoneCallProvider: call.carrier,
    phoneCallTransport: call.carrierTransport,
  });
  const assistant = present({
    providerAssistantId: call.assistant.id,
    name: call.assistant.name ?? told.assistant?.name,
  });
  const tellsAssistant = !known.assistantSeen && Object.keys(assistant).length > 0;
  return {
    ...partiesOf(direction, told.customer ?? call.customer, told.phoneNumber ?? call.phoneNumber),
    ...present({ direction, createdAt: call.createdAt }),
    ...(tellsAssistant && { assistant }),
    ...(Object.keys(providerData).length > 0 && { providerData }),
  };
}

/** The events that follow from a call object that REST answered with at `now`: that one is not stale. */
export function translateCall(call: VapiCall, now: number, known: KnownCall): readonly ProviderEvent[] {
  const status = statusOf(call.status);
  const id = providerCallId(call.id);
  const details = detailsOf(call, known);
  if (status !== 'ENDED') {
    return [{ providerCallId: id, occurredAt: now, type: 'call.started', details, ...present({ status }) }];
  }
  const at = { providerCallId: id, occurredAt: call.report.endedAt ?? now };
  const { cost, ...rest } = call.report;
  // Costs settle some seconds after the end: until then they read zero.
  const report = cost === undefined || cost === 0 ? rest : { ...rest, cost };
  return [
    { ...at, type: 'call.started', details },
    { ...at, type: 'call.ended', end: endOf(call.report) },
    { ...at, dedupeKey: `call:${call.report.endedAt}:${cost}`, ...reportOf(report) },
  ];
}
