/**
 * Writes failed sign-ins to the audit log: one entry for the failures of an address at an entrance in a period. A flood from many
 * addresses cannot fill the disk, because entries are limited; the failures without an entry of their own are combined.
 */
import { messageOf, type Clock, type Logger } from '@sidetone/core';
import { NOBODY, type AuditEntry, type AuditLog } from './audit.ts';
import { OTHER_ADDRESSES, REPORT_PERIOD_MS, type FailedSignInReport } from './failed-sign-ins.ts';

/** The number of entries for single addresses at once, and how many become available per minute. */
export const MAX_ENTRIES_AT_ONCE = 60;
export const ENTRIES_PER_MINUTE = 1;
/** The number of reports that are kept while the audit log cannot be written. Later ones are combined. */
export const MAX_KEPT_REPORTS = 200;

const MINUTE_MS = 60_000;

interface SignInAuditDeps {
  readonly audit: Pick<AuditLog, 'append'>;
  readonly clock: Pick<Clock, 'now' | 'elapsed' | 'schedule'>;
  readonly log: Pick<Logger, 'warn'>;
}

export class SignInAudit {
  readonly #deps: SignInAuditDeps;
  #reports: FailedSignInReport[] = [];
  /** Failures whose reports are not kept any longer. */
  #combined = 0;
  #combinedTotal = 0;
  #entriesLeft = MAX_ENTRIES_AT_ONCE;
  #refilledAt: number;
  #isScheduled = false;
  #cancelRetry: (() => void) | undefined;

  constructor(deps: SignInAuditDeps) {
    this.#deps = deps;
    this.#refilledAt = deps.clock.elapsed();
  }

  /** The number of failures since the start that were counted without address because too many reports were kept. */
  get combined(): number {
    return this.#combinedTotal;
  }

  /** Accepts a report; all reports of a turn are written together. Never throws. */
  observe(report: FailedSignInReport): void {
    this.#reports.push(report);
    this.#schedule();
  }

  close(): void {
    this.#cancelRetry?.();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    queueMicrotask(() => void this.#write());
  }

  /** Never rejects. What is reported while it writes is written next. */
  async #write(): Promise<void> {
    await this.#append();
    this.#isScheduled = false;
    if (!this.#cancelRetry && this.#reports.length > 0) this.#schedule();
  }

  async #append(): Promise<void> {
    const { audit, clock, log } = this.#deps;
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
    this.#refill();
    const entries = this.#toEntries();
    const { length } = this.#reports;
    const combined = this.#combined;
    try {
      await audit.append(...entries);
      this.#entriesLeft -= entries.filter(({ details }) => details.address !== OTHER_ADDRESSES).length;
      this.#reports.splice(0, length);
      this.#combined -= combined;
    } catch (error) {
      log.warn('failed sign-ins could not be written to the audit log, retrying', {
        reason: messageOf(error),
      });
      const more = totalOf(this.#reports.splice(MAX_KEPT_REPORTS));
      this.#combined += more;
      this.#combinedTotal += more;
      this.#cancelRetry = clock.schedule(REPORT_PERIOD_MS, () => this.#schedule());
    }
  }

  #refill(): void {
    const now = this.#deps.clock.elapsed();
    const minutes = (now - this.#refilledAt) / MINUTE_MS;
    this.#entriesLeft = Math.min(MAX_ENTRIES_AT_ONCE, this.#entriesLeft + minutes * ENTRIES_PER_MINUTE);
    this.#refilledAt = now;
  }

  /** Returns an entry for each of the addresses with most failures, and one for the rest. */
  #toEntries(): SignInEntry[] {
    const at = this.#deps.clock.now();
    const named = this.#reports.filter(({ address }) => address !== OTHER_ADDRESSES);
    const listed = new Set(
      named.toSorted((one, other) => other.count - one.count).slice(0, Math.floor(this.#entriesLeft)),
    );
    const rest = totalOf(this.#reports.filter((report) => !listed.has(report))) + this.#combined;
    const entries = [...listed].map(({ address, entrance, count: failures }) =>
      toEntry(at, { failures, address, entrance }),
    );
    return rest === 0 ? entries : [...entries, toEntry(at, { failures: rest, address: OTHER_ADDRESSES })];
  }
}

type SignInEntry = Extract<AuditEntry, { readonly action: 'SIGN_IN_FAILED' }>;

const toEntry = (at: number, details: SignInEntry['details']): SignInEntry => ({
  at,
  by: NOBODY,
  action: 'SIGN_IN_FAILED',
  details,
});

const totalOf = (reports: readonly FailedSignInReport[]): number =>
  reports.reduce((total, { count }) => total + count, 0);
