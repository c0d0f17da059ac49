// The form fields of Vobiz's webhooks. Every value is text. `SessionStart` is UTC while the other times of the same
// request are Indian time. By default, numbers have no plus sign.

import type { VobizWebhookBehaviour } from '../behaviour.ts';
import type { Hangup } from './hangup.ts';

const INDIA_AHEAD_MS = 5.5 * 3_600_000;

/** The format of telephone numbers. */
type NumberFormat = VobizWebhookBehaviour['numberFormat'];

/** A leg that was dialled for a call, and has ended. It is charged, and has a record, like a call. */
export interface DialledLeg {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly createdAt: number;
  readonly answeredAt: number | undefined;
  readonly endedAt: number;
  readonly hangup: Hangup;
}

/** The data of a call from which all webhooks about it are created. */
export interface VobizRecord {
  readonly id: string;
  readonly authId: string;
  readonly direction: 'inbound' | 'outbound';
  readonly from: string;
  readonly to: string;
  readonly createdAt: number;
  answeredAt: number | undefined;
  endedAt: number | undefined;
  status: 'ringing' | 'in-progress' | 'completed';
  hangup: Hangup | undefined;
  /** By how much the clock of the cloud was set during the call. */
  clockOffsetMs: number;
  readonly legs: DialledLeg[];
}

/** An event of a stream's status callback. */
export interface StreamStatusEvent {
  readonly event:
    'StartStream' | 'PlayedStream' | 'ClearedAudio' | 'DegradedStream' | 'DroppedStream' | 'StopStream';
  readonly streamId: string;
  readonly serviceUrl: string;
  readonly callbackUrl: string;
  readonly callbackMethod: string;
  readonly extraHeaders: Readonly<Record<string, string>>;
  readonly at: number;
  /** The checkpoint that was reached. */
  readonly name?: string;
}

const STREAM_ERRORS: Partial<Record<StreamStatusEvent['event'], string>> = {
  DegradedStream: 'connection degraded',
  DroppedStream: 'connection disconnected with the remote service',
};

/** Returns the fields that every webhook about a call has. */
export function commonForm(
  record: VobizRecord,
  event: string,
  format: NumberFormat = 'plain',
): Record<string, string> {
  const { id, authId, direction, from, to, createdAt, status } = record;
  return {
    CallUUID: id,
    RequestUUID: id,
    ALegUUID: id,
    ALegRequestUUID: id,
    From: numberText(from, format),
    To: numberText(to, format),
    Direction: direction,
    ParentAuthID: authId,
    SessionStart: `${utcTime(createdAt)}.${String(createdAt % 1000).padStart(3, '0')}000`,
    BillRate: '0.00000',
    CountryCode: '',
    RouteType: 'Not_Domestic',
    STIRVerification: 'Not Applicable',
    STIRAttestation: '',
    Event: event,
    CallStatus: status,
  };
}

/** Returns the fields of the hangup webhook. */
export function hangupForm(
  record: VobizRecord,
  hangup: Hangup,
  format: NumberFormat = 'plain',
): Record<string, string> {
  const { createdAt, answeredAt, endedAt = createdAt, clockOffsetMs } = record;
  const seconds = answeredAt === undefined ? 0 : Math.round((endedAt - answeredAt) / 1000);
  return {
    ...commonForm(record, 'Hangup', format),
    HangupCause: hangup.cause,
    HangupCauseCode: hangup.code,
    HangupCauseName: hangup.name,
    HangupSource: hangup.source,
    Duration: String(seconds),
    BillDuration: String(Math.ceil(seconds / 60) * 60),
    StartTime: indianTime(createdAt),
    AnswerTime: answeredAt === undefined ? '' : indianTime(answeredAt),
    EndTime: indianTime(endedAt + clockOffsetMs),
    TotalCost: '0.00000',
  };
}

/** Returns the fields of a stream's status callback. */
export function streamForm(
  record: VobizRecord,
  event: StreamStatusEvent,
  format: NumberFormat = 'plain',
): Record<string, string> {
  return {
    From: numberText(record.from, format),
    To: numberText(record.to, format),
    CallUUID: record.id,
    Event: event.event,
    StreamID: event.streamId,
    Error: STREAM_ERRORS[event.event] ?? '',
    ParentAuthID: record.authId,
    status_callback_url: event.callbackUrl,
    status_callback_method: event.callbackMethod,
    Timestamp: utcTime(event.at),
    ...(event.event === 'StartStream' ? { ServiceURL: event.serviceUrl } : {}),
    ...(event.name === undefined ? {} : { Name: event.name }),
    ...Object.fromEntries(Object.entries(event.extraHeaders).map(([key, value]) => [`X-VH-${key}`, value])),
  };
}

/** Formats a time as `YYYY-MM-DD HH:MM:SS` in UTC. */
export function utcTime(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 19).replace('T', ' ');
}

/** Formats a time as `YYYY-MM-DD HH:MM:SS` in Indian time. */
function indianTime(epochMs: number): string {
  return utcTime(epochMs + INDIA_AHEAD_MS);
}

/** Formats a number as in webhooks: without its plus sign, or without its country code. */
export function numberText(number: string, format: NumberFormat): string {
  if (format === 'plus') return number;
  if (format === 'national') return number.replace(/^\+?91/, '0');
  return number.replace(/^\+/, '');
}
