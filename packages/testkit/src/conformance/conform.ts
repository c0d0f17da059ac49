/** Runs the audits on a plugin. Knows no test runner, and rejects only when it is itself broken. */
import { messageOf } from '@sidetone/core';
import type { Audit, Level } from '../providers/audits/audit.ts';
import { AUDITS } from '../providers/audits/index.ts';
import { createTranscriberBench, type TranscriberAudit } from '../transcribers/audit.ts';
import { TRANSCRIBER_AUDITS } from '../transcribers/audits/index.ts';
import type { TranscriberSubject } from '../transcribers/scenario.ts';
import { createTranscriberStage } from '../transcribers/stage.ts';
import { createBench } from '../providers/bench.ts';
import { withinReal } from '../checks/patience.ts';
import { reportCard, type AuditResult, type ReportCard } from './report-card.ts';
import type { Subject } from '../providers/scenario.ts';
import { shapeSeen, type Shape } from '../providers/shape.ts';
import { AuditFailure, NotShown } from './verdict.ts';

/** How long one audit may take, ms of real time: time in it is fake, so this is met only by what never comes back. */
export const AUDIT_TIMEOUT_MS = 20_000;

/** An audit that is ready to run on its subject. */
export interface ReadyAudit {
  readonly id: string;
  readonly level: Level;
  readonly name: string;
  /** Says what was found. Never rejects. */
  run(): Promise<AuditResult>;
}

interface Work {
  readonly applies: boolean;
  readonly run: () => Promise<void>;
  readonly close: () => Promise<void>;
}

async function resultOf(
  { id, level, name }: Pick<ReadyAudit, 'id' | 'level' | 'name'>,
  { applies, run, close }: Work,
): Promise<AuditResult> {
  if (!applies) return { id, level, name, outcome: 'not-applicable' };
  const late = new AuditFailure(`it was not done after ${AUDIT_TIMEOUT_MS / 1000} s of real time`);
  try {
    await withinReal(AUDIT_TIMEOUT_MS, late, run());
    return { id, level, name, outcome: 'pass' };
  } catch (error) {
    const outcome = error instanceof NotShown ? 'not-shown' : 'fail';
    return { id, level, name, outcome, reason: messageOf(error) };
  } finally {
    await withinReal(AUDIT_TIMEOUT_MS, late, close()).catch(() => undefined);
  }
}

function readyForProvider(subject: Subject): readonly ReadyAudit[] {
  let seen: Promise<Shape> | undefined;
  return AUDITS.map((audit: Audit) => ({
    ...audit,
    async run() {
      const shape = await (seen ??= shapeSeen(subject));
      const bench = createBench(subject, shape);
      return resultOf(audit, {
        applies: audit.applies(shape),
        run: () => audit.run(bench),
        close: () => bench.close(),
      });
    },
  }));
}

function readyForTranscriber(subject: TranscriberSubject): readonly ReadyAudit[] {
  return TRANSCRIBER_AUDITS.map((audit: TranscriberAudit) => ({
    ...audit,
    async run() {
      const bench = createTranscriberBench(subject);
      return resultOf(audit, {
        applies: await doesApply(audit, subject),
        run: () => audit.run(bench),
        close: () => bench.close(),
      });
    },
  }));
}

/** Whether an instance makes the promise at all. One that cannot even be made fails the audit, with its reason. */
async function doesApply({ applies }: TranscriberAudit, subject: TranscriberSubject): Promise<boolean> {
  if (!applies) return true;
  return createTranscriberStage(subject).then(
    ({ transcriber }) => applies(transcriber),
    () => true,
  );
}

const isTranscriber = (subject: Subject | TranscriberSubject): subject is TranscriberSubject =>
  'kind' in subject.plugin && subject.plugin.kind === 'transcriber';

/** The audits of a subject's kind, in their order, each of which works on fresh instances. */
export const auditsFor = (subject: Subject | TranscriberSubject): readonly ReadyAudit[] =>
  isTranscriber(subject) ? readyForTranscriber(subject) : readyForProvider(subject);

/** Runs every audit that applies, one after another; the card says what was found. */
export async function conform(subject: Subject | TranscriberSubject): Promise<ReportCard> {
  const results: AuditResult[] = [];
  for (const audit of auditsFor(subject)) results.push(await audit.run());
  return reportCard(subject.plugin, results);
}
