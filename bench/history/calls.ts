/** The events of generated calls: years of several providers, with daily and weekly rhythm, numbers, ends and tags. */
import { ID_PREFIXES, providerCallId, providerId } from '@sidetone/core';
import type { CallDirection, CallFact, CallId, CallStatus, EndCategory, UtteranceId } from '@sidetone/core';
import { createRandom, type Random } from './random.ts';
import { MEDIUM_EVERY, PLANTED, RARE_CALLS, sentence } from './words.ts';

const DAY_MS = 24 * 60 * 60_000;
export const FIRST_DAY = Date.UTC(2023, 0, 1);
/** Less than the days that statistics can show at once. */
export const YEARS_MS = 900 * DAY_MS;
/** The newest calls, which have not ended. */
export const LIVE_CALLS = 24;

const PROVIDERS = { 'vapi-sales': 50, 'vapi-support': 30, vobiz: 19, trial: 1 };
/** The provider `closed` had calls in the first half year only. */
const CLOSED_AFTER = FIRST_DAY + YEARS_MS / 6;
const DIRECTIONS: Record<CallDirection, number> = { INBOUND: 60, OUTBOUND: 35, WEB: 5 };
const ENDS = {
  CUSTOMER_ENDED: 50,
  ASSISTANT_ENDED: 25,
  FORWARDED: 5,
  NO_ANSWER: 10,
  BUSY: 5,
  REJECTED: 2,
  PROVIDER_FAULT: 2,
  UNKNOWN: 1,
} as const satisfies Partial<Record<EndCategory, number>>;
const UNANSWERED: readonly EndCategory[] = ['NO_ANSWER', 'BUSY', 'REJECTED'];
const COUNTRIES = { '+9180': 40, '+9122': 20, '+1415': 20, '+4420': 15, '+4930': 5 };
const TAGS = ['vip', 'complaint', 'callback', 'sale', 'training'];
const LINES = ['+918061930000', '+14155550100', '+442071830000'];

export interface GeneratedEvent {
  readonly callId: CallId;
  readonly at: number;
  readonly fact: CallFact;
  readonly dedupeKey?: string;
}

/** Returns the events of the call number `index` of `count`, in order. Equal arguments give equal events. */
export function eventsOfCall(index: number, count: number): readonly GeneratedEvent[] {
  const random = createRandom(index + 1);
  const isLive = index >= count - LIVE_CALLS;
  const createdAt = creationTime(index, count, random);
  const callId = idOf(ID_PREFIXES.call, createdAt, random) as CallId;
  const ended = isLive ? undefined : random.weighted(ENDS);
  const events: GeneratedEvent[] = [];
  const add = (at: number, fact: CallFact, dedupeKey?: string): void =>
    void events.push({ callId, at, fact, ...(dedupeKey !== undefined && { dedupeKey }) });

  add(createdAt, started(index, createdAt, random), 'started');
  let at = createdAt + 2000 + random.integer(8000);
  if (ended === undefined || !UNANSWERED.includes(ended)) {
    const answeredAt = at;
    add(at, status('IN_PROGRESS'), 'answered');
    const lines = 4 + random.integer(13);
    const planted = plantedIn(index, count);
    for (let line = 0; line < lines; line++) {
      const text = sentence(random) + (line === 2 && planted !== undefined ? ` ${planted}` : '');
      const startMs = at - answeredAt;
      at += 1000 + text.length * 60;
      const party = line % 2 === 0 ? 'ASSISTANT' : 'CUSTOMER';
      const id = idOf(ID_PREFIXES.utterance, at, random) as UtteranceId;
      const utterance = { id, party, text, startMs, endMs: at - answeredAt, confidence: 0.9 } as const;
      add(at, { type: 'UTTERANCE_FINALIZED', utterance }, `final:${line}`);
    }
    if (random.next() < 0.1) at += random.integer(20 * 60_000);
  }
  if (ended === undefined) return events;
  add(at, { type: 'CALL_ENDED', end: { category: ended, code: ended.toLowerCase() } }, 'ended');
  add(at + 500, { type: 'CALL_REPORTED', summary: sentence(random), cost: { amount: 0.1, currency: 'USD' } });
  if (random.next() < 0.05)
    add(at + 60_000, { type: 'CALL_ANNOTATED', tagsAdded: [random.pick(TAGS)], by: 'supervisor' });
  return events;
}

function started(index: number, createdAt: number, random: Random): CallFact {
  const isOfClosed = createdAt < CLOSED_AFTER && random.next() < 0.05;
  const direction = random.weighted(DIRECTIONS);
  // A third of the calls is of customers that call again and again.
  const customer = random.next() < 0.3 ? random.integer(5000) : random.integer(10_000_000);
  const remote = `${random.weighted(COUNTRIES)}${String(customer).padStart(7, '0')}`;
  const line = random.pick(LINES);
  const [from, to] = direction === 'OUTBOUND' ? [line, remote] : [remote, line];
  return {
    type: 'CALL_STARTED',
    providerId: providerId(isOfClosed ? 'closed' : random.weighted(PROVIDERS)),
    providerCallId: providerCallId(`generated-${index}`),
    status: 'RINGING',
    details: { createdAt, direction, ...(direction !== 'WEB' && { from, to }) },
  };
}

const status = (to: CallStatus): CallFact => ({ type: 'CALL_STATUS_CHANGED', status: to });

/** Evenly over the years, more by day than by night; 1 % are imports of calls that are up to a year older. */
function creationTime(index: number, count: number, random: Random): number {
  const even = FIRST_DAY + Math.floor((YEARS_MS * index) / count);
  if (random.next() < 0.01) return Math.max(FIRST_DAY, even - random.integer(365 * DAY_MS));
  const ofDay = even % DAY_MS;
  return even - ofDay + Math.floor(ofDay * 0.6 + DAY_MS * 0.3);
}

function plantedIn(index: number, count: number): string | undefined {
  const every = Math.max(1, Math.floor(count / RARE_CALLS));
  if (index % every === Math.floor(every / 2) && index < every * RARE_CALLS) return PLANTED.rare;
  return index % MEDIUM_EVERY === 7 ? PLANTED.medium : undefined;
}

/** A UUID of version 7, as the daemon makes them, with the time `at`. */
function idOf(prefix: string, at: number, random: Random): string {
  const hex = (digits: number): string =>
    Math.floor(random.next() * 16 ** digits)
      .toString(16)
      .padStart(digits, '0');
  return `${prefix}${at.toString(16).padStart(12, '0')}7${hex(3)}8${hex(3)}${hex(12)}`;
}
