/** Lets a test runner run the audits one by one, each as a test of its own. */
import type { TranscriberSubject } from '../transcribers/scenario.ts';
import { auditsFor } from './conform.ts';
import type { Subject } from '../providers/scenario.ts';
import { AuditFailure } from './verdict.ts';

/** What a runner calls `it` or `test`: vitest's, jest's, and that of `node:test`. */
export type DefineTest = (name: string, body: () => Promise<void>) => unknown;

/**
 * Defines a test for each audit of the subject's kind. A test fails where a MUST or a SHOULD does, or is not shown; what does
 * not apply, and a MAY that does not hold, passes.
 */
export function defineAudits(it: DefineTest, subject: Subject | TranscriberSubject): void {
  for (const audit of auditsFor(subject)) {
    void it(`${audit.id} ${audit.level}: ${audit.name}`, async () => {
      const { outcome, reason } = await audit.run();
      const isKept = outcome === 'pass' || outcome === 'not-applicable';
      if (isKept || (outcome === 'fail' && audit.level === 'MAY')) return;
      throw new AuditFailure(`${outcome}: ${reason ?? 'no reason was given'}`);
    });
  }
}
