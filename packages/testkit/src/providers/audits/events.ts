/** Audits of the events of a call. */
import { findProviderEventError, NEXT_STATUSES, type CallStatus, type ProviderEvent } from '@sidetone/core';
import { check, needs } from '../../checks/verdict.ts';
import { createFakeClock } from '../../fakes/fake-clock.ts';
import { ALWAYS, type Audit } from '../audit.ts';
import { comparableText, deriveFacts } from '../derive-facts.ts';
import { callIdOf } from '../harness.ts';
import { allSteps } from '../scenario.ts';

/** The range of plausible times in epoch ms. An earlier value is most likely in seconds. */
const EARLIEST = Date.UTC(2000, 0, 1);
const LATEST = Date.UTC(2100, 0, 1);

/** The time of the fake clock where it must not be mistaken for that of the machine. */
const FAR_FROM_TODAY = Date.UTC(2063, 3, 5);
/** Time zones differ by multiples of this. */
const ZONE_STEP_MS = 15 * 60_000;
const MACHINE_TOLERANCE_MS = 10 * 60_000;
/** A call that is captured now plays within this time. */
const RECENT_MS = 12 * 60 * 60_000;

const statusOf = (event: ProviderEvent): CallStatus | undefined => {
  if (event.type === 'call.ended') return 'ENDED';
  return event.type === 'call.started' || event.type === 'call.status' ? event.status : undefined;
};

type NamedTime = readonly [name: string, time: number];

/** Returns the time of an event and the times in its details. */
function timesOf(event: ProviderEvent): readonly NamedTime[] {
  const details = 'details' in event ? event.details : undefined;
  const { createdAt, answeredAt, endedAt } = details ?? {};
  const times = { occurredAt: event.occurredAt, createdAt, answeredAt, endedAt };
  return Object.entries(times).filter((time): time is [string, number] => time[1] !== undefined);
}

const allTimes = (events: readonly ProviderEvent[]): readonly number[] =>
  events.flatMap(timesOf).map(([, time]) => time);

/** Returns the result of `work` while the machine is in another time zone. */
async function inTimeZone<Value>(zone: string, work: () => Promise<Value>): Promise<Value> {
  const before = process.env['TZ'];
  process.env['TZ'] = zone;
  try {
    return await work();
  } finally {
    if (before === undefined) delete process.env['TZ'];
    else process.env['TZ'] = before;
  }
}

/** Returns the content of an event without its time. */
function contentOf({ occurredAt: _at, ...content }: ProviderEvent): string {
  return JSON.stringify(content);
}

