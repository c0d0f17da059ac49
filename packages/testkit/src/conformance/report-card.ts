/** What the audits found about one plugin, as JSON and as text. */
import { CONTRACT_VERSION } from '@sidetone/core';
import { LEVELS, type Level } from '../providers/audits/audit.ts';
import { AUDITS_BY_TOPIC } from '../providers/audits/index.ts';
import { TRANSCRIBER_AUDITS_BY_TOPIC } from '../transcribers/audits/index.ts';

/**
 * `not-applicable` where the provider does not make the promise; `not-shown` where it does and the scenario leaves out
 * what is needed to see it.
 */
export type AuditOutcome = 'pass' | 'fail' | 'not-applicable' | 'not-shown';

/** What one audit found. */
export interface AuditResult {
  readonly id: string;
  readonly level: Level;
  readonly name: string;
  readonly outcome: AuditOutcome;
  /** Why it failed, or what is not shown. */
  readonly reason?: string;
}

/** How many of those that apply hold. */
export interface LevelCount {
  readonly passed: number;
  readonly failed: number;
}

/** What all audits found about one subject. Holds nothing that changes from run to run. */
export interface ReportCard {
  readonly plugin: string;
  readonly displayName: string;
  readonly contract: number;
  readonly must: LevelCount;
  /** An audit that could not be shown counts as a SHOULD that failed, whatever its level. */
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
  const notShown = level === 'SHOULD' ? results.filter(({ outcome }) => outcome === 'not-shown') : [];
  return { passed: passed.length, failed: failed.length + notShown.length };
}

/** The card of a plugin. */
export function reportCard(
  plugin: { readonly name: string; readonly displayName: string },
  audits: readonly AuditResult[],
): ReportCard {
  const counts = Object.fromEntries(LEVELS.map((level) => [COUNTED_AS[level], countOf(audits, level)]));
  return {
    plugin: plugin.name,
    displayName: plugin.displayName,
    contract: CONTRACT_VERSION,
    ...(counts as Pick<ReportCard, 'must' | 'should' | 'may'>),
    audits,
  };
}

/** Those of providers and those of transcribers: a card has lines of one kind alone. */
const TOPICS: readonly (readonly [topic: string, audits: readonly { readonly id: string }[]])[] = [
  ...Object.entries(AUDITS_BY_TOPIC),
  ...Object.entries(TRANSCRIBER_AUDITS_BY_TOPIC),
];

const WORDS: Readonly<Record<AuditOutcome, string>> = {
  pass: 'pass',
  fail: 'FAIL',
  'not-shown': 'NOT SHOWN',
  'not-applicable': '-',
};

const inWords = (level: Level, { passed, failed }: LevelCount): string =>
  `${level} ${passed} of ${passed + failed}`;

function lineOf({ id, level, name, outcome, reason }: AuditResult): readonly string[] {
  const line = `  ${WORDS[outcome].padEnd(9)}  ${level.padEnd(6)}  ${id}  ${name}`;
  return reason === undefined ? [line] : [line, `${' '.repeat(27)}${reason}`];
}

/** The card as text, by topic. The same for the same card. */
export function printReportCard(card: ReportCard): string {
  const { displayName, plugin, contract, must, should, may, audits } = card;
  const away = audits.filter(({ outcome }) => outcome === 'not-applicable').length;
  const counts = [inWords('MUST', must), inWords('SHOULD', should), inWords('MAY', may)].join(', ');
  const topics = TOPICS.flatMap(([topic, list]) => {
    const ids = new Set(list.map(({ id }) => id));
    const lines = audits.filter(({ id }) => ids.has(id)).flatMap(lineOf);
    return lines.length > 0 ? ['', topic, ...lines] : [];
  });
  const head = `${displayName} (${plugin}), contract ${contract}`;
  return [head, `${counts}; not applicable ${away}`, ...topics, ''].join('\n');
}

/** The exit code of a program that shows a card: 0 when every MUST holds, else 1. */
export const exitCodeOf = ({ must }: ReportCard): 0 | 1 => (must.failed === 0 ? 0 : 1);
