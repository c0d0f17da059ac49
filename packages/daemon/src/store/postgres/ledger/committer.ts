/**
 * Commits events. If the connection is lost before the answer, it is not known whether they were stored: then the number of the
 * commit tells it as soon as the server answers again, and events that are stored already are not stored twice.
 */
import { randomUUID } from 'node:crypto';
import { FaultError, type CallId, type CallRecord } from '@sidetone/core';
import type { Countries } from '../../../calls/numbers/countries.ts';
import type { Draft } from '../../../calls/ports.ts';
import { chainOf } from '../audit/chain.ts';
import { fenced, LOCK_AUDIT } from '../connection/locks.ts';
import { DataError, isOutcomeUnknown } from '../connection/failure.ts';
import type { Session, Statement } from '../connection/session.ts';
import { commitStatement, type CommitRows } from './commit-parts.ts';
import { collectRows } from './commit-rows.ts';
import { conflictingCalls } from './conflicts.ts';

type Position = { readonly position: number };

export class Committer {
  /** Identifies this run of the daemon in `log_commits`. */
  readonly writer = randomUUID();
  readonly #session: Session;
  readonly #countries: Countries;
  /** The number of the last commit that is known to be stored. */
  #number = 0;
  /** The drafts of each attempt to store the next number: one of them may have been stored. */
  #attempts: (readonly Draft[])[] = [];
  #last: Promise<unknown> = Promise.resolve();

  constructor(session: Session, countries: Countries) {
    this.#session = session;
    this.#countries = countries;
  }

  /**
   * Stores events with their rows, all or none, after the commits before it. A retry passes the same drafts again.
   * @throws {FaultError} of kind store: STORE_CONFLICT if another daemon has stored a newer state of a call,
   * NODE_FENCED if this one may not write any longer.
   */
  commit(drafts: readonly Draft[]): Promise<readonly CallRecord[]> {
    const run = (): Promise<readonly CallRecord[]> => this.#commit(drafts);
    const result = this.#last.then(run, run);
    this.#last = result.catch(() => undefined);
    return result;
  }

  async #commit(drafts: readonly Draft[]): Promise<readonly CallRecord[]> {
    const stored = await this.#resolve();
    const left = drafts.filter((draft) => !stored.has(draft));
    const records = left.length === 0 ? new Map<Draft, CallRecord>() : await this.#store(left);
    return drafts.map((draft) => stored.get(draft) ?? records.get(draft)!);
  }

  /** Returns the records of the last commit if it is known only now that it was stored. */
  async #resolve(): Promise<ReadonlyMap<Draft, CallRecord>> {
    if (this.#attempts.length === 0) return new Map();
    const [found] = await this.#session.rows<Position & { readonly attempt: number }>({
      text: 'select attempt, position from log_commits where writer = $1 and number = $2',
      values: [this.writer, this.#number + 1],
    });
    // It may still arrive. Its number then prevents that both it and the next commit are stored.
    if (!found) return new Map();
    return this.#stored(this.#attempts[found.attempt]!, found.position);
  }

  async #store(drafts: readonly Draft[]): Promise<ReadonlyMap<Draft, CallRecord>> {
    try {
      return this.#stored(drafts, await this.#send(drafts));
    } catch (error) {
      if (isOutcomeUnknown(error)) this.#attempts.push(drafts);
      if (!(error instanceof DataError) || !error.isDuplicate) throw error;
      // A commit before it arrived late: whichever of its keys was found first.
      const late = await this.#resolve();
      if (late.size > 0) return this.#storeRest(drafts, late);
      const callIds = await conflictingCalls(this.#session, drafts);
      if (callIds.length === 0) throw error;
      throw conflict(callIds, error);
    }
  }

  async #storeRest(
    drafts: readonly Draft[],
    late: ReadonlyMap<Draft, CallRecord>,
  ): Promise<ReadonlyMap<Draft, CallRecord>> {
    const left = drafts.filter((draft) => !late.has(draft));
    return new Map([...late, ...(left.length === 0 ? [] : await this.#store(left))]);
  }

  #stored(drafts: readonly Draft[], last: number): ReadonlyMap<Draft, CallRecord> {
    this.#number += 1;
    this.#attempts = [];
    const first = last - drafts.length + 1;
    return new Map(
      drafts.map((draft, i) => {
        const { callId, at, fact } = draft;
        return [draft, { position: first + i, callId, at, fact }];
      }),
    );
  }

  /** Sends a commit and returns the position of its last event: in one round trip, or in four with entries of the audit log. */
  async #send(drafts: readonly Draft[]): Promise<number> {
    const { rows, audit } = collectRows(drafts, this.#countries);
    const identity = {
      writer: this.writer,
      number: this.#number + 1,
      attempt: this.#attempts.length,
      epoch: this.#session.epoch,
    };
    const statement = (more: CommitRows = {}): Statement =>
      commitStatement(drafts.length, identity, { ...rows, ...more });
    const [head] =
      audit.length === 0
        ? (await this.#session.write<Position>(statement())).rows
        : await this.#session.transaction((queries, [last]) => {
            const chain = chainOf(last?.['value'] as string | undefined, audit);
            return queries.rows<Position>(statement({ audit: chain.rows, auditHead: [chain.head] }));
          }, LOCK_AUDIT);
    if (!head) throw fenced();
    return head.position;
  }
}

const conflict = (callIds: readonly CallId[], cause: unknown): FaultError =>
  new FaultError(
    'STORE_CONFLICT',
    `another daemon has stored newer events of ${callIds.length} of the calls`,
    {
      cause,
      details: { callIds: callIds.join(' ') },
    },
  );
