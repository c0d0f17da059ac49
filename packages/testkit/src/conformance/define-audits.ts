/** Runs the audits in a test runner, as one test each. */
import { AuditFailure } from '../checks/verdict.ts';
import type { Subject } from '../providers/scenario.ts';
import type { TranscriberSubject } from '../transcribers/scenario.ts';
import { auditsFor } from './conform.ts';

/** The function `it` or `test` of a test runner: vitest, jest or `node:test`. */
export type DefineTest = (name: string, body: () => Promise<void>) => unknown;

/** Options of {@link defineAudits}. */
export interface DefineAuditsOptions {
  /** The ids of the audits. Default: all. */
  readonly only?: readonly string[];
}

/**
 * Defines a test for each audit. A test fails if a MUST or a SHOULD fails or is not covered. It passes if the audit does not
 * apply, or if a MAY fails.
 */
export function defineAudits(
  it: DefineTest,
  subject: Subject | TranscriberSubject,
  { only }: DefineAuditsOptions = {},
): void {
  for (const audit of auditsFor(subject)) {
    if (only && !only.includes(audit.id)) continue;
    void it(`${audit.id} ${audit.level}: ${audit.name}`, async () => {
      const { outcome, reason } = await audit.run();
      const isKept = outcome === 'pass' || outcome === 'not-applicable';
      if (isKept || (outcome === 'fail' && audit.level === 'MAY')) return;
      throw new AuditFailure(`${outcome}: ${reason ?? 'no reason given'}`);
    });
  }
}
