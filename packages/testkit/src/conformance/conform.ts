/** Runs the audits of a plugin, without a test runner. */
import { messageOf } from '@sidetone/core';
import type { AuditInfo } from '../checks/audit-info.ts';
import { withRealTimeout } from '../checks/outcome.ts';
import { createSharedWork } from '../checks/shared-work.ts';
import { createStrayErrors } from '../checks/stray-errors.ts';
import { AuditFailure, NotCovered } from '../checks/verdict.ts';
import { createAuditContext } from '../providers/audit-context.ts';
import { AUDITS } from '../providers/audits/index.ts';
import { detectFeatures, type ProviderFeatures } from '../providers/features.ts';
import type { Subject } from '../providers/scenario.ts';
import type { TranscriberAudit } from '../transcribers/audit.ts';
import { createTranscriberAuditContext } from '../transcribers/audit-context.ts';
import { TRANSCRIBER_AUDITS } from '../transcribers/audits/index.ts';
import { createTranscriberHarness } from '../transcribers/harness.ts';
import type { TranscriberSubject } from '../transcribers/scenario.ts';
import { reportCard, type AuditResult, type ReportCard } from './report-card.ts';

/** Time limit of one audit, in ms of real time. Audits use fake time, so only a task that never settles reaches it. */
export const AUDIT_TIMEOUT_MS = 20_000;

/** An audit of a subject. */
export interface ReadyAudit extends AuditInfo {
  /** Runs the audit and returns the result. Never rejects. */
  run(): Promise<AuditResult>;
}

interface Work {
  readonly applies: boolean;
  readonly run: () => Promise<void>;
  readonly close: () => Promise<void>;
}

async function resultOf({ id, level, name }: AuditInfo, { applies, run, close }: Work): Promise<AuditResult> {
  if (!applies) return { id, level, name, outcome: 'not-applicable' };
  const timeout = new AuditFailure(`the audit timed out after ${AUDIT_TIMEOUT_MS / 1000} s of real time`);
  try {
    await withRealTimeout(AUDIT_TIMEOUT_MS, timeout, run());
    return { id, level, name, outcome: 'pass' };
  } catch (error) {
    const outcome = error instanceof NotCovered ? 'not-covered' : 'fail';
    return { id, level, name, outcome, reason: messageOf(error) };
  } finally {
    await withRealTimeout(AUDIT_TIMEOUT_MS, timeout, close()).catch(() => undefined);
  }
}

function readyForProvider(subject: Subject): readonly ReadyAudit[] {
  let detected: Promise<ProviderFeatures> | undefined;
  const strayErrors = createStrayErrors();
  const shared = createSharedWork();
  return AUDITS.map((audit) => ({
    ...audit,
    run: () =>
      strayErrors.during(async () => {
        const features = await (detected ??= detectFeatures(subject));
        const context = createAuditContext(subject, features, strayErrors.messages, shared);
        return resultOf(audit, {
          applies: audit.applies(features),
          run: () => audit.run(context),
          close: () => context.close(),
        });
      }),
  }));
}

function readyForTranscriber(subject: TranscriberSubject): readonly ReadyAudit[] {
  const strayErrors = createStrayErrors();
  const shared = createSharedWork();
  return TRANSCRIBER_AUDITS.map((audit) => ({
    ...audit,
    run: () =>
      strayErrors.during(async () => {
        const context = createTranscriberAuditContext(subject, strayErrors.messages, shared);
        return resultOf(audit, {
          applies: await doesApply(audit, subject),
          run: () => audit.run(context),
          close: () => context.close(),
        });
      }),
  }));
}

/** Returns whether an audit applies. If no instance can be created, it does, and fails with the reason. */
async function doesApply({ applies }: TranscriberAudit, subject: TranscriberSubject): Promise<boolean> {
  if (!applies) return true;
  return createTranscriberHarness(subject).then(
    ({ transcriber }) => applies(transcriber),
    () => true,
  );
}

const isTranscriber = (subject: Subject | TranscriberSubject): subject is TranscriberSubject =>
  'kind' in subject.plugin && subject.plugin.kind === 'transcriber';

/** Returns the audits for a subject, in order. Each works on new instances. */
export const auditsFor = (subject: Subject | TranscriberSubject): readonly ReadyAudit[] =>
  isTranscriber(subject) ? readyForTranscriber(subject) : readyForProvider(subject);

/** Runs all audits, or those with the ids in `only`, one after another, and returns the report card. Rejects only because of a bug in this package. */
export async function conform(
  subject: Subject | TranscriberSubject,
  { only }: { readonly only?: readonly string[] } = {},
): Promise<ReportCard> {
  const results: AuditResult[] = [];
  const audits = auditsFor(subject).filter(({ id }) => only?.includes(id) ?? true);
  for (const audit of audits) results.push(await audit.run());
  return reportCard(subject.plugin, results);
}
