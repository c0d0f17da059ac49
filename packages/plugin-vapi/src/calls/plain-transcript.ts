/**
 * Decodes a plain-text transcript: lines that start with the label of a speaker. The labels are `AI` and `User` unless the account
 * has renamed the speakers; unknown labels are learned from the lines. Pure and total.
 */
import { EVENT_LIMITS, type Party, type ReportedUtterance } from '@sidetone/core';

/** The party of each speaker's label, in lower case. */
export type SpeakerLabels = ReadonlyMap<string, Party>;

/** The part of a transcript that is read: with its labels, longer than what the daemon stores. */
const MAX_CHARACTERS = 2 * EVENT_LIMITS.reportText;
/** The lines that are read. A line may continue the previous one. */
const MAX_LINES = 4 * EVENT_LIMITS.reportUtterances;

const DEFAULT_LABELS: SpeakerLabels = new Map([
  ['ai', 'ASSISTANT'],
  ['assistant', 'ASSISTANT'],
  ['bot', 'ASSISTANT'],
  ['user', 'CUSTOMER'],
  ['customer', 'CUSTOMER'],
]);

/** A label: one to five words that start with a letter, without punctuation, followed by a colon. A time such as 10:30 is not a label. */
const LABELLED = /^(?=.{1,40}?:(?: |$))(\p{L}[^\s:.,;?!]*(?: [^\s:.,;?!]+){0,4}):(?: |$)(.*)$/su;

interface Line {
  readonly text: string;
  /** In lower case. */
  readonly label?: string;
  /** The text after the label. */
  readonly rest: string;
}

function readLine(text: string, known: SpeakerLabels): Line {
  // A known label is recognised without a space too.
  const colon = text.indexOf(':');
  const start = text.slice(0, Math.max(0, colon)).toLowerCase();
  if (known.has(start)) return { text, label: start, rest: text.slice(colon + 1).trim() };
  const [, label, rest] = LABELLED.exec(text) ?? [];
  return label === undefined
    ? { text, rest: text }
    : { text, label: label.toLowerCase(), rest: rest!.trim() };
}

/** Returns the unknown label that is used most; the first of several. */
function mostUsed(lines: readonly Line[], labels: SpeakerLabels): string | undefined {
  const counts = new Map<string, number>();
  for (const { label } of lines) {
    if (label !== undefined && !labels.has(label)) counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  return [...counts].toSorted(([, a], [, b]) => b - a)[0]?.[0];
}

/**
 * Completes the labels by those that the lines use, until both parties have one. If both are unknown, the first line is the
 * assistant's, which speaks first unless it is configured to wait.
 */
function learnLabels(lines: readonly Line[], known: SpeakerLabels): SpeakerLabels {
  const labels = new Map(known);
  const partiesUsed = new Set(
    lines.map(({ label }) => labels.get(label ?? '')).filter((party) => party !== undefined),
  );
  const learn = (label: string | undefined): void => {
    if (label === undefined) return;
    const party = partiesUsed.has('ASSISTANT') ? 'CUSTOMER' : 'ASSISTANT';
    labels.set(label, party);
    partiesUsed.add(party);
  };
  if (partiesUsed.size === 0) learn(lines[0]?.label);
  if (partiesUsed.size === 1) learn(mostUsed(lines, labels));
  return labels;
}

/**
 * Returns the utterances in a plain-text transcript. A line without a label continues the previous one. A line with an unknown label
 * is an utterance of its own whose speaker is unknown: it must not be attributed to the previous speaker.
 */
export function utterancesInText(
  transcript: string | undefined,
  names: SpeakerLabels = new Map(),
): readonly ReportedUtterance[] {
  const known = new Map([...DEFAULT_LABELS, ...names]);
  const lines = (transcript ?? '')
    .slice(0, MAX_CHARACTERS)
    .split(/\r?\n/, MAX_LINES)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => readLine(line, known));
  const labels = learnLabels(lines, known);
  const utterances: { party: Party; texts: string[] }[] = [];
  for (const { text, label, rest } of lines) {
    const last = utterances.at(-1);
    const party = label === undefined ? undefined : labels.get(label);
    if (party) utterances.push({ party, texts: [rest] });
    else if (label !== undefined) utterances.push({ party: 'UNKNOWN', texts: [text] });
    else last?.texts.push(text);
  }
  return utterances
    .map(({ party, texts }) => ({ party, text: texts.join(' ').trim() }))
    .filter(({ text }) => text !== '');
}
