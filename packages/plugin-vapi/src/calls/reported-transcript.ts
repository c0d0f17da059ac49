/**
 * The transcript in a call object or a report: conversation items, and a plain text. After a handoff the items can be those of the
 * last assistant only (`artifactPlan.fullMessageHistoryEnabled` is off by default), so lines that only the text has are added. Pure.
 */
import {
  EVENT_LIMITS,
  missingUtterances,
  splitWords,
  type Party,
  type ReportedUtterance,
} from '@sidetone/core';
import { objectOf, textOf, type JsonObject } from '@sidetone/plugin-kit';
import { utterancesOf } from './conversation.ts';
import type { CallSpan } from './item-positions.ts';
import { utterancesInText, type SpeakerLabels } from './plain-transcript.ts';

/** How many items are searched for the counterpart of a line. */
const MAX_LOOK_AHEAD = 20;
/** How many lines and items are compared to find the order; beyond it, the items that are left follow all lines. */
const MAX_COMPARISONS = 4000;

/** Returns the utterances of a call object or a report. */
export function reportedUtterances(root: JsonObject, span: CallSpan = {}): readonly ReportedUtterance[] {
  const artifact = objectOf(root['artifact']);
  const items = longest([artifact['messages'], root['messages']].map((list) => utterancesOf(list, span)));
  const text = textOf(artifact['transcript']) ?? textOf(root['transcript']);
  return completed(items, utterancesInText(text, speakerNames(root)));
}

const characters = (utterances: readonly ReportedUtterance[]): number =>
  utterances.reduce((sum, { text }) => sum + text.length, 0);

/** Returns the longest transcript; the first of several. */
const longest = (transcripts: readonly (readonly ReportedUtterance[])[]): readonly ReportedUtterance[] =>
  transcripts.toSorted((a, b) => characters(b) - characters(a))[0]!;

/**
 * Returns the items with the lines that they lack, each before the counterpart of the line that follows it. Transcripts longer than a
 * report may be are not compared: the daemon cuts them, and their words would take too long.
 */
function completed(
  items: readonly ReportedUtterance[],
  lines: readonly ReportedUtterance[],
): readonly ReportedUtterance[] {
  if (items.length === 0) return lines;
  if (isEqual(items, lines)) return items;
  if (characters(items) + characters(lines) > EVENT_LIMITS.reportText) return items;
  const missing = missingLines(items, lines);
  if (missing.size === 0) return items;
  const all: ReportedUtterance[] = [];
  let next = 0;
  let comparisons = 0;
  for (const line of lines) {
    if (missing.has(line)) {
      all.push(line);
      continue;
    }
    const candidates = comparisons < MAX_COMPARISONS ? items.slice(next, next + MAX_LOOK_AHEAD) : [];
    const ahead = candidates.findIndex((item) => isCounterpart(line, item));
    comparisons += ahead < 0 ? candidates.length : ahead + 1;
    all.push(...items.slice(next, next + ahead + 1));
    next += ahead + 1;
  }
  return [...all, ...items.slice(next)];
}

/** Returns whether the plain text has just the items, which is usual, so that no words have to be compared. */
const isEqual = (items: readonly ReportedUtterance[], lines: readonly ReportedUtterance[]): boolean =>
  items.length === lines.length &&
  items.every(({ party, text }, i) => party === lines[i]!.party && text === lines[i]!.text);

/**
 * Returns the lines that are not in the items. Compared from the end, because the items are the end of the call: of two similar lines,
 * the later one is the one that they contain.
 */
function missingLines(
  items: readonly ReportedUtterance[],
  lines: readonly ReportedUtterance[],
): ReadonlySet<ReportedUtterance> {
  const backwards = (utterances: readonly ReportedUtterance[]) =>
    utterances.toReversed().map((source) => {
      return { party: source.party, text: splitWords(source.text).toReversed().join(' '), source };
    });
  return new Set(missingUtterances(backwards(items), backwards(lines)).map(({ source }) => source));
}

/** Returns whether a line and an item are the same speech; either may contain more than the other. */
const isCounterpart = (line: ReportedUtterance, item: ReportedUtterance): boolean =>
  missingUtterances([item], [line]).length === 0 || missingUtterances([line], [item]).length === 0;

/** Where an assistant, and with it its artifact plan, can be. */
const PLAN_OWNERS = ['assistant', 'assistantOverrides'] as const;

/** Returns the names that the account gave to the speakers of the plain transcript, and the names of assistant and customer. */
function speakerNames(root: JsonObject): SpeakerLabels {
  const names = new Map<string, Party>();
  const add = (name: unknown, party: Party): void => {
    const text = textOf(name)?.trim().toLowerCase();
    if (text !== undefined && text !== '') names.set(text, party);
  };
  for (const scope of [objectOf(root['call']), root]) {
    add(objectOf(scope['customer'])['name'], 'CUSTOMER');
    add(objectOf(scope['assistant'])['name'], 'ASSISTANT');
  }
  for (const scope of [objectOf(root['call']), root]) {
    for (const owner of [...PLAN_OWNERS.map((key) => objectOf(scope[key])), scope]) {
      const plan = objectOf(objectOf(owner['artifactPlan'])['transcriptPlan']);
      add(plan['assistantName'], 'ASSISTANT');
      add(plan['userName'], 'CUSTOMER');
    }
  }
  return names;
}
