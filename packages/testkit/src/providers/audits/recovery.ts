/** What was missed: calls that were live before, calls of the past, and whether the provider is there at all. */
import { findProviderEventError, isFault, type BackfillPage } from '@sidetone/core';
import type { Bench } from '../bench.ts';
import { START_MS, RECONCILE_MS } from '../../checks/bounds.ts';
import type { ApiMood } from '../fake-api.ts';
import type { Stage } from '../stage.ts';
import { gistOf, storyOf } from '../story.ts';
import { check, needs } from '../../conformance/verdict.ts';
import type { Audit } from './audit.ts';

/** More pages than a scenario can have: a backfill that goes on has no end. */
const MAX_PAGES = 50;

const NOT_ABORTED = new AbortController().signal;

/** An instance after a restart, which was asked about the call that was live before. */
async function reconciled(bench: Bench, api: ApiMood, callIsOver: boolean): Promise<Stage> {
  const before = await bench.withCall();
  await before.stop();
  const { clock, state } = before.host;
  const after = await bench.started({ clock, state });
  Object.assign(after, { api, callIsOver });
  const asking = Promise.resolve(after.provider.reconcile?.([after.call()], NOT_ABORTED));
  const outcome = await after.outcome(asking, RECONCILE_MS);
  check(outcome.state !== 'pending', 'it did not settle in time');
  return after;
}

const ends = ({ host }: Stage): number => host.eventsOf('call.ended').length;

/** The pages of a backfill, all of them. */
async function pagesOf(bench: Bench, resumeAt?: string): Promise<readonly BackfillPage[]> {
  const request = bench.scenario.backfill;
  needs(request !== undefined, 'the scenario has no `backfill`');
  const stage = await bench.started();
  stage.callIsOver = true;
  const asked = { ...request, ...(resumeAt !== undefined && { resumeAt }) };
  const iterator = stage.provider.backfill?.(asked, NOT_ABORTED)[Symbol.asyncIterator]();
  const pages: BackfillPage[] = [];
  for (;;) {
    const next = await stage.outcome(Promise.resolve(iterator?.next()), RECONCILE_MS);
    check(next.state === 'fulfilled', 'a page did not come');
    if (!next.value || next.value.done) return pages;
    pages.push(next.value.value);
    check(pages.length <= MAX_PAGES, `there were more than ${MAX_PAGES} pages`);
  }
}

const countOf = (pages: readonly BackfillPage[]): number => pages.reduce((sum, { calls }) => sum + calls, 0);

const CAN_RECONCILE: Audit['applies'] = ({ reconcile }) => reconcile;
const CAN_BACKFILL: Audit['applies'] = ({ backfill }) => backfill;
const HAS_HEALTH: Audit['applies'] = ({ health }) => health;

