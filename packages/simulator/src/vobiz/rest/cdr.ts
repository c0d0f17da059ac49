// Call detail records of ended calls, one for each leg. Their times are ISO, and `duration` includes ringing. Lists name
// another currency than single records, as was observed.

import type { HttpReply } from '../../http/http-request.ts';
import type { VobizCall } from '../call/call-contract.ts';
import type { Stream } from '../stream/stream.ts';
import type { VobizRecord } from '../webhook/forms.ts';
import { failure } from './replies.ts';
import type { RestCloud, Route } from './replies.ts';

const MAX_PER_PAGE = 100;
const DEFAULT_PER_PAGE = 20;
const INR_PER_MINUTE = 0.45;
const INR_PER_STREAM_MINUTE = 0.2;

/** The routes of records. Their paths have no trailing slash. */
export const CDR_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    path: /^\/cdr$/,
    answer: ({ query }, cloud) => list(query, cloud),
  },
  {
    method: 'GET',
    path: /^\/cdr\/([0-9a-f-]+)$/,
    answer(_, cloud, [uuid]) {
      const leg = legsOf(cloud).find(({ record }) => record.id === uuid);
      if (leg === undefined) return failure(404, 'cdr not found');
      return { status: 200, body: { success: true, data: describe(leg, SINGLE_CURRENCY) } };
    },
  },
];

const SINGLE_CURRENCY = 'INR';

/** An ended leg: a call, or a leg that was dialled for one. */
interface EndedLeg {
  readonly record: Omit<VobizRecord, 'authId' | 'status' | 'legs' | 'clockOffsetMs'>;
  readonly streams: readonly Stream[];
}

/** Returns the ended legs whose records are available, in the order of their calls. */
function legsOf({ calls, behaviour }: RestCloud): readonly EndedLeg[] {
  const { recordDelayMs } = behaviour();
  return calls
    .flatMap((call): readonly EndedLeg[] => [call, ...dialledBy(call)])
    .filter(({ record: { endedAt } }) => endedAt !== undefined && Date.now() - endedAt >= recordDelayMs);
}

const dialledBy = ({ record }: VobizCall): readonly EndedLeg[] =>
  record.legs.map((leg) => ({ record: { ...leg, direction: 'outbound' as const }, streams: [] }));

function list(query: URLSearchParams, cloud: RestCloud): HttpReply {
  const page = Math.max(1, Math.trunc(Number(query.get('page') ?? 1)) || 1);
  const requested = Math.trunc(Number(query.get('per_page') ?? DEFAULT_PER_PAGE)) || DEFAULT_PER_PAGE;
  const perPage = Math.min(MAX_PER_PAGE, Math.max(1, requested));
  const found = legsOf(cloud)
    .filter((leg) => matches(leg, query))
    .toReversed();
  const pages = Math.ceil(found.length / perPage);
  const data = found
    .slice((page - 1) * perPage, page * perPage)
    .map((leg) => describe(leg, cloud.behaviour().listCurrency));
  return {
    status: 200,
    body: {
      success: true,
      account_id: cloud.account.authId,
      count: data.length,
      data,
      pagination: {
        page,
        per_page: perPage,
        total: found.length,
        pages,
        has_next: page < pages,
        has_prev: page > 1 && pages > 0,
      },
      summary: {
        total_calls: found.length,
        total_duration: found.reduce((sum, leg) => sum + secondsOf(leg).duration, 0),
      },
    },
  };
}

function matches({ record }: EndedLeg, query: URLSearchParams): boolean {
  const { createdAt, endedAt, from, to, direction, answeredAt } = record;
  if (endedAt === undefined) return false;
  const bareNumber = (text: string): string => text.replace(/^\+/, '');
  const isAbout = (name: string, number: string): boolean => {
    const filter = query.get(name);
    return filter === null || bareNumber(filter.trim()) === bareNumber(number);
  };
  const minDuration = Number(query.get('min_duration') ?? 0);
  const billed = answeredAt === undefined ? 0 : (endedAt - answeredAt) / 1000;
  return (
    isAbout('from_number', from) &&
    isAbout('to_number', to) &&
    createdAt >= instantOf(query.get('start_date'), -Infinity, 0) &&
    createdAt <= instantOf(query.get('end_date'), Infinity, DAY_MS - 1) &&
    (query.get('call_direction') ?? direction) === direction &&
    billed >= minDuration
  );
}

const DAY_MS = 86_400_000;

/** Parses a date or an instant. `within` selects the start or the end of a date. */
function instantOf(text: string | null, otherwise: number, within: number): number {
  const at = Date.parse(text ?? '');
  if (Number.isNaN(at)) return otherwise;
  return /^\d{4}-\d{2}-\d{2}$/.test(text ?? '') ? at + within : at;
}

function secondsOf({ record }: EndedLeg): { duration: number; billsec: number; ring: number } {
  const { createdAt, answeredAt, endedAt = createdAt } = record;
  const span = (from: number, to: number): number => Math.round((to - from) / 1000);
  return {
    duration: span(createdAt, endedAt),
    billsec: answeredAt === undefined ? 0 : span(answeredAt, endedAt),
    ring: span(createdAt, answeredAt ?? endedAt),
  };
}

function describe(leg: EndedLeg, currency: string): Record<string, unknown> {
  const { record, streams } = leg;
  const { duration, billsec, ring } = secondsOf(leg);
  const minutes = Math.ceil(billsec / 60);
  const cost = round(minutes * INR_PER_MINUTE);
  const costs = streams.map(({ startedAt, endedAt }) =>
    round(Math.ceil(((endedAt ?? startedAt) - startedAt) / 60_000) * INR_PER_STREAM_MINUTE),
  );
  const streamingCost = round(costs.reduce((sum, each) => sum + each, 0));
  const dropped = streams.some((stream) =>
    stream
      .states()
      .some(({ closeCode }) => closeCode !== undefined && closeCode !== null && closeCode !== 1000),
  );
  const { hangup, createdAt, answeredAt, endedAt } = record;
  return {
    uuid: record.id,
    call_direction: record.direction,
    caller_id_number: record.from,
    destination_number: record.to.replace(/^\+/, ''),
    start_time: isoTime(createdAt),
    answer_time: answeredAt === undefined ? null : isoTime(answeredAt),
    end_time: endedAt === undefined ? null : isoTime(endedAt),
    duration,
    billsec,
    ring_time: ring,
    cost,
    total_cost: round(cost + streamingCost),
    streaming_cost: streamingCost,
    currency,
    mos: 4.4,
    jitter: 1.2,
    packet_loss: 0,
    codec: 'PCMU',
    hangup_cause: hangup?.cause ?? '',
    hangup_cause_code: Number(hangup?.code ?? 0),
    hangup_cause_name: hangup?.name ?? '',
    hangup_source: hangup?.source ?? 'Unknown',
    bridge_uuid: null,
    stream_cdrs: costs.map((billed) => ({ billed_amount: billed })),
    stream_termination_reason: streams.length === 0 ? null : dropped ? 'connection error' : 'normal',
  };
}

function round(amount: number): number {
  return Math.round(amount * 100_000) / 100_000;
}

function isoTime(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 19)}Z`;
}