/** Each plays one complete call. */
export const EVENT_AUDITS: readonly Audit[] = [
  {
    // The daemon drops invalid events.
    id: '6E40',
    level: 'MUST',
    name: 'Emitted events are valid.',
    applies: ALWAYS,
    async run(context) {
      const { host } = await context.afterCall();
      const errors = host.events.flatMap((event) => findProviderEventError(event, 'strict') ?? []);
      check(errors.length === 0, errors[0] ?? '');
    },
  },
  {
    // With a second id, the call would be split in two.
    id: 'AD29',
    level: 'MUST',
    name: "All events of a call have the provider's id of that call.",
    applies: ALWAYS,
    async run(context) {
      const { host } = await context.afterCall();
      needs(host.events.length > 0, 'no event is emitted during the call');
      const id = callIdOf(context.scenario);
      check(
        host.events.every(({ providerCallId }) => providerCallId === id),
        'an event has another id',
      );
    },
  },
  {
    // Seconds are a common error. They would place a call in 1970.
    id: '1B97',
    level: 'MUST',
    name: 'Times are in epoch milliseconds.',
    applies: ALWAYS,
    async run(context) {
      const { host } = await context.afterCall();
      const isPlausible = ([, time]: NamedTime): boolean => time >= EARLIEST && time <= LATEST;
      const [name] = host.events.flatMap(timesOf).find((time) => !isPlausible(time)) ?? [];
      check(name === undefined, `\`${name}\` of an event is before 2000 or after 2100`);
    },
  },
  {
    // It is right on the machine of the author, and hours off on a server.
    id: 'A5C8',
    level: 'MUST',
    name: 'Times do not depend on the time zone of the machine.',
    applies: ALWAYS,
    async run(context) {
      const timesIn = (zone: string): Promise<readonly number[]> =>
        inTimeZone(zone, async () => allTimes((await context.afterCall()).host.events));
      const [east, west] = [await timesIn('Asia/Kolkata'), await timesIn('America/Bogota')];
      const isShifted = east.some((time, i) => Math.abs(time - (west[i] ?? time)) >= ZONE_STEP_MS);
      check(!isShifted, 'a time without a zone is read in the zone of the machine');
    },
  },
  {
    // The daemon measures with the clock of the host, and tests set it. The fake clock is far from today.
    id: '6D2B',
    level: 'MUST',
    name: 'Times come from the provider or from the clock of the host.',
    applies: ALWAYS,
    async run(context) {
      const now = Date.now();
      const isRecent = Math.abs((context.scenario.startsAt ?? 0) - now) < RECENT_MS;
      needs(
        !isRecent,
        'the call of the scenario is of the last hours, so its times look like those of the machine',
      );
      const { host } = await context.afterCall({ clock: createFakeClock(FAR_FROM_TODAY) });
      const isOfMachine = (time: number): boolean => Math.abs(time - now) < MACHINE_TOLERANCE_MS;
      check(!allTimes(host.events).some(isOfMachine), 'an event has the time of the machine');
    },
  },
  {
    // A call without an end stays live in every list.
    id: 'C85E',
    level: 'MUST',
    name: 'The end of a call is reported.',
    applies: ALWAYS,
    async run(context) {
      const { host } = await context.afterCall();
      check(host.eventsOf('call.ended').length > 0, 'the call has ended, and no call.ended was emitted');
    },
  },
  {
    // The first end wins, so with different ends the result would depend on their order. UNKNOWN contradicts no end.
    id: '74A1',
    level: 'MUST',
    name: 'Repeated ends of a call are identical.',
    applies: ALWAYS,
    async run(context) {
      const { host } = await context.afterCall();
      const specific = host.eventsOf('call.ended').filter(({ end }) => end.category !== 'UNKNOWN');
      const ends = new Set(specific.map(({ end }) => `${end.category} ${end.code ?? ''}`));
      check(ends.size <= 1, `${ends.size} different ends were emitted`);
    },
  },
  {
    // A step back is ignored. It shows that a status of the provider was misinterpreted.
    id: '38DC',
    level: 'SHOULD',
    name: 'The status of a call only moves forward.',
    applies: ALWAYS,
    async run(context) {
      const { host } = await context.afterCall();
      let current: CallStatus | undefined;
      for (const next of host.events.map(statusOf)) {
        if (next === undefined || next === current) continue;
        const allowed: readonly CallStatus[] = current === undefined ? [next] : NEXT_STATUSES[current];
        check(allowed.includes(next), `${next} was emitted after ${current}`);
        current = next;
      }
    },
  },
  {
    // Clients show events in the order in which they arrive.
    id: 'F63B',
    level: 'SHOULD',
    name: 'Events are emitted in chronological order.',
    applies: ALWAYS,
    async run(context) {
      const { host } = await context.afterCall();
      // A report and a repeated end refer to the past.
      let hasEnded = false;
      const isOrdered = ({ type }: ProviderEvent): boolean => {
        const refersToNow = type !== 'call.report' && !(type === 'call.ended' && hasEnded);
        hasEnded ||= type === 'call.ended';
        return refersToNow;
      };
      const times = host.events.filter(isOrdered).map(({ occurredAt }) => occurredAt);
      check(
        times.every((time, i) => i === 0 || time >= (times[i - 1] ?? time)),
        'an event is older than the previous one',
      );
    },
  },
  {
    // Providers redeliver requests that were not answered in time, some with a new signature. An event is ignored if its
    // dedupe key is known, or if it derives no facts.
    id: '9C02',
    level: 'MUST',
    name: 'A redelivered request has no effect.',
    applies: ({ request }) => request,
    async run(context) {
      const steps = allSteps(context.scenario);
      needs(
        steps.some((step) => 'request' in step && step.redeliver !== undefined),
        'no request of the call has `redeliver`',
      );
      const eventsWith = async (redelivery: 'wait' | 'play') =>
        (await context.afterCall({ redelivery })).host.events;
      const once = deriveFacts(await eventsWith('wait')).facts.map(comparableText);
      const twice = deriveFacts(await eventsWith('play')).facts.map(comparableText);
      const different = twice.filter((fact, i) => fact !== once[i]).length;
      check(
        twice.length === once.length && different === 0,
        `redelivery derived ${twice.length - once.length} further fact(s)`,
      );
    },
  },
  {
    // Of two events with the same key, the second is dropped.
    id: 'E57D',
    level: 'MUST',
    name: 'Events with the same dedupe key are identical.',
    applies: ALWAYS,
    async run(context) {
      const { host } = await context.afterCall();
      const contents = new Map<string, string>();
      for (const event of host.events) {
        if (event.dedupeKey === undefined) continue;
        const known = contents.get(event.dedupeKey) ?? contentOf(event);
        check(
          known === contentOf(event),
          `two different events of type ${event.type} have the same key, so one would be dropped`,
        );
        contents.set(event.dedupeKey, known);
      }
    },
  },
];