/** Applies to providers with `reconcile`, `backfill` and `health`, each to its own. */
export const RECOVERY_AUDITS: readonly Audit[] = [
  {
    // The instance is a new one, after a restart: it knows of the call what it stored, and what it is asked
    // about.
    id: '4E9C',
    level: 'MUST',
    name: 'A call that ended unseen is ended when it is asked about.',
    applies: CAN_RECONCILE,
    async run(bench) {
      check(ends(await reconciled(bench, 'answers', true)) > 0, 'the end was not told');
    },
  },
  {
    // The daemon asks about every call that has gone quiet, and most of them are well.
    id: 'B16F',
    level: 'MUST',
    name: 'A call that is live is left so when it is asked about.',
    applies: CAN_RECONCILE,
    async run(bench) {
      check(ends(await reconciled(bench, 'answers', false)) === 0, 'a live call was ended');
    },
  },
  {
    // Not knowing is not the same as over: the next time, the provider may be there again.
    id: '0A8D',
    level: 'MUST',
    name: 'A call is not ended because the provider cannot be asked about it.',
    applies: CAN_RECONCILE,
    async run(bench) {
      for (const api of ['unreachable', 'limits'] as const) {
        check(
          ends(await reconciled(bench, api, false)) === 0,
          'a call was ended that nobody knows to be over',
        );
      }
    },
  },
  {
    // It can be many calls, and the process wants to stop.
    id: 'D52B',
    level: 'MUST',
    name: 'Asking about calls ends at once when it is aborted.',
    applies: CAN_RECONCILE,
    async run(bench) {
      const stage = await bench.withCall();
      const outcome = await stage.abortedOutcome((signal) =>
        stage.provider.reconcile?.([stage.call()], signal),
      );
      check(outcome.state !== 'pending', 'it went on after it was aborted');
    },
  },
  {
    // The position is what a later run goes on behind; without an end the daemon would ask for ever.
    id: '79C0',
    level: 'MUST',
    name: 'Past calls come in pages of events, each with its position, and have an end.',
    applies: CAN_BACKFILL,
    async run(bench) {
      const pages = await pagesOf(bench);
      needs(
        pages.some(({ events }) => events.length > 0),
        'the API of the scenario tells of no past call',
      );
      for (const { events, position, calls, reached } of pages) {
        const errors = events.flatMap((event) => findProviderEventError(event, 'strict') ?? []);
        check(errors.length === 0, errors[0] ?? '');
        check(
          position !== '' && Number.isInteger(calls) && Number.isFinite(reached),
          'a page does not say where it is',
        );
      }
    },
  },
  {
    // Runs overlap: a backfill tells what is known, and one that was broken off begins where it may have
    // been.
    id: 'E8A3',
    level: 'MUST',
    name: 'A past call that is told twice is no news.',
    applies: CAN_BACKFILL,
    async run(bench) {
      const events = (await pagesOf(bench)).flatMap((page) => page.events);
      const ids = new Set(events.map(({ providerCallId }) => providerCallId));
      for (const id of ids) {
        const told = events.filter(({ providerCallId }) => providerCallId === id);
        const once = storyOf(told).facts.map(gistOf);
        const twice = storyOf([...told, ...told]).facts.map(gistOf);
        check(
          once.length === twice.length,
          `telling it again made ${twice.length - once.length} new fact(s)`,
        );
      }
    },
  },
  {
    // Past calls can be very many.
    id: '3605',
    level: 'SHOULD',
    name: 'A backfill that goes on behind a page does not begin anew.',
    applies: CAN_BACKFILL,
    async run(bench) {
      const pages = await pagesOf(bench);
      const last = pages.at(-1);
      const all = countOf(pages);
      needs(last !== undefined && all > 1, 'the API of the scenario does not tell of several past calls');
      // The calls of one instant may be told once more: some of them may have been left out.
      check(countOf(await pagesOf(bench, last.position)) < all, 'it told every call again');
    },
  },
  {
    // Someone pressed a key, and waits.
    id: 'FC47',
    level: 'MUST',
    name: 'A backfill ends at once when it is aborted.',
    applies: CAN_BACKFILL,
    async run(bench) {
      const request = bench.scenario.backfill;
      needs(request !== undefined, 'the scenario has no `backfill`');
      const stage = await bench.started();
      const outcome = await stage.abortedOutcome((signal) =>
        stage.provider.backfill?.(request, signal)[Symbol.asyncIterator]().next(),
      );
      check(outcome.state !== 'pending', 'it went on after it was aborted');
    },
  },
  {
    // Otherwise the account looks broken while calls come in.
    id: 'A0D6',
    level: 'MUST',
    name: 'A provider that answers is healthy.',
    applies: HAS_HEALTH,
    async run(bench) {
      const stage = await bench.started();
      const outcome = await stage.outcome(Promise.resolve(stage.provider.health?.(NOT_ABORTED)), START_MS);
      check(outcome.state === 'fulfilled', 'it is not, although the provider answers');
    },
  },
  {
    // What it says is shown to the operator, who acts on the code.
    id: '58EB',
    level: 'MUST',
    name: 'A provider that refuses us or cannot be reached is not healthy, and a fault says why.',
    applies: HAS_HEALTH,
    async run(bench) {
      for (const mood of ['refuses', 'unreachable'] as const) {
        const stage = await bench.started();
        stage.api = mood;
        const outcome = await stage.outcome(Promise.resolve(stage.provider.health?.(NOT_ABORTED)), START_MS);
        check(
          outcome.state === 'rejected',
          `it is called healthy while the provider ${mood === 'refuses' ? 'refuses us' : 'cannot be reached'}`,
        );
        check(isFault(outcome.error), 'the reason is no fault');
      }
    },
  },
];
