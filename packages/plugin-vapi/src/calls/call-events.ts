/** What a call object, in a webhook or from REST, tells in Sidetone's words. Pure and total. */
import { createHash } from 'node:crypto';
import { getOwn, definedFields } from '@sidetone/plugin-kit';
import {
  providerCallId,
  type CallDetails,
  type CallDirection,
  type CallEnd,
  type CallStatus,
  type EndCategory,
  type ProviderCallId,
  type ProviderEvent,
} from '@sidetone/core';
import type { VapiAssistant, VapiCall, VapiReport } from './call-object.ts';
import { endCategoryOf } from './end-reasons.ts';

/** What is known about the call of a message before it. */
export interface KnownCall {
  /** Whether the call was heard of before. */
  readonly isKnown?: boolean;
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

/** Calls that ended like this were not answered, unless something was said in them. */
const UNANSWERED_ENDS: ReadonlySet<EndCategory> = new Set(['NO_ANSWER', 'BUSY', 'REJECTED', 'CONFIGURATION']);

/** Vapi's word for a status, in ours. */
export const statusOf = (word: string | undefined): CallStatus | undefined => getOwn(STATUSES, word);

/** Stands for words or numbers in a key, which is kept and compared but is no place for them. */
export const digest = (text: string): string =>
  createHash('sha256').update(text).digest('base64url').slice(0, 22);

/** Whether the call is over: by its status or, where that is no known word, by when it ended. */
export function isOver({ status, report }: VapiCall): boolean {
  return statusOf(status) === 'ENDED' || (statusOf(status) === undefined && report.endedAt !== undefined);
}

/** Why a call is over. */
export function endOf({ endedReason, endedMessage }: VapiReport): CallEnd {
  return {
    category: endCategoryOf(endedReason),
    ...definedFields({ code: endedReason, message: endedMessage }),
  };
}

/** Who and when of an event. */
export interface EventBase {
  readonly providerCallId: ProviderCallId;
  readonly occurredAt: number;
}

/**
 * A report as its event. The key is its content without presigned addresses, so the same report is one, whether it is
 * delivered twice or read from REST.
 */
export function reportOf(report: VapiReport, base: EventBase): ProviderEvent {
  const { summary, cost, providerData, utterances, startedAt, endedAt } = report;
  const wasAnswered = utterances.length > 0 || !UNANSWERED_ENDS.has(endCategoryOf(report.endedReason));
  const details = definedFields({ answeredAt: wasAnswered ? startedAt : undefined, endedAt });
  const told = {
    ...definedFields({ summary }),
    ...(cost !== undefined && { cost: { amount: cost, currency: 'USD' } }),
    ...(Object.keys(details).length > 0 && { details }),
    ...(Object.keys(providerData).length > 0 && { providerData }),
    ...(utterances.length > 0 && { utterances }),
  };
  return { ...base, dedupeKey: `report:${digest(JSON.stringify(told))}`, type: 'call.report', ...told };
}

function partiesOf(direction: CallDirection | undefined, customer?: string, phoneNumber?: string) {
  if (direction === undefined) return {};
  return direction === 'OUTBOUND'
    ? definedFields({ from: phoneNumber, to: customer })
    : definedFields({ from: customer, to: phoneNumber });
}

/** What a message tells beside its call object. */
export interface TellsParties {
  readonly customer?: string;
  readonly phoneNumber?: string;
  readonly assistant?: VapiAssistant;
}

/** What a call object, and the message around it, tell besides the status. */
export function detailsOf(call: VapiCall, known: KnownCall, told: TellsParties = {}): CallDetails {
  const direction = getOwn(DIRECTIONS, call.type);
  const providerData = definedFields({
    type: call.type,
    name: call.name,
    phoneCallProvider: call.carrier,
    phoneCallTransport: call.carrierTransport,
  });
  const { lastAssistant } = call.report;
  const assistant = definedFields({
    providerAssistantId: lastAssistant?.id ?? call.assistant.id,
    name: lastAssistant?.name ?? call.assistant.name ?? told.assistant?.name,
  });
  const tellsAssistant = !known.assistantSeen && Object.keys(assistant).length > 0;
  return {
    ...partiesOf(direction, told.customer ?? call.customer, told.phoneNumber ?? call.phoneNumber),
    ...definedFields({ direction, createdAt: call.createdAt }),
    ...(tellsAssistant && { assistant }),
    ...(Object.keys(providerData).length > 0 && { providerData }),
  };
}

/**
 * The events that follow from a call object that REST answered with, having been asked at `askedAt`: that one is not
 * stale, so its status counts.
 */
export function translateCall(call: VapiCall, askedAt: number, known: KnownCall): readonly ProviderEvent[] {
  const id = providerCallId(call.id);
  const details = detailsOf(call, known);
  if (isOver(call)) {
    const at = { providerCallId: id, occurredAt: call.report.endedAt ?? askedAt };
    return [
      { ...at, occurredAt: call.createdAt ?? at.occurredAt, type: 'call.started', details },
      { ...at, type: 'call.ended', end: endOf(call.report) },
      reportOf(call.report, at),
    ];
  }
  const status = statusOf(call.status);
  const isAnswered = status === 'IN_PROGRESS' || status === 'FORWARDING';
  return [
    {
      providerCallId: id,
      occurredAt: askedAt,
      type: 'call.started',
      details: { ...details, ...definedFields({ answeredAt: isAnswered ? call.startedAt : undefined }) },
      ...definedFields({ status }),
    },
  ];
}
