/**
 * Erases everything of one telephone number: ended calls whose `from` or `to` it is, in any notation, and failed attempts to call
 * it. Bounded, so that a number with many calls takes several requests; each continues where the last one stopped. The number
 * itself is neither stored nor logged.
 */
import { createHmac } from 'node:crypto';
import { invalidArgument, isFault, type Call, type CallId, type Clock } from '@sidetone/core';
import type { AuditLog } from '../access/audit.ts';
import type { Erasure } from './erasure.ts';
import type { Ingest } from './ingest.ts';
import type { Countries } from './numbers/countries.ts';
import { exactNumberSearch, matchesNumber, type NumberSearch } from './numbers/number-search.ts';
import { numberKeysOf } from './numbers/number-keys.ts';
import type { CallFilter, CallLedger, LoneCommand } from './ports.ts';
import { retryWhileBusy } from './store-retry.ts';

/** Most calls that one request erases. */
export const MAX_ERASED_CALLS = 500;
/** Most calls that are reported as kept. */
export const MAX_KEPT_CALLS = 100;
/** Commands that are read at once. */
const COMMANDS_PER_PAGE = 500;
/** Characters of the keyed digest of the number in the audit log. */
const DIGEST_CHARACTERS = 16;

export interface NumberErasureDeps {
  readonly erasure: Pick<Erasure, 'removeAnywhere' | 'removeCommand' | 'scrub' | 'isPending'>;
  readonly ingest: Pick<Ingest, 'committed'>;
  readonly ledger: Pick<CallLedger, 'indexNumbers' | 'loneCommands'>;
  /** Returns the newest calls of a filter, as they are stored. */
  readonly find: (filter: CallFilter, limit: number) => Promise<readonly Call[]>;
  readonly countries: Countries;
  readonly audit: AuditLog;
  /** Key of the digest of the number. */
  readonly key: () => Uint8Array;
  readonly clock: Clock;
}

export interface NumberErasureResult {
  /** MORE if calls are left that can be erased: repeat the request. PENDING as of an erasure. */
  readonly status: 'ERASED' | 'PENDING' | 'MORE' | 'NOT_FOUND';
  readonly calls: number;
  readonly commands: number;
  /** Calls that are kept because of a legal hold, or because they are live. */
  readonly held: readonly CallId[];
  readonly live: readonly CallId[];
}

export class NumberErasure {
  readonly #deps: NumberErasureDeps;

  constructor(deps: NumberErasureDeps) {
    this.#deps = deps;
  }

  /** @throws {FaultError} INPUT_INVALID without the number, or a fault of kind store. */
  async erase(number: string, limit: number, by: string): Promise<NumberErasureResult> {
    const { clock, countries, erasure, find, ingest, ledger } = this.#deps;
    const search = exactNumberSearch(number, countries);
    if (!search) throw invalidArgument('number', 'expected a complete telephone number');
    // The index may lack calls that another release stored.
    while (await retryWhileBusy(clock, () => ledger.indexNumbers())) await nextTurn();
    await ingest.committed();
    const found = await find({ number: search, live: false, held: false }, limit + 1);
    const due = found.slice(0, limit);
    let calls = 0;
    for (const { id } of due) if (await erasure.removeAnywhere(id, by).catch(keptOrThrow)) calls += 1;
    const isMore = found.length > limit;
    const commands = isMore ? 0 : await this.#eraseCommands(search, by);
    const held = await find({ number: search, held: true }, MAX_KEPT_CALLS);
    const live = await find({ number: search, live: true }, MAX_KEPT_CALLS);
    if (calls + commands > 0) {
      await this.#audit(search, by, { calls, commands });
      await erasure.scrub();
    }
    const done = calls + commands === 0 ? 'NOT_FOUND' : erasure.isPending ? 'PENDING' : 'ERASED';
    return {
      status: isMore ? 'MORE' : done,
      calls,
      commands,
      held: held.map(({ id }) => id),
      live: live.map(({ id }) => id),
    };
  }

  async #eraseCommands(search: NumberSearch, by: string): Promise<number> {
    const { ledger, erasure, countries } = this.#deps;
    let erased = 0;
    for (let page: readonly LoneCommand[] | undefined; page === undefined || page.length > 0;) {
      page = await ledger.loneCommands(page?.at(-1)?.id, COMMANDS_PER_PAGE);
      for (const { id, arguments: args } of page) {
        const isAbout = textsOf(args).some((text) => hasNumber(text, search, countries));
        if (isAbout && (await erasure.removeCommand(id, by))) erased += 1;
      }
      await nextTurn();
    }
    return erased;
  }

  async #audit(
    search: NumberSearch,
    by: string,
    erased: { readonly calls: number; readonly commands: number },
  ): Promise<void> {
    const { audit, clock, key } = this.#deps;
    const number = createHmac('sha256', key())
      .update(canonical(search))
      .digest('hex')
      .slice(0, DIGEST_CHARACTERS);
    const details = { number, ...erased };
    await retryWhileBusy(clock, () => audit.append({ at: clock.now(), by, action: 'ERASE_NUMBER', details }));
  }
}

/** A call that has got a hold since it was found is reported as held. */
function keptOrThrow(error: unknown): false {
  if (isFault(error) && error.code === 'CALL_HELD') return false;
  throw error;
}

/** Returns the number as it is certain, so that its digest does not depend on the notation. */
const canonical = ({ nationals }: NumberSearch): string =>
  nationals.findLast((number) => number.startsWith('+')) ?? '';

const hasNumber = (from: string, search: NumberSearch, countries: Countries): boolean =>
  matchesNumber(numberKeysOf({ providerId: '' as Call['providerId'], from }, countries), search);

/** Returns the texts of a value at any depth; arguments are limited to 64 levels. */
function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
