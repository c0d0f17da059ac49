/** Decodes Vobiz's webhooks from form fields: all of them are texts, and any may be missing. Pure and total. */
import { instantOf, numberOf, definedFields, textOf } from '@sidetone/plugin-kit';
import { CALL_ID } from './call-id.ts';

/** A decoded webhook. Missing fields are absent. */
export interface VobizWebhook {
  readonly callId: string;
  readonly event?: string;
  readonly callStatus?: string;
  readonly direction?: string;
  readonly from?: string;
  readonly to?: string;
  readonly createdAt?: number;
  readonly streamId?: string;
  /** Name of the checkpoint that a stream reached. */
  readonly name?: string;
  /** As received; part of dedupe keys. */
  readonly timestamp?: string;
  readonly hangup?: {
    readonly cause?: string;
    readonly code?: number;
    readonly name?: string;
    readonly source?: string;
    readonly durationSeconds?: number;
    readonly billedSeconds?: number;
    /** INR. */
    readonly cost?: number;
    readonly answeredAt?: number;
    readonly endedAt?: number;
  };
  /** True if a machine answered; otherwise absent. */
  readonly machine?: boolean;
  /** Another leg that was dialled for this call. */
  readonly dial?: {
    readonly legId?: string;
    /** The result of the dial once it has ended: `completed`, `busy`, ... */
    readonly status?: string;
  };
  readonly conference?: { readonly id?: string; readonly name?: string; readonly memberId?: string };
  readonly recording?: {
    readonly id?: string;
    readonly url?: string;
    readonly durationMs?: number;
    readonly startedAt?: number;
    readonly endedAt?: number;
    readonly endReason?: string;
  };
  /** Digits or speech of the caller in response to `Gather`. */
  readonly gathered?: {
    readonly digits?: string;
    readonly speech?: string;
    /** 0 to 1. */
    readonly confidence?: number;
  };
}

type DecodedWebhook =
  { readonly ok: true; readonly webhook: VobizWebhook } | { readonly ok: false; readonly problem: string };

/** The zone of times without one: India has no daylight saving time. */
const IST = '+05:30';

type Field = (...names: readonly string[]) => string | undefined;

/** Returns `fields`, or undefined if there are none. */
const unlessEmpty = <Fields extends object>(fields: Fields): Fields | undefined =>
  Object.keys(fields).length > 0 ? fields : undefined;

/** Reads what only some webhooks contain, under the field names of each. */
const readParts = (text: Field) =>
  definedFields({
    machine: /^true$/i.test(text('Machine', 'IfMachine') ?? 'no') || undefined,
    dial: unlessEmpty(
      definedFields({
        legId: text('DialBLegUUID'),
        status: text('DialStatus', 'DialRingStatus')?.toLowerCase(),
      }),
    ),
    conference: unlessEmpty(
      definedFields({
        id: text('ConferenceUUID'),
        name: text('ConferenceName'),
        memberId: text('ConferenceMemberID'),
      }),
    ),
    recording: unlessEmpty(
      definedFields({
        id: text('RecordingID', 'recording_id'),
        url: text('RecordUrl', 'RecordFile', 'record_url'),
        durationMs: durationOf(text('RecordingDurationMs', 'recording_duration_ms')),
        startedAt: instantOf(text('RecordingStartMs', 'recording_start_ms')),
        endedAt: instantOf(text('RecordingEndMs', 'recording_end_ms')),
        endReason: text('RecordingEndReason'),
      }),
    ),
    gathered: unlessEmpty(
      definedFields({
        digits: text('Digits'),
        speech: text('Speech'),
        confidence: shareOf(text('SpeechConfidenceScore')),
      }),
    ),
  });

/** Returns a duration; -1 means unknown. */
function durationOf(text: string | undefined): number | undefined {
  const ms = numberOf(text);
  return ms === undefined || ms < 0 ? undefined : ms;
}

/** Returns a number from 0 to 1. */
function shareOf(text: string | undefined): number | undefined {
  const share = numberOf(text);
  return share === undefined || share < 0 || share > 1 ? undefined : share;
}

/** Decodes the form fields of a webhook, from a body or a query. */
export function decodeWebhook(fields: URLSearchParams): DecodedWebhook {
  const text: Field = (...names) => names.map((name) => textOf(fields.get(name))).find((value) => value);
  const callId = text('CallUUID', 'call_uuid', 'DialALegUUID');
  if (callId === undefined) return { ok: false, problem: 'webhook without CallUUID' };
  if (!CALL_ID.test(callId)) return { ok: false, problem: 'CallUUID: expected a valid call id' };
  const hangup = definedFields({
    cause: text('HangupCause'),
    code: numberOf(text('HangupCauseCode')),
    name: text('HangupCauseName'),
    source: text('HangupSource'),
    durationSeconds: numberOf(text('Duration')),
    billedSeconds: numberOf(text('BillDuration')),
    cost: numberOf(text('TotalCost')),
    answeredAt: instantOf(text('AnswerTime'), IST),
    endedAt: instantOf(text('EndTime'), IST),
  });
  return {
    ok: true,
    webhook: {
      callId,
      ...readParts(text),
      ...definedFields({
        event: text('Event'),
        callStatus: text('CallStatus')?.toLowerCase(),
        direction: text('Direction')?.toLowerCase(),
        from: text('From'),
        to: text('To'),
        createdAt: instantOf(text('SessionStart'), 'Z'),
        streamId: text('StreamID', 'StreamId'),
        name: text('Name'),
        timestamp: text('Timestamp'),
        hangup: unlessEmpty(hangup),
      }),
    },
  };
}
