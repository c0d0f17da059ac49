/** What is told about a call, in order and once. */
import { findProviderEventError, NEXT_STATUSES, type CallStatus, type ProviderEvent } from '@sidetone/core';
import { callIdOf, wholeLife } from '../stage.ts';
import { gistOf, storyOf } from '../story.ts';
import { check, needs } from '../../conformance/verdict.ts';
import { ALWAYS, type Audit } from './audit.ts';

/** Between these an instant is told in epoch milliseconds: before, it was most likely seconds. */
const EARLIEST = Date.UTC(2000, 0, 1);
const LATEST = Date.UTC(2100, 0, 1);

const statusIn = (event: ProviderEvent): CallStatus | undefined => {
  if (event.type === 'call.ended') return 'ENDED';
  return event.type === 'call.started' || event.type === 'call.status' ? event.status : undefined;
};

/** What an event tells, without when. */
function contentOf({ occurredAt: _at, ...content }: ProviderEvent): string {
  return JSON.stringify(content);
}

/** Each looks at one whole call, as it was told. */
export const EVENT_AUDITS: readonly Audit[] = [
  {
    // What is no event is dropped by the daemon, and is lost.
    id: '6E40',
    level: 'MUST',
    name: 'What is emitted is an event, with every field that its type needs.',
    applies: ALWAYS,
    async run(bench) {
      const { host } = await bench.afterCall();
      const errors = host.events.flatMap((event) => findProviderEventError(event, 'strict') ?? []);
      check(errors.length === 0, errors[0] ?? '');
    },
  },
  {
    // A second id is a second call, with half of the story each.
    id: 'AD29',
    level: 'MUST',
    name: "Everything about a call is told under the provider's id of it.",
    applies: ALWAYS,
    async run(bench) {
      const { host } = await bench.afterCall();
      needs(host.events.length > 0, 'the life of the call tells nothing');
      const id = callIdOf(bench.scenario);
      check(
        host.events.every(({ providerCallId }) => providerCallId === id),
        'an event has another id',
      );
    },
  },
  {
    // Seconds are the usual mistake. They would date a call to 1970.
    id: '1B97',
    level: 'MUST',
    name: 'Times are told in epoch milliseconds.',
    applies: ALWAYS,
    async run(bench) {
      const { host } = await bench.afterCall();
      const isTime = ({ occurredAt }: ProviderEvent): boolean =>
        occurredAt >= EARLIEST && occurredAt <= LATEST;
      check(host.events.every(isTime), 'an event has a time before 2000 or after 2100');
    },
  },
  {
    // A call without an end stays live in every list.
    id: 'C85E',
    level: 'MUST',
    name: 'The end of a call is told.',
    applies: ALWAYS,
    async run(bench) {
      const { host } = await bench.afterCall();
      check(host.eventsOf('call.ended').length > 0, 'the call is over, and nothing says so');
    },
  },
  {
    // The first end wins: if they differ, what a client sees depends on which was faster.
    id: '74A1',
    level: 'MUST',
    name: 'A call has one end: told again, it is the same.',
    applies: ALWAYS,
    async run(bench) {
      const { host } = await bench.afterCall();
      const ends = new Set(host.eventsOf('call.ended').map(({ end }) => `${end.category} ${end.code ?? ''}`));
      check(ends.size <= 1, `the call ended in ${ends.size} ways`);
    },
  },
  {
    // A step back is ignored, and shows that the provider's words were misread.
    id: '38DC',
    level: 'SHOULD',
    name: 'The status of a call only moves forward.',
    applies: ALWAYS,
    async run(bench) {
      const { host } = await bench.afterCall();
      let now: CallStatus | undefined;
      for (const next of host.events.map(statusIn)) {
        if (next === undefined || next === now) continue;
        const allowed: readonly CallStatus[] = now === undefined ? [next] : NEXT_STATUSES[now];
        check(allowed.includes(next), `${next} was told after ${now}`);
        now = next;
      }
    },
  },
  {
    // Clients show events in the order of their coming.
    id: 'F63B',
    level: 'SHOULD',
    name: 'What happened later is told later.',
    applies: ALWAYS,
    async run(bench) {
      const { host } = await bench.afterCall();
      // A report is about the whole call, and so is an end that is told again.
      let isOver = false;
      const isOrdered = ({ type }: ProviderEvent): boolean => {
        const isNews = type !== 'call.report' && !(type === 'call.ended' && isOver);
        isOver ||= type === 'call.ended';
        return isNews;
      };
      const times = host.events.filter(isOrdered).map(({ occurredAt }) => occurredAt);
      check(
        times.every((time, i) => i === 0 || time >= (times[i - 1] ?? time)),
        'an event is older than the one before it',
      );
    },
  },
  {
    // Providers send again what was not answered in time, some seconds later and some with another
    // signature. The rules of core decide what counts as news: a key that is known, or a fact that is.
    id: '9C02',
    level: 'MUST',
    name: 'What is delivered again is no news.',
    applies: ({ request }) => request,
    async run(bench) {
      const steps = wholeLife(bench.scenario);
      needs(
        steps.some((step) => 'request' in step && step.again !== undefined),
        'no request of the call is shown to come `again`',
      );
      const once = storyOf((await bench.afterCall({ again: 'wait' })).host.events).facts.map(gistOf);
      const twice = storyOf((await bench.afterCall({ again: 'play' })).host.events).facts.map(gistOf);
      const more = twice.filter((fact, i) => fact !== once[i]).length;
      check(
        twice.length === once.length && more === 0,
        `what came again made ${twice.length - once.length} new fact(s)`,
      );
    },
  },
  {
    // Of two events with one key the second is dropped: a key that is too coarse loses words.
    id: 'E57D',
    level: 'MUST',
    name: 'Equal dedupe keys stand for equal events.',
    applies: ALWAYS,
    async run(bench) {
      const { host } = await bench.afterCall();
      const contents = new Map<string, string>();
      for (const event of host.events) {
        if (event.dedupeKey === undefined) continue;
        const known = contents.get(event.dedupeKey) ?? contentOf(event);
        check(
          known === contentOf(event),
          `two events of type ${event.type} have one key, and one would be lost`,
        );
        contents.set(event.dedupeKey, known);
      }
    },
  },
];
