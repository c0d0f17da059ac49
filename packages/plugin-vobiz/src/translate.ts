/** What Vobiz's webhooks and stream messages mean, in Sidetone's events. Pure and total. */
import { getOwn, definedFields } from '@sidetone/plugin-kit';
import { type CallDirection, type CallStatus, type ProviderEvent } from '@sidetone/core';
import { endCategoryOf } from './calls/end-reasons.ts';
import { at, noticeIn } from './calls/notices.ts';
import type { VobizWebhook } from './webhook/webhook-form.ts';
import type { StreamMessageOf } from './wire.ts';

const STATUSES: Readonly<Record<string, CallStatus>> = {
  queued: 'QUEUED',
  ringing: 'RINGING',
  'early-media': 'RINGING',
  'in-progress': 'IN_PROGRESS',
};

const DIRECTIONS: Readonly<Record<string, CallDirection>> = { inbound: 'INBOUND', outbound: 'OUTBOUND' };

/** Events about a call as a whole. Others carry numbers of other parties, or come too late to tell a status. */
const ABOUT_THE_CALL: ReadonlySet<string> = new Set([
  'StartApp',
  'Ring',
  'Transfer',
  'Redirect',
  'MachineDetection',
  'ConferenceEnter',
]);

const NOTHING: readonly ProviderEvent[] = [];

/** Keys as they can be pressed. */
const DIGITS = /^[0-9*#A-D]+$/;

/** Two answers with the same words are told apart only by when they came: a delivery that is repeated comes sooner. */
const SAME_ANSWER_MS = 10_000;

/**
 * A number as it is dialled from anywhere: webhooks strip the `+` off international ones. A leading 0 is a national
 * number, whose country is not known, and stays as it is; so does what is no number.
 */
export function withPlus(number: string | undefined): string | undefined {
  return number !== undefined && /^[1-9]\d{7,14}$/.test(number) ? `+${number}` : number;
}

interface Told {
  readonly status?: string;
  readonly direction?: string;
  readonly from?: string;
  readonly to?: string;
  readonly createdAt?: number;
  readonly providerData?: Readonly<Record<string, unknown>>;
}

/** That there is a call, and what a webhook, a start or a live lookup tells about it. */
export function announce(callId: string, occurredAt: number, told: Told): ProviderEvent {
  const details = definedFields({
    direction: getOwn(DIRECTIONS, told.direction),
    from: withPlus(told.from),
    to: withPlus(told.to),
    createdAt: told.createdAt,
    providerData: told.providerData,
  });
  const status = getOwn(STATUSES, told.status);
  return { ...at(callId, occurredAt), type: 'call.started', ...definedFields({ status }), details };
}

/** Whether a webhook says that its call is over. It may come to the answer address as well. */
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
    announce(callId, occurredAt, webhook),
    {
      ...at(callId, occurredAt),
      dedupeKey: 'hangup',
      type: 'call.ended',
      end: {
        category,
        ...definedFields({ code: code === undefined ? cause : String(code), message: name ?? cause }),
      },
    },
    {
      ...at(callId, occurredAt),
      dedupeKey: 'hangup-report',
      type: 'call.report',
      // The total is often still zero when the call ends: then it is not known yet.
      ...(cost !== undefined && cost > 0 && { cost: { amount: cost, currency: 'INR' } }),
      ...(Object.keys(details).length > 0 && { details }),
      ...(Object.keys(providerData).length > 0 && { providerData }),
    },
  ];
}

/** Whether a webhook is about a recording. One of the two spellings has no name for its event. */
export const isRecording = ({ event, recording }: VobizWebhook): boolean =>
  recording !== undefined && (event === undefined || event.startsWith('Record'));

/** A recording that is ready; one that only began has no address yet. */
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
    { ...at(callId, receivedAt), dedupeKey: `recording:${id ?? url}`, type: 'call.report', providerData },
  ];
}

/** What the person pressed or said when asked. */
function gathered(
  { callId, gathered: told = {} }: VobizWebhook,
  receivedAt: number,
): readonly ProviderEvent[] {
  const { digits, speech, confidence } = told;
  const event = (what: string) => ({
    ...at(callId, receivedAt),
    dedupeKey: ['gather', Math.floor(receivedAt / SAME_ANSWER_MS), what].join(':'),
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

/** What a webhook tells beside the usual, for clients that know it. */
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

/** The events that follow from a webhook, in order. */
export function translateWebhook(webhook: VobizWebhook, receivedAt: number): readonly ProviderEvent[] {
  if (isHangup(webhook)) return ended(webhook, receivedAt);
  if (isRecording(webhook)) return recorded(webhook, receivedAt);
  const { callId, event, callStatus, dial } = webhook;
  const isAboutTheCall =
    event === undefined ? callStatus !== undefined : dial === undefined && ABOUT_THE_CALL.has(event);
  const told = {
    ...webhook,
    ...definedFields({ status: callStatus, providerData: providerDataOf(webhook) }),
  };
  return [
    ...(isAboutTheCall ? [announce(callId, receivedAt, told)] : NOTHING),
    ...gathered(webhook, receivedAt),
    ...noticeIn(webhook, receivedAt),
  ];
}

/** The events that follow from the start of a stream: whoever is heard is connected. */
export function translateStart(
  callId: string,
  { from, to, direction }: StreamMessageOf<'start'>,
  receivedAt: number,
): readonly ProviderEvent[] {
  return [
    ...((from ?? to ?? direction)
      ? [announce(callId, receivedAt, definedFields({ from, to, direction }))]
      : NOTHING),
    { ...at(callId, receivedAt), type: 'call.status', status: 'IN_PROGRESS' },
  ];
}

/** The events that follow from keys pressed. */
export function translateDtmf(
  callId: string,
  { digits, sequence, timestamp, streamId }: StreamMessageOf<'dtmf'>,
  receivedAt: number,
): readonly ProviderEvent[] {
  if (digits === undefined) return NOTHING;
  const place = sequence ?? timestamp;
  return [
    {
      ...at(callId, timestamp ?? receivedAt),
      ...(place !== undefined && { dedupeKey: ['dtmf', streamId, place].join(':') }),
      type: 'dtmf',
      digits,
    },
  ];
}

const unexplained = (callId: string, now: number, message: string): ProviderEvent => ({
  ...at(callId, now),
  type: 'call.ended',
  end: { category: 'UNKNOWN', message },
});

/** The end of a call that the live lookup no longer knows. */
export const translateGone = (callId: string, now: number): ProviderEvent =>
  unexplained(callId, now, 'Vobiz no longer lists this call as live, and no hangup was told.');

/** The end of a call that nobody can be asked about. */
export const translateLost = (callId: string, now: number): ProviderEvent =>
  unexplained(callId, now, 'No hangup was told in the time that a call can last.');
