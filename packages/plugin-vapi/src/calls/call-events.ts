/** Translates call objects, from webhooks or the REST API, to events. Pure and total. */
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

/** What is known of a call before a message is translated. */
export interface KnownCall {
  /** Whether the call was reported before. */
  readonly isKnown?: boolean;
  readonly status?: CallStatus;
  /** When the call was answered, epoch ms. */
  readonly answeredAt?: number | undefined;
  /** Whether an event named the assistant: from then on the one in the call object is outdated. */
  readonly assistantSeen: boolean;
  /** What provides the transcript, as far as instances at other nodes have seen it. */
  readonly hasTranscript?: boolean;
  readonly hasHistory?: boolean;
}

/** The statuses of a call object. An unknown one is ignored. */
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

/** Calls that ended like this were not answered, unless they have a transcript. */
const UNANSWERED_ENDS: ReadonlySet<EndCategory> = new Set(['NO_ANSWER', 'BUSY', 'REJECTED', 'CONFIGURATION']);

/** Returns the status of a call by Vapi's name for it; undefined if it is unknown. */
export const statusOf = (status: string | undefined): CallStatus | undefined => getOwn(STATUSES, status);

/** Hashes a text for a dedupe key, which must not contain transcripts or phone numbers. */
export const digest = (text: string): string =>
  createHash('sha256').update(text).digest('base64url').slice(0, 22);

/** Returns whether the call has ended: by its status or, if that is unknown, by its end time. */
export function hasEnded({ status, report }: VapiCall): boolean {
  return statusOf(status) === 'ENDED' || (statusOf(status) === undefined && report.endedAt !== undefined);
}

/** Returns why a call ended. */
export function endOf({ endedReason, endedMessage }: VapiReport): CallEnd {
  return {
    category: endCategoryOf(endedReason),
    ...definedFields({ code: endedReason, message: endedMessage }),
  };
}

/** The fields that all events have. */
export interface EventBase {
  readonly providerCallId: ProviderCallId;
  readonly occurredAt: number;
}

/**
 * Returns the event of a report. Its dedupe key is derived from the content without presigned URLs, so a report that is delivered
 * twice, or also read from the REST API, counts once.
 */
export function reportOf(report: VapiReport, base: EventBase): ProviderEvent {
  const { summary, cost, providerData, utterances, startedAt, endedAt } = report;
  const wasAnswered = utterances.length > 0 || !UNANSWERED_ENDS.has(endCategoryOf(report.endedReason));
  const details = definedFields({ answeredAt: wasAnswered ? startedAt : undefined, endedAt });
  const fields = {
    ...definedFields({ summary }),
    ...(cost !== undefined && { cost: { amount: cost, currency: 'USD' } }),
    ...(Object.keys(details).length > 0 && { details }),
    ...(Object.keys(providerData).length > 0 && { providerData }),
    ...(utterances.length > 0 && { utterances }),
  };
  return { ...base, dedupeKey: `report:${digest(JSON.stringify(fields))}`, type: 'call.report', ...fields };
}

/** Returns the caller and the called party. A call whose direction is unknown is shown as a call from the person. */
function partiesOf(direction: CallDirection | undefined, customer?: string, phoneNumber?: string) {
  return direction === 'OUTBOUND'
    ? definedFields({ from: phoneNumber, to: customer })
    : definedFields({ from: customer, to: phoneNumber });
}

/** What a message contains besides its call object. */
interface MessageDetails {
  readonly customer?: string;
  readonly phoneNumber?: string;
  readonly assistant?: VapiAssistant;
  /** Whether the message is the last one of its call. */
  readonly isReport?: boolean;
}

/** Returns the details of a call object and the message that contains it. */
export function detailsOf(call: VapiCall, known: KnownCall, message: MessageDetails = {}): CallDetails {
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
    name: lastAssistant?.name ?? call.assistant.name ?? message.assistant?.name,
  });
  const customer = message.customer ?? call.customer;
  const phoneNumber = message.phoneNumber ?? call.phoneNumber;
  // The direction of a call that was reported before is known from then, or is requested.
  const hasParties = direction !== undefined || (known.isKnown !== true && message.isReport === true);
  const hasAssistant = !known.assistantSeen && Object.keys(assistant).length > 0;
  return {
    ...(hasParties && partiesOf(direction, customer, phoneNumber)),
    ...definedFields({ direction, createdAt: call.createdAt }),
    ...(hasAssistant && { assistant }),
    ...(Object.keys(providerData).length > 0 && { providerData }),
  };
}

/**
 * Returns the events of a call object that the REST API returned to a request made at `requestedAt`, epoch ms. It is not stale, so
 * its status is used.
 */
export function translateCall(
  call: VapiCall,
  requestedAt: number,
  known: KnownCall,
): readonly ProviderEvent[] {
  const id = providerCallId(call.id);
  const details = detailsOf(call, known);
  if (hasEnded(call)) {
    const at = { providerCallId: id, occurredAt: call.report.endedAt ?? requestedAt };
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
      occurredAt: requestedAt,
      type: 'call.started',
      details: { ...details, ...definedFields({ answeredAt: isAnswered ? call.startedAt : undefined }) },
      ...definedFields({ status }),
    },
  ];
}
