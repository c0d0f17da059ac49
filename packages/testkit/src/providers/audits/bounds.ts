/** Audits of what is kept in memory: of calls that have ended, and for peers that read too slowly. */
import { collectGarbage, recordOf, watchCollections } from '../../checks/collections.ts';
import { check } from '../../checks/verdict.ts';
import { ALWAYS, type Audit } from '../audit.ts';
import type { ProviderHarness } from '../harness.ts';

/** A plugin that remembers as much after these calls remembers every call. */
const FEW_CALLS = 20;
/** Collections of this size seem to have many more entries, because playing that many calls would take minutes. */
const MANY_FROM = FEW_CALLS / 2;
/** More than any limit. */
const PRETENDED_ENTRIES = 1_000_000;
/** The number of calls that are played if that has no effect: something may be limited in another way than by its size. */
const MANY_CALLS = 1000;
/** Messages and replies of a call may be late, and what is remembered for that may expire. */
const FORGET_MS = 10 * 60_000;

/** What is left of the calls of an instance. */
class EndedCalls {
  readonly #harness: ProviderHarness;
  readonly #watch = watchCollections();
  readonly #received = recordOf<WeakRef<object>>();
  #count = 0;

  constructor(harness: ProviderHarness) {
    this.#harness = harness;
    this.#watch.inflate(MANY_FROM, PRETENDED_ENTRIES);
  }

  /** Plays calls until there were `count`. Returns the entries of the largest collection, and the sockets and streams that are kept. */
  async leftAfter(count: number): Promise<{ readonly entries: number; readonly objects: number }> {
    const { host } = this.#harness;
    while (this.#count < count)
      for (const object of await this.#harness.playOther(++this.#count))
        this.#received.push(new WeakRef(object));
    await host.clock.advance(FORGET_MS);
    host.forget();
    await collectGarbage();
    const objects = this.#received.filter((reference) => reference.deref()).length;
    return { entries: this.#watch.largest(), objects };
  }

  end(): void {
    this.#watch.end();
  }
}

export const BOUND_AUDITS: readonly Audit[] = [
  {
    // An instance runs for months. Something may be remembered, for example so that a late message does not reopen a call, but not
    // of every call. Maps, sets and lists are counted, and the sockets and streams of the calls.
    id: 'A1D7',
    level: 'MUST',
    name: 'What is remembered of calls that have ended is limited.',
    applies: ALWAYS,
    async run(context) {
      const calls = new EndedCalls(await context.started());
      try {
        const few = await calls.leftAfter(FEW_CALLS);
        if (few.entries < FEW_CALLS && few.objects < FEW_CALLS) return;
        const later = await calls.leftAfter(2 * FEW_CALLS);
        const isLimited = later.entries < few.entries + FEW_CALLS && later.objects < few.objects + FEW_CALLS;
        if (isLimited) return;
        const many = await calls.leftAfter(MANY_CALLS);
        check(many.objects < MANY_CALLS, `${many.objects} sockets or streams of ended calls are kept`);
        check(
          many.entries < MANY_CALLS,
          `a collection has ${many.entries} entries after ${MANY_CALLS} calls`,
        );
      } finally {
        calls.end();
      }
    },
  },
];
