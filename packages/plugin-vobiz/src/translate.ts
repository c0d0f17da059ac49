/** Translates Vobiz's webhooks and stream messages into provider events. Pure and total. */
import { getOwn, definedFields, parsePhoneNumber } from '@sidetone/plugin-kit';
import { type CallDirection, type CallStatus, type ProviderEvent } from '@sidetone/core';
import { endCategoryOf } from './calls/end-reasons.ts';
import { eventBase } from './calls/call-events.ts';
import { noticesIn } from './calls/notices.ts';
import type { VobizWebhook } from './webhook/webhook-form.ts';
import type { StreamMessageOf } from './wire.ts';

const STATUSES: Readonly<Record<string, CallStatus>> = {
  queued: 'QUEUED',
  ringing: 'RINGING',
  'early-media': 'RINGING',
  'in-progress': 'IN_PROGRESS',
};

const DIRECTIONS: Readonly<Record<string, CallDirection>> = { inbound: 'INBOUND', outbound: 'OUTBOUND' };

/** Events about a call as a whole. Others have the numbers of other parties, or arrive too late to report a status. */
const ABOUT_THE_CALL: ReadonlySet<string> = new Set([
  'StartApp',
  'Ring',
  'Transfer',
  'Redirect',
  'MachineDetection',
  'ConferenceEnter',
]);

const NOTHING: readonly ProviderEvent[] = [];

