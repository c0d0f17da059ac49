/** Decodes Vobiz's record of a past call, and translates it into events. Pure and total. */
import { instantOf, getOwn, numberOf, definedFields, textOf, type JsonObject } from '@sidetone/plugin-kit';
import { providerCallId, type CallDirection, type ProviderEvent } from '@sidetone/core';
import { endCategoryOf } from '../calls/end-reasons.ts';
import { withPlus } from '../translate.ts';

export interface PastCall {
  readonly callId: string;
  readonly direction?: CallDirection;
  readonly from?: string;
  readonly to?: string;
  readonly startedAt: number;
  readonly answeredAt?: number;
  readonly endedAt: number;
  readonly hangup: {
    readonly code?: number;
    readonly cause?: string;
    readonly name?: string;
    readonly source?: string;
  };
  readonly cost?: { readonly amount: number; readonly currency: string };
  readonly providerData: Readonly<Record<string, unknown>>;
}

const DIRECTIONS: Readonly<Record<string, CallDirection>> = { inbound: 'INBOUND', outbound: 'OUTBOUND' };

/** The currency of Vobiz's accounts. */
const CURRENCY = 'INR';

/** Where a record was read: alone, or in a list of records. */
export type CdrSource = 'single' | 'list';

/** Lists were observed to say `USD` for amounts in rupees, so their currency is ignored. */
function costOf(record: JsonObject, source: CdrSource): PastCall['cost'] {
  const amount = numberOf(record['total_cost']) ?? numberOf(record['cost']);
  const stated = source === 'single' ? textOf(record['currency'])?.toUpperCase() : undefined;
  const currency = stated ?? CURRENCY;
  return amount === undefined || !/^[A-Z]{3}$/.test(currency) ? undefined : { amount, currency };
}

/** Returns the call in a record; undefined if it has no id or has not ended. */
export function decodeCdr(record: JsonObject, source: CdrSource): PastCall | undefined {
  const callId = textOf(record['uuid']) ?? textOf(record['call_uuid']);
  const startedAt = instantOf(record['start_time']);
  const endedAt = instantOf(record['end_time']);
  if (callId === undefined || startedAt === undefined || endedAt === undefined) return undefined;
  return {
    callId,
    startedAt,
    endedAt,
    hangup: definedFields({
      code: numberOf(record['hangup_cause_code']),
      cause: textOf(record['hangup_cause']),
      name: textOf(record['hangup_cause_name']),
      source: textOf(record['hangup_source']),
    }),
    providerData: definedFields({
      durationSeconds: numberOf(record['billsec']),
      ringSeconds: numberOf(record['ring_time']),
      streamingCost: numberOf(record['streaming_cost']),
      hangupCause: textOf(record['hangup_cause']),
      hangupSource: textOf(record['hangup_source']),
      streamTerminationReason: textOf(record['stream_termination_reason']),
    }),
    ...definedFields({
      direction: getOwn(DIRECTIONS, textOf(record['call_direction'])?.toLowerCase()),
      from: withPlus(textOf(record['caller_id_number'])),
      to: withPlus(textOf(record['destination_number'])),
      answeredAt: instantOf(record['answer_time']),
      cost: costOf(record, source),
    }),
  };
}

/**
 * Returns the events of a past call. Its end has the dedupe key of a hangup webhook, because it is the same event; its
 * report has another key, because it includes the cost.
 */
export function translateCdr(call: PastCall): readonly ProviderEvent[] {
  const { callId, direction, from, to, startedAt, answeredAt, endedAt, hangup } = call;
  const { code, cause, name } = hangup;
  const base = { providerCallId: providerCallId(callId) };
  const category = endCategoryOf({ ...hangup, ...definedFields({ direction }) });
  const endCode = code === undefined ? cause : String(code);
  const ended = { ...base, occurredAt: endedAt };
  return [
    {
      ...base,
      occurredAt: startedAt,
      dedupeKey: 'cdr-started',
      type: 'call.started',
      details: definedFields({ direction, from, to, createdAt: startedAt, answeredAt }),
    },
    {
      ...ended,
      dedupeKey: 'hangup',
      type: 'call.ended',
      end: { category, ...definedFields({ code: endCode, message: name ?? cause }) },
    },
    translateCdrReport(call),
  ];
}

/** Returns the report of a past call. A backfill emits it with the same dedupe key, so the first one is kept. */
export function translateCdrReport({
  callId,
  answeredAt,
  endedAt,
  cost,
  providerData,
}: PastCall): ProviderEvent {
  return {
    providerCallId: providerCallId(callId),
    occurredAt: endedAt,
    dedupeKey: 'cdr',
    type: 'call.report',
    details: { ...definedFields({ answeredAt }), endedAt },
    ...(cost && { cost }),
    ...(Object.keys(providerData).length > 0 && { providerData }),
  };
}
