/** Runs the audits on a plugin. Knows no test runner, and rejects only when it is itself broken. */
import { messageOf } from '@sidetone/core';
import type { Audit } from '../audits/audit.ts';
import { AUDITS } from '../audits/index.ts';
import { createBench } from './bench.ts';
import { withinReal } from './patience.ts';
import { reportCard, type AuditResult, type ReportCard } from './report-card.ts';
import type { Subject } from './scenario.ts';
import { shapeSeen, type Shape } from './shape.ts';
import { AuditFailure, NotShown } from './verdict.ts';

/** How long one audit may take, ms of real time: time in it is fake, so this is met only by what never comes back. */
export const AUDIT_TIMEOUT_MS = 20_000;

/** Runs one audit on a subject whose shape was seen. Never rejects. */
export async function runAudit(subject: Subject, shape: Shape, audit: Audit): Promise<AuditResult> {
  const { id, level, name } = audit;
  if (!audit.applies(shape)) return { id, level, name, outcome: 'not-applicable' };
  const bench = createBench(subject, shape);
  const late = new AuditFailure(`it was not done after ${AUDIT_TIMEOUT_MS / 1000} s of real time`);
  try {
    await withinReal(AUDIT_TIMEOUT_MS, late, audit.run(bench));
    return { id, level, name, outcome: 'pass' };
  } catch (error) {
    const outcome = error instanceof NotShown ? 'not-shown' : 'fail';
    return { id, level, name, outcome, reason: messageOf(error) };
  } finally {
    await withinReal(AUDIT_TIMEOUT_MS, late, bench.close()).catch(() => undefined);
  }
}

/** Runs every audit that applies, one after another, each on fresh instances; the card says what was found. */
export async function conform(subject: Subject): Promise<ReportCard> {
  const shape = await shapeSeen(subject);
  const results: AuditResult[] = [];
  for (const audit of AUDITS) results.push(await runAudit(subject, shape, audit));
  return reportCard(subject.plugin, results);
}
