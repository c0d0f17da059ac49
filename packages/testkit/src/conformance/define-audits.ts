/** Lets a test runner run the audits one by one, each as a test of its own. */
import { AUDITS } from '../audits/index.ts';
import { runAudit } from './conform.ts';
import type { Subject } from './scenario.ts';
import { shapeSeen, type Shape } from './shape.ts';
import { AuditFailure } from './verdict.ts';

/** What a runner calls `it` or `test`: vitest's, jest's, and that of `node:test`. */
export type DefineTest = (name: string, body: () => Promise<void>) => unknown;

/**
 * Defines a test for each audit. A test fails where a MUST or a SHOULD does, or is not shown; what does not apply to
 * the provider, and a MAY that does not hold, passes.
 */
export function defineAudits(it: DefineTest, subject: Subject): void {
  let seen: Promise<Shape> | undefined;
  for (const audit of AUDITS) {
    void it(`${audit.id} ${audit.level}: ${audit.name}`, async () => {
      const { outcome, reason } = await runAudit(subject, await (seen ??= shapeSeen(subject)), audit);
      const isKept = outcome === 'pass' || outcome === 'not-applicable';
      if (isKept || (outcome === 'fail' && audit.level === 'MAY')) return;
      throw new AuditFailure(`${outcome}: ${reason ?? 'no reason was given'}`);
    });
  }
}