/** Valid DTMF digits. */
const DIGITS = /^[0-9*#A-D]+$/;

/** Two equal inputs of a caller within this time are one: the second is a redelivery, which arrives sooner, ms. */
const SAME_INPUT_MS = 10_000;

/**
 * Adds the `+` that webhooks strip off international numbers. A national number, whose country is unknown, is unchanged: one
 * with a leading 0, or ten digits, which are no number with a country code; so is a text that is not a number.
 */
export function withPlus(number: string | undefined): string | undefined {
  return number !== undefined && /^[1-9]\d{10,14}$/.test(number) && parsePhoneNumber(`+${number}`)
    ? `+${number}`
    : number;
}

/** What a webhook, a start message or a live lookup contains about a call. */
interface CallFields {
  readonly status?: string;
  readonly direction?: string;
  readonly from?: string;
  readonly to?: string;
  readonly createdAt?: number;
  readonly providerData?: Readonly<Record<string, unknown>>;
}

/** Returns the event that a call exists, with its details and status as far as they are known. */
export function callStarted(callId: string, occurredAt: number, fields: CallFields): ProviderEvent {
  const details = definedFields({
    direction: getOwn(DIRECTIONS, fields.direction),
    from: withPlus(fields.from),
    to: withPlus(fields.to),
    createdAt: fields.createdAt,
    providerData: fields.providerData,
  });
  const status = getOwn(STATUSES, fields.status);
  return { ...eventBase(callId, occurredAt), type: 'call.started', ...definedFields({ status }), details };
}

/** Returns whether a webhook reports the end of its call. It may be sent to the answer URL as well. */
export const isHangup = ({ event, hangup }: VobizWebhook): boolean =>
  event === 'Hangup' || (event === undefined && hangup?.cause !== undefined);

function ended(webhook: VobizWebhook, occurredAt: number): readonly ProviderEvent[] {
  const { callId, hangup = {}, direction } = webhook;
  const { code, cause, name, source, durationSeconds, billedSeconds, cost, answeredAt, endedAt } = hangup;
  const category = endCategoryOf(
    definedFields({ code, cause, source, direction: getOwn(DIRECTIONS, direction) }),
  );
  const providerData = definedFields({
    durationSeconds,
    billedSeconds,
    hangupCause: cause,
    hangupSource: source,
  });
  const details = definedFields({ answeredAt, endedAt });
  return [
    callStarted(callId, occurredAt, webhook),
    {
      ...eventBase(callId, occurredAt),
      dedupeKey: 'hangup',
      type: 'call.ended',
      end: {
        category,
        ...definedFields({ code: code === undefined ? cause : String(code), message: name ?? cause }),
      },
    },
    {
      ...eventBase(callId, occurredAt),
      dedupeKey: 'hangup-report',
      type: 'call.report',
      // A total of zero means that the cost is not known yet.
      ...(cost !== undefined && cost > 0 && { cost: { amount: cost, currency: 'INR' } }),
      ...(Object.keys(details).length > 0 && { details }),
      ...(Object.keys(providerData).length > 0 && { providerData }),
    },
  ];
}

/** Returns whether a webhook is about a recording. One of its two forms has no event name. */
export const isRecording = ({ event, recording }: VobizWebhook): boolean =>
  recording !== undefined && (event === undefined || event.startsWith('Record'));

/** Reports a finished recording; one that has only started has no URL yet. */
function recorded({ callId, recording = {} }: VobizWebhook, receivedAt: number): readonly ProviderEvent[] {
  const { id, url, durationMs, startedAt, endedAt, endReason } = recording;
  if (url === undefined) return NOTHING;
  const providerData = definedFields({
    recordingId: id,
    recordingUrl: url,
    recordingDurationMs: durationMs,
    recordingStartedAt: startedAt,
    recordingEndedAt: endedAt,
    recordingEndReason: endReason,
  });
  return [
    {
      ...eventBase(callId, receivedAt),
      dedupeKey: `recording:${id ?? url}`,
      type: 'call.report',
      providerData,
    },
  ];
}

/** Reports the digits or speech of the caller in response to `Gather`. */
function gathered(
  { callId, gathered: input = {} }: VobizWebhook,
  receivedAt: number,
): readonly ProviderEvent[] {
  const { digits, speech, confidence } = input;
  const event = (content: string) => ({
    ...eventBase(callId, receivedAt),
    dedupeKey: ['gather', Math.floor(receivedAt / SAME_INPUT_MS), content].join(':'),
  });
  return [
    ...(digits !== undefined && DIGITS.test(digits)
      ? [{ ...event(digits), type: 'dtmf', digits } as const]
      : NOTHING),
    ...(speech !== undefined
      ? [
          {
            ...event(speech),
            type: 'utterance.final',
            party: 'CUSTOMER',
            text: speech,
            ...definedFields({ confidence }),
          } as const,
        ]
      : NOTHING),
  ];
}

/** Returns Vobiz's own fields, for clients that know them. */
function providerDataOf({
  conference,
  machine,
}: VobizWebhook): Readonly<Record<string, unknown>> | undefined {
  const data = definedFields({
    conferenceId: conference?.id,
    conferenceName: conference?.name,
    conferenceMemberId: conference?.memberId,
    answeredByMachine: machine,
  });
  return Object.keys(data).length > 0 ? data : undefined;
}

/** Returns the events that follow from a webhook, in order. */
export function translateWebhook(webhook: VobizWebhook, receivedAt: number): readonly ProviderEvent[] {
  if (isHangup(webhook)) return ended(webhook, receivedAt);
  if (isRecording(webhook)) return recorded(webhook, receivedAt);
  const { callId, event, callStatus, dial } = webhook;
  const isAboutTheCall =
    event === undefined ? callStatus !== undefined : dial === undefined && ABOUT_THE_CALL.has(event);
  const fields = {
    ...webhook,
    ...definedFields({ status: callStatus, providerData: providerDataOf(webhook) }),
  };
  return [
    ...(isAboutTheCall ? [callStarted(callId, receivedAt, fields)] : NOTHING),
    ...gathered(webhook, receivedAt),
    ...noticesIn(webhook, receivedAt),
  ];
}

/** Returns the events that follow from the start of a stream: a call with audio is in progress. */
export function translateStart(
  callId: string,
  { from, to, direction }: StreamMessageOf<'start'>,
  receivedAt: number,
): readonly ProviderEvent[] {
  return [
    ...((from ?? to ?? direction)
      ? [callStarted(callId, receivedAt, definedFields({ from, to, direction }))]
      : NOTHING),
    { ...eventBase(callId, receivedAt), type: 'call.status', status: 'IN_PROGRESS' },
  ];
}

/** Returns the events that follow from a DTMF message. */
export function translateDtmf(
  callId: string,
  { digits, sequence, timestamp, streamId }: StreamMessageOf<'dtmf'>,
  receivedAt: number,
): readonly ProviderEvent[] {
  if (digits === undefined) return NOTHING;
  const position = sequence ?? timestamp;
  return [
    {
      ...eventBase(callId, timestamp ?? receivedAt),
      ...(position !== undefined && { dedupeKey: ['dtmf', streamId, position].join(':') }),
      type: 'dtmf',
      digits,
    },
  ];
}

const unexplained = (callId: string, now: number, message: string): ProviderEvent => ({
  ...eventBase(callId, now),
  type: 'call.ended',
  end: { category: 'UNKNOWN', message },
});

/** Returns the end of a call that the live lookup no longer finds. */
export const translateGone = (callId: string, now: number): ProviderEvent =>
  unexplained(callId, now, 'Vobiz no longer lists this call as live and sent no hangup.');

/** Returns the end of a call that cannot be looked up because there are no keys. */
export const translateLost = (callId: string, now: number): ProviderEvent =>
  unexplained(callId, now, 'No hangup was received within the longest possible duration of a call.');
