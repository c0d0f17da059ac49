/** Vobiz's webhooks, from form fields to values: all of them texts, and any of them missing. Pure and total. */
import { instantOf, numberOf, present, textOf } from '@sidetone/core';

/** A webhook, by its form fields. What is not told is absent. */
export interface VobizWebhook {
  readonly callId: string;
  readonly event?: string;
  readonly callStatus?: string;
  readonly direction?: string;
  readonly from?: string;
  readonly to?: string;
  readonly createdAt?: number;
  readonly streamId?: string;
  /** As told: to tell deliveries apart. */
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
  };
}

export type DecodedWebhook =
  { readonly ok: true; readonly webhook: VobizWebhook } | { readonly ok: false; readonly problem: string };

/** `YYYY-MM-DD HH:MM:SS.ffffff`, which in this field is UTC. */
function utcInstant(text: string | undefined): number | undefined {
  const parts = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(\.\d{1,3})?\d*$/.exec(text ?? '');
  return parts ? instantOf(`${parts[1]}T${parts[2]}${parts[3] ?? ''}Z`) : undefined;
}

/** The webhook in form fields, from a body or a query. */
export function decodeWebhook(fields: URLSearchParams): DecodedWebhook {
  const text = (name: string): string | undefined => textOf(fields.get(name));
  const callId = text('CallUUID') ?? text('call_uuid');
  if (callId === undefined) return { ok: false, problem: 'the webhook has no CallUUID' };
  const hangup = present({
    cause: text('HangupCause'),
    code: numberOf(text('HangupCauseCode')),
    name: text('HangupCauseName'),
    source: text('HangupSource'),
    durationSeconds: numberOf(text('Duration')),
    billedSeconds: numberOf(text('BillDuration')),
    cost: numberOf(text('TotalCost')),
  });
  return {
    ok: true,
    webhook: {
      callId,
      ...present({
        event: text('Event'),
        callStatus: text('CallStatus')?.toLowerCase(),
        direction: text('Direction')?.toLowerCase(),
        from: text('From'),
        to: text('To'),
        createdAt: utcInstant(text('SessionStart')),
        streamId: text('StreamID') ?? text('StreamId'),
        timestamp: text('Timestamp'),
        hangup: Object.keys(hangup).length > 0 ? hangup : undefined,
      }),
    },
  };
}
