/** What can be exported: the rows of each content, and their columns in CSV. Names are those of the GraphQL API. Pure. */
import type { Call, CallRecord } from '@sidetone/core';
import type { StoredUtterance } from '../calls/ports.ts';
import type { CsvValue } from './csv.ts';

export const EXPORT_CONTENTS = ['calls', 'events', 'utterances'] as const;
export type ExportContent = (typeof EXPORT_CONTENTS)[number];

export const EXPORT_FORMATS = ['jsonl', 'csv'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** A row without its cursor. */
export type ExportRow = Readonly<Record<string, unknown>>;

const instant = (at: number | undefined): string | null =>
  at === undefined ? null : new Date(at).toISOString();

export function rowOfCall(call: Call) {
  const { answeredAt, endedAt, end, assistant, cost } = call;
  return {
    id: call.id,
    providerId: call.providerId,
    providerCallId: call.providerCallId,
    status: call.status,
    direction: call.direction ?? null,
    from: call.from ?? null,
    to: call.to ?? null,
    assistant: assistant ?? null,
    createdAt: instant(call.createdAt),
    answeredAt: instant(answeredAt),
    endedAt: instant(endedAt),
    durationMs: answeredAt === undefined || endedAt === undefined ? null : Math.max(0, endedAt - answeredAt),
    end: end ?? null,
    cost: cost ?? null,
    tags: call.tags,
    summary: call.summary ?? null,
    providerData: call.providerData ?? null,
  };
}

/** @param cursor the position of the event, after which `callEvents` can continue. */
export function rowOfEvent({ callId, at, fact }: CallRecord, cursor: string) {
  const { type, ...data } = fact;
  return { callId, type, at: instant(at), eventCursor: cursor, data };
}

export function rowOfUtterance({ callId, at, by, utterance }: StoredUtterance) {
  const { id, party, text, startMs, endMs, confidence } = utterance;
  return {
    id,
    callId,
    party,
    text,
    at: instant(at),
    startMs: startMs ?? null,
    endMs: endMs ?? null,
    confidence: confidence ?? null,
    addedBy: by ?? null,
  };
}

type Columns<Row> = Readonly<Record<string, (row: Row) => CsvValue>>;

/** Returns columns with the fields of a row as they are. */
const fields = <Row extends object>(...names: readonly (keyof Row & string)[]): Columns<Row> =>
  Object.fromEntries(names.map((name) => [name, (row: Row) => row[name] as CsvValue]));

const json = (value: unknown): string | null => (value === null ? null : JSON.stringify(value));

type CallRow = ReturnType<typeof rowOfCall>;
type EventRow = ReturnType<typeof rowOfEvent>;

const COLUMNS = {
  calls: {
    ...fields<CallRow>('id', 'providerId', 'providerCallId', 'status', 'direction', 'from', 'to'),
    assistantId: ({ assistant }: CallRow) => assistant?.providerAssistantId,
    assistantName: ({ assistant }: CallRow) => assistant?.name,
    ...fields<CallRow>('createdAt', 'answeredAt', 'endedAt', 'durationMs'),
    endCategory: ({ end }: CallRow) => end?.category,
    endCode: ({ end }: CallRow) => end?.code,
    endMessage: ({ end }: CallRow) => end?.message,
    costAmount: ({ cost }: CallRow) => cost?.amount,
    costCurrency: ({ cost }: CallRow) => cost?.currency,
    tags: ({ tags }: CallRow) => (tags.length > 0 ? JSON.stringify(tags) : null),
    summary: ({ summary }: CallRow) => summary,
    providerData: ({ providerData }: CallRow) => json(providerData),
  },
  events: {
    ...fields<EventRow>('callId', 'type', 'at', 'eventCursor'),
    data: ({ data }: EventRow) => json(data),
  },
  utterances: fields<ReturnType<typeof rowOfUtterance>>(
    'id',
    'callId',
    'party',
    'text',
    'at',
    'startMs',
    'endMs',
    'confidence',
    'addedBy',
  ),
} as const satisfies Record<ExportContent, Columns<never>>;

/** Returns the columns of a content in CSV, without the cursor. */
export const columnsOf = (content: ExportContent): Columns<ExportRow> =>
  COLUMNS[content] as Columns<never> as Columns<ExportRow>;
