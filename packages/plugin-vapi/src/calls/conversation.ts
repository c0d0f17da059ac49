/**
 * Decodes a call's conversation in each of Vapi's formats. Spoken items become utterances; the system prompt and tool items are
 * not part of the transcript.
 */
import {
  instantOf,
  listOf,
  getOwn,
  numberOf,
  objectOf,
  definedFields,
  textOf,
  type JsonObject,
} from '@sidetone/plugin-kit';
import { type MessageRole, type Party, type ReportedUtterance } from '@sidetone/core';

/** The speaker of each role. */
export const PARTY_OF_ROLE: Readonly<Record<string, Party>> = {
  user: 'CUSTOMER',
  assistant: 'ASSISTANT',
  bot: 'ASSISTANT',
};

const HISTORY_ROLES: Readonly<Record<string, MessageRole>> = {
  system: 'SYSTEM',
  user: 'USER',
  assistant: 'ASSISTANT',
  bot: 'ASSISTANT',
};

/** The longest call, ms: a larger offset is invalid. */
const LONGEST_CALL_MS = 12 * 60 * 60 * 1000;
/** A larger duration of an item is in milliseconds. */
const LONGEST_ITEM_SECONDS = 60;

/** One message of a conversation history. */
export interface HistoryLine {
  readonly role: MessageRole;
  readonly text: string;
}

interface SpokenItem {
  readonly party: Party;
  readonly text: string;
  readonly time?: number;
  readonly endTime?: number;
  readonly fromStart?: number;
  readonly duration?: number;
}

function readItem(value: unknown): SpokenItem | undefined {
  const item = objectOf(value);
  const party = getOwn(PARTY_OF_ROLE, textOf(item['role']));
  // `originalMessage` is the unfiltered text: it is never read.
  const text = textOf(item['message']) ?? textOf(item['content']);
  if (!party || text === undefined) return undefined;
  return {
    party,
    text,
    ...definedFields({
      time: instantOf(item['time']),
      endTime: instantOf(item['endTime']),
      fromStart: numberOf(item['secondsFromStart']),
      duration: numberOf(item['duration']),
    }),
  };
}

/** Returns the unit of `secondsFromStart`, ms, by comparison with `time` in epoch ms. Seconds, as documented, without `time`. */
function offsetUnitMs(items: readonly SpokenItem[]): 1 | 1000 {
  const timed = items.filter(({ time, fromStart }) => time !== undefined && fromStart !== undefined);
  const [first, last] = [timed[0], timed.at(-1)];
  const offsetSpan = first && last ? last.fromStart! - first.fromStart! : 0;
  const timeSpanMs = first && last ? last.time! - first.time! : 0;
  if (offsetSpan > 0 && timeSpanMs > 0) return timeSpanMs / offsetSpan < 30 ? 1 : 1000;
  return items.some(({ fromStart }) => (fromStart ?? 0) * 1000 > LONGEST_CALL_MS) ? 1 : 1000;
}

/** Returns the duration of an item. Documented in seconds, observed in milliseconds: `endTime - time` takes precedence. */
function durationMs({ time, endTime, duration }: SpokenItem): number | undefined {
  const span = time === undefined || endTime === undefined ? undefined : endTime - time;
  if (span !== undefined && span >= 0) return span;
  if (duration === undefined || duration < 0) return undefined;
  return duration > LONGEST_ITEM_SECONDS ? duration : duration * 1000;
}

function startMsOf(item: SpokenItem, unitMs: number, answeredAt: number | undefined): number | undefined {
  const reported = item.fromStart === undefined ? undefined : item.fromStart * unitMs;
  const derived = item.time === undefined || answeredAt === undefined ? undefined : item.time - answeredAt;
  return [reported, derived].find(
    (offset) => offset !== undefined && offset >= 0 && offset <= LONGEST_CALL_MS,
  );
}

/** Returns the utterances in a list of conversation items, in chronological order. */
export function utterancesOf(items: unknown, answeredAt?: number): readonly ReportedUtterance[] {
  const spoken = listOf(items)
    .map(readItem)
    .filter((item) => item !== undefined);
  const unitMs = offsetUnitMs(spoken);
  const utterances = spoken.map((item): ReportedUtterance => {
    const startMs = startMsOf(item, unitMs, answeredAt);
    const lengthMs = startMs === undefined ? undefined : durationMs(item);
    return {
      party: item.party,
      text: item.text,
      ...definedFields({
        startMs: startMs === undefined ? undefined : Math.round(startMs),
        endMs: lengthMs === undefined ? undefined : Math.round(startMs! + lengthMs),
      }),
    };
  });
  const isTimed = utterances.every(({ startMs }) => startMs !== undefined);
  return isTimed ? utterances.toSorted((a, b) => a.startMs! - b.startMs!) : utterances;
}

const TRANSCRIPT_LINE = /^(AI|Assistant|Bot|User|Customer): ?(.*)$/i;

/** Returns the utterances in a plain-text transcript: lines that start with `AI:` or `User:`, and their continuation lines. */
export function utterancesInText(transcript: string | undefined): readonly ReportedUtterance[] {
  const utterances: { party: Party; text: string }[] = [];
  for (const line of transcript?.split(/\r?\n/) ?? []) {
    const [, speaker, text] = TRANSCRIPT_LINE.exec(line) ?? [];
    const party: Party = /^(user|customer)$/i.test(speaker ?? '') ? 'CUSTOMER' : 'ASSISTANT';
    if (speaker !== undefined) utterances.push({ party, text: text!.trim() });
    else if (line.trim() !== '' && utterances.length > 0) utterances.at(-1)!.text += ` ${line.trim()}`;
  }
  return utterances.filter(({ text }) => text !== '');
}

/** Returns the utterances of a call object or a report: from the items if there are any, else from the plain transcript. */
export function reportedUtterances(root: JsonObject, answeredAt?: number): readonly ReportedUtterance[] {
  const artifact = objectOf(root['artifact']);
  for (const items of [artifact['messages'], root['messages']]) {
    const utterances = utterancesOf(items, answeredAt);
    if (utterances.length > 0) return utterances;
  }
  return utterancesInText(textOf(artifact['transcript']) ?? textOf(root['transcript']));
}

/** Returns the history in a conversation-update, in any of its three formats. */
export function historyOf(message: JsonObject): readonly HistoryLine[] {
  for (const key of ['messagesOpenAIFormatted', 'conversation', 'messages']) {
    const lines = listOf(message[key])
      .map(objectOf)
      .flatMap((item): HistoryLine[] => {
        const role = getOwn(HISTORY_ROLES, textOf(item['role']));
        const text = textOf(item['content']) ?? textOf(item['message']);
        return role && text !== undefined ? [{ role, text }] : [];
      });
    if (lines.length > 0) return lines;
  }
  return [];
}
