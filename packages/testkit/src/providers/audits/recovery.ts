/** Audits of `reconcile`, `backfill` and `health`. */
import { findProviderEventError, isFault, type BackfillPage } from '@sidetone/core';
import { RECONCILE_MS, START_MS } from '../../checks/deadlines.ts';
import { check, needs } from '../../checks/verdict.ts';
import type { Audit } from '../audit.ts';
import type { AuditContext } from '../audit-context.ts';
import { comparableText, deriveFacts } from '../derive-facts.ts';
import type { ApiBehaviour } from '../fake-api.ts';
import type { ProviderHarness } from '../harness.ts';
import { notAborted } from '../../fakes/not-aborted.ts';

/** More pages than any scenario has. */
const MAX_PAGES = 50;

/** Returns an instance after a restart that has reconciled the call that was live before. */
async function reconciled(
  context: AuditContext,
  api: ApiBehaviour,
  callHasEnded: boolean,
): Promise<ProviderHarness> {
  const before = await context.withCall();
  await before.stop();
  const { clock, state } = before.host;
  const after = await context.started({ clock, state });
  Object.assign(after, { api, callHasEnded });
  const running = Promise.resolve(after.provider.reconcile?.([after.call()], notAborted()));
  const outcome = await after.outcome(running, RECONCILE_MS);
  check(outcome.state !== 'pending', 'reconcile did not settle in time');
  return after;
}

const endCount = ({ host }: ProviderHarness): number => host.eventsOf('call.ended').length;

/** Returns all pages of a backfill. */
async function pagesOf(context: AuditContext, resumeAt?: string): Promise<readonly BackfillPage[]> {
  const range = context.scenario.backfill;
  needs(range !== undefined, 'the scenario has no `backfill`');
  const harness = await context.started();
  harness.callHasEnded = true;
  const request = { ...range, ...(resumeAt !== undefined && { resumeAt }) };
  const iterator = harness.provider.backfill?.(request, notAborted())[Symbol.asyncIterator]();
  const pages: BackfillPage[] = [];
  for (;;) {
    const next = await harness.outcome(Promise.resolve(iterator?.next()), RECONCILE_MS);
    check(next.state === 'fulfilled', 'a page was not received');
    if (!next.value || next.value.done) return pages;
    pages.push(next.value.value);
    check(pages.length <= MAX_PAGES, `the backfill does not end: more than ${MAX_PAGES} pages`);
  }
}

const callCount = (pages: readonly BackfillPage[]): number =>
  pages.reduce((sum, { calls }) => sum + calls, 0);

const HAS_RECONCILE: Audit['applies'] = ({ reconcile }) => reconcile;
const HAS_BACKFILL: Audit['applies'] = ({ backfill }) => backfill;
const HAS_HEALTH: Audit['applies'] = ({ health }) => health;

