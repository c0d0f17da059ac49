/** The results of all audits of a plugin, as JSON and as text. */
import { CONTRACT_VERSION } from '@sidetone/core';
import { LEVELS, type AuditInfo, type Level } from '../checks/audit-info.ts';
import { AUDITS_BY_TOPIC } from '../providers/audits/index.ts';
import { TRANSCRIBER_AUDITS_BY_TOPIC } from '../transcribers/audits/index.ts';
import { KIT_VERSION } from './kit-version.ts';

/**
 * `not-applicable` if the plugin does not make the promise. `not-covered` if it does, but the scenario does not contain what
 * the audit needs.
 */
export type AuditOutcome = 'pass' | 'fail' | 'not-applicable' | 'not-covered';

/** The result of one audit. */
export interface AuditResult extends AuditInfo {
  readonly outcome: AuditOutcome;
  /** Why it failed, or what is not covered. */
  readonly reason?: string;
}

/** The number of passed and failed audits of a level. */
export interface LevelCount {
  readonly passed: number;
  readonly failed: number;
}

/** The results of all audits of one subject. The same in every run. */
export interface ReportCard {
  readonly plugin: string;
  readonly displayName: string;
  readonly contract: number;
  /** The version of this package. A later one may have more audits. */
  readonly kit: string;
  /** The name of the exported subject, if the module exports several. */
  readonly subject?: string;
  readonly must: LevelCount;
  /** An audit that is not covered counts as a failed SHOULD, regardless of its level. */
  readonly should: LevelCount;
  readonly may: LevelCount;
  readonly audits: readonly AuditResult[];
}

const COUNTED_AS: Readonly<Record<Level, 'must' | 'should' | 'may'>> = {
  MUST: 'must',
  SHOULD: 'should',
  MAY: 'may',
};

function countOf(results: readonly AuditResult[], level: Level): LevelCount {
  const passed = results.filter((result) => result.level === level && result.outcome === 'pass');
  const failed = results.filter((result) => result.level === level && result.outcome === 'fail');
  const notCovered = level === 'SHOULD' ? results.filter(({ outcome }) => outcome === 'not-covered') : [];
  return { passed: passed.length, failed: failed.length + notCovered.length };
}

/** Creates the report card of a plugin. */
export function reportCard(
  plugin: { readonly name: string; readonly displayName: string },
  audits: readonly AuditResult[],
): ReportCard {
  const counts = Object.fromEntries(LEVELS.map((level) => [COUNTED_AS[level], countOf(audits, level)]));
  return {
    plugin: plugin.name,
    displayName: plugin.displayName,
    contract: CONTRACT_VERSION,
    kit: KIT_VERSION,
    ...(counts as Pick<ReportCard, 'must' | 'should' | 'may'>),
    audits,
  };
}

/** The topics of both kinds of plugins. A card contains audits of one kind only. */
const TOPICS: readonly (readonly [topic: string, audits: readonly { readonly id: string }[]])[] = [
  ...Object.entries(AUDITS_BY_TOPIC),
  ...Object.entries(TRANSCRIBER_AUDITS_BY_TOPIC),
];

const LABELS: Readonly<Record<AuditOutcome, string>> = {
  pass: 'pass',
  fail: 'FAIL',
  'not-covered': 'NOT COVERED',
  'not-applicable': '-',
};
const LABEL_WIDTH = LABELS['not-covered'].length;
/** The column of the promise. */
const INDENT = ' '.repeat(2 + LABEL_WIDTH + 2 + 6 + 2 + 4 + 2);

const formatCount = (level: Level, { passed, failed }: LevelCount): string =>
  `${level} ${passed} of ${passed + failed}`;

function linesOf({ id, level, name, outcome, reason }: AuditResult): readonly string[] {
  const line = `  ${LABELS[outcome].padEnd(LABEL_WIDTH)}  ${level.padEnd(6)}  ${id}  ${name}`;
  return reason === undefined ? [line] : [line, `${INDENT}${reason}`];
}

/** Formats a report card as text, by topic. */
export function printReportCard(card: ReportCard): string {
  const { displayName, plugin, contract, kit, subject, must, should, may, audits } = card;
  const notApplicable = audits.filter(({ outcome }) => outcome === 'not-applicable').length;
  const counts = [formatCount('MUST', must), formatCount('SHOULD', should), formatCount('MAY', may)].join(
    ', ',
  );
  const topics = TOPICS.flatMap(([topic, list]) => {
    const ids = new Set(list.map(({ id }) => id));
    const lines = audits.filter(({ id }) => ids.has(id)).flatMap(linesOf);
    return lines.length > 0 ? ['', topic, ...lines] : [];
  });
  const of = subject === undefined ? '' : `: ${subject}`;
  const head = `${displayName} (${plugin}), contract ${contract}, kit ${kit}${of}`;
  return [head, `${counts}; not applicable ${notApplicable}`, ...topics, ''].join('\n');
}

/** Returns the exit code for a card: 0 if all MUSTs pass, otherwise 1. */
export const exitCodeOf = ({ must }: ReportCard): 0 | 1 => (must.failed === 0 ? 0 : 1);
