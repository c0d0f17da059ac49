/** What Vobiz's webhooks and stream messages mean, in Sidetone's events. Pure and total. */
import {
  lookUp,
  present,
  providerCallId,
  type CallDirection,
  type CallStatus,
  type ProviderEvent,
} from '@sidetone/core';
import { endCategoryOf } from './end-reasons.ts';
import type { VobizWebhook } from './webhook-form.ts';
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
]);

const NOTHING: readonly ProviderEvent[] = [];

/** What a status callback of a stream tells an operator; the others are routine. */
const STREAM_NOTICES: Readonly<Record<string, { readonly code: string; readonly message: string }>> = {
  DegradedStream: {
    code: 'VOBIZ_STREAM_DEGRADED',
    message: 'Vobiz reports that the path of an audio stream is getting bad.',
  },
  DroppedStream: {
    code: 'VOBIZ_STREAM_DROPPED',
    message: 'Vobiz reports that it lost the socket of an audio stream.',
  },
  MediaError: {
    code: 'VOBIZ_STREAM_MEDIA_ERROR',
    message: 'Vobiz reports an error with the media of an audio stream.',
  },
};

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
}

const at = (callId: string, occurredAt: number) => ({ providerCallId: providerCallId(callId), occurredAt });

/** That there is a call, and what a webhook, a start or a live lookup tells about it. */
export function announce(callId: string, occurredAt: number, told: Told): ProviderEvent {
  const details = present({
    direction: lookUp(DIRECTIONS, told.direction),
    from: withPlus(told.from),
    to: withPlus(told.to),
    createdAt: told.createdAt,
  });
  const status = lookUp(STATUSES, told.status);
  return { ...at(callId, occurredAt), type: 'call.started', ...present({ status }), details };
}

/** Whether a webhook says that its call is over. It may come to the answer address as well. */
export const isHangup = ({ event, hangup }: VobizWebhook): boolean =>
  event === 'Hangup' || (event === undefined && hangup?.cause !== undefined);

function ended(webhook: VobizWebhook, occurredAt: number): readonly ProviderEvent[] {
  const { callId, hangup = {}, direction } = webhook;
  const { code, cause, name, source, durationSeconds, billedSeconds, cost } = hangup;
  const category = endCategoryOf(present({ code, cause, source, direction: lookUp(DIRECTIONS, direction) }));
  const providerData = present({
    durationSeconds,
    billedSeconds,
    hangupCause: cause,
    hangupSource: source,
  });
  return [
    announce(callId, occurredAt, webhook),
    {
      ...at(callId, occurredAt),
      dedupeKey: 'hangup',
      type: 'call.ended',
      end: {
        category,
        ...present({ code: code === undefined ? cause : String(code), message: name ?? cause }),
      },
    },
    {
      ...at(callId, occurredAt),
      dedupeKey: 'hangup-report',
      type: 'call.report',
      // The total is often still zero when the call ends: then it is not known yet.
      ...(cost !== undefined && cost > 0 && { cost: { amount: cost, currency: 'INR' } }),
      ...(Object.keys(providerData).length > 0 && { providerData }),
    },
  ];
}

/** The events that follow from a webhook, in order. */
export function translateWebhook(webhook: VobizWebhook, receivedAt: number): readonly ProviderEvent[] {
  if (isHangup(webhook)) return ended(webhook, receivedAt);
  const { callId, event, callStatus, streamId, timestamp } = webhook;
  const notice = lookUp(STREAM_NOTICES, event);
  if (notice) {
    const dedupeKey = [event, streamId, timestamp].join(':');
    return [{ ...at(callId, receivedAt), dedupeKey, type: 'notice', ...notice }];
  }
  const isAboutTheCall = event === undefined ? callStatus !== undefined : ABOUT_THE_CALL.has(event);
  return isAboutTheCall
    ? [announce(callId, receivedAt, { ...webhook, ...present({ status: callStatus }) })]
    : NOTHING;
}

/** The events that follow from the start of a stream: whoever is heard is connected. */
export function translateStart(
  callId: string,
  { from, to, direction }: StreamMessageOf<'start'>,
  receivedAt: number,
): readonly ProviderEvent[] {
  return [
    ...((from ?? to ?? direction)
      ? [announce(callId, receivedAt, present({ from, to, direction }))]
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

/** The end of a call that the live lookup no longer knows. */
export function translateGone(callId: string, now: number): ProviderEvent {
  return {
    ...at(callId, now),
    type: 'call.ended',
    end: { category: 'UNKNOWN', message: 'Vobiz no longer lists this call as live, and no hangup was told.' },
  };
}