/** Each applies to providers with the method that it is about. */
export const RECOVERY_AUDITS: readonly Audit[] = [
  {
    // After a restart, the new instance only knows what it has stored and which calls it is asked for.
    id: '4E9C',
    level: 'MUST',
    name: '`reconcile` reports the end of a call that has ended in the meantime.',
    applies: HAS_RECONCILE,
    async run(context) {
      check(endCount(await reconciled(context, 'responds', true)) > 0, 'the end was not reported');
    },
  },
  {
    // The daemon reconciles all calls without recent events, and most of them are still live.
    id: 'B16F',
    level: 'MUST',
    name: '`reconcile` does not end a live call.',
    applies: HAS_RECONCILE,
    async run(context) {
      check(endCount(await reconciled(context, 'responds', false)) === 0, 'a live call was ended');
    },
  },
  {
    // The state is unknown, and may be available the next time.
    id: '0A8D',
    level: 'MUST',
    name: '`reconcile` does not end a call if the provider is unreachable or limits the rate.',
    applies: HAS_RECONCILE,
    async run(context) {
      for (const api of ['unreachable', 'rateLimits'] as const) {
        check(
          endCount(await reconciled(context, api, false)) === 0,
          'a call was ended although its state is unknown',
        );
      }
    },
  },
  {
    // There may be many calls, and the process has to stop.
    id: 'D52B',
    level: 'MUST',
    name: 'An aborted `reconcile` settles immediately.',
    applies: HAS_RECONCILE,
    async run(context) {
      const harness = await context.withCall();
      const outcome = await harness.abortedOutcome((signal) =>
        harness.provider.reconcile?.([harness.call()], signal),
      );
      check(outcome.state !== 'pending', 'reconcile continued after it was aborted');
    },
  },
  {
    // A later run continues from the position. Without an end, the daemon would request pages forever.
    id: '79C0',
    level: 'MUST',
    name: '`backfill` yields pages of valid events with positions, and ends.',
    applies: HAS_BACKFILL,
    async run(context) {
      const pages = await pagesOf(context);
      needs(
        pages.some(({ events }) => events.length > 0),
        'the API of the scenario returns no past calls',
      );
      for (const { events, position, calls, reached } of pages) {
        const errors = events.flatMap((event) => findProviderEventError(event, 'strict') ?? []);
        check(errors.length === 0, errors[0] ?? '');
        check(
          position !== '' && Number.isInteger(calls) && Number.isFinite(reached),
          'a page has no valid `position`, `calls` or `reached`',
        );
      }
    },
  },
  {
    // Runs overlap: a backfill includes calls that are stored, and an interrupted one repeats its last page.
    id: 'E8A3',
    level: 'MUST',
    name: 'Past calls that are imported twice are not duplicated.',
    applies: HAS_BACKFILL,
    async run(context) {
      const events = (await pagesOf(context)).flatMap((page) => page.events);
      const ids = new Set(events.map(({ providerCallId }) => providerCallId));
      for (const id of ids) {
        const ofCall = events.filter(({ providerCallId }) => providerCallId === id);
        const once = deriveFacts(ofCall).facts.map(comparableText);
        const twice = deriveFacts([...ofCall, ...ofCall]).facts.map(comparableText);
        check(
          once.length === twice.length,
          `the second import derived ${twice.length - once.length} further fact(s)`,
        );
      }
    },
  },
  {
    // There may be very many past calls.
    id: '3605',
    level: 'SHOULD',
    name: 'A resumed `backfill` does not start from the beginning.',
    applies: HAS_BACKFILL,
    async run(context) {
      const pages = await pagesOf(context);
      const last = pages.at(-1);
      const all = callCount(pages);
      needs(last !== undefined && all > 1, 'the API of the scenario returns fewer than two past calls');
      // Calls at the same time as the position may be repeated, because some may be missing.
      check(callCount(await pagesOf(context, last.position)) < all, 'all calls were returned again');
    },
  },
  {
    // The operator has pressed Ctrl+C.
    id: 'FC47',
    level: 'MUST',
    name: 'An aborted `backfill` settles immediately.',
    applies: HAS_BACKFILL,
    async run(context) {
      const request = context.scenario.backfill;
      needs(request !== undefined, 'the scenario has no `backfill`');
      const harness = await context.started();
      const outcome = await harness.abortedOutcome((signal) =>
        harness.provider.backfill?.(request, signal)[Symbol.asyncIterator]().next(),
      );
      check(outcome.state !== 'pending', 'backfill continued after it was aborted');
    },
  },
  {
    // Otherwise the provider is shown as DEGRADED while it works.
    id: 'A0D6',
    level: 'MUST',
    name: '`health` resolves if the provider responds.',
    applies: HAS_HEALTH,
    async run(context) {
      const harness = await context.started();
      const outcome = await harness.outcome(
        Promise.resolve(harness.provider.health?.(notAborted())),
        START_MS,
      );
      check(outcome.state === 'fulfilled', `health is ${outcome.state} although the provider responds`);
    },
  },
  {
    // The operator sees the message and acts on the code.
    id: '58EB',
    level: 'MUST',
    name: '`health` rejects with a fault if the provider rejects the request or is unreachable.',
    applies: HAS_HEALTH,
    async run(context) {
      for (const api of ['rejects', 'unreachable'] as const) {
        const harness = await context.started();
        harness.api = api;
        const outcome = await harness.outcome(
          Promise.resolve(harness.provider.health?.(notAborted())),
          START_MS,
        );
        const reason = api === 'rejects' ? 'the provider rejects the request' : 'the provider is unreachable';
        check(outcome.state === 'rejected', `health is ${outcome.state} although ${reason}`);
        check(isFault(outcome.error), 'the error is not a FaultError');
      }
    },
  },
];
