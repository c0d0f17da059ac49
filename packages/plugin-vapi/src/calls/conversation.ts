/**
 * A call's conversation as Vapi keeps it, in each of the shapes that are seen. What was said becomes utterances; the
 * system's prompt and what tools did are nobody's words and never leave this file.
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

/** Who speaks, by Vapi's words. */
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

/** No call lasts longer, ms: an offset beyond it is no offset. */
const LONGEST_CALL_MS = 12 * 60 * 60 * 1000;
/** A spoken item that claims to last longer than this many seconds was measured in milliseconds. */
const LONGEST_ITEM_SECONDS = 60;

/** One line of a history, for finding a text in it. */
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
  // `originalMessage` is what a filter took out: it is never read.
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

/** Ms in one unit of `secondsFromStart`, which its neighbour in epoch ms shows; seconds, as documented, without one. */
function offsetUnitMs(items: readonly SpokenItem[]): 1 | 1000 {
  const timed = items.filter(({ time, fromStart }) => time !== undefined && fromStart !== undefined);
  const [first, last] = [timed[0], timed.at(-1)];
  const told = first && last ? last.fromStart! - first.fromStart! : 0;
  const real = first && last ? last.time! - first.time! : 0;
  if (told > 0 && real > 0) return real / told < 30 ? 1 : 1000;
  return items.some(({ fromStart }) => (fromStart ?? 0) * 1000 > LONGEST_CALL_MS) ? 1 : 1000;
}

/** Durations are documented as seconds and measured as milliseconds: the span of the same item decides. */
function durationMs({ time, endTime, duration }: SpokenItem): number | undefined {
  const span = time === undefined || endTime === undefined ? undefined : endTime - time;
  if (span !== undefined && span >= 0) return span;
  if (duration === undefined || duration < 0) return undefined;
  return duration > LONGEST_ITEM_SECONDS ? duration : duration * 1000;
}

function startMsOf(item: SpokenItem, unitMs: number, answeredAt: number | undefined): number | undefined {
  const told = item.fromStart === undefined ? undefined : item.fromStart * unitMs;
  const counted = item.time === undefined || answeredAt === undefined ? undefined : item.time - answeredAt;
  return [told, counted].find((offset) => offset !== undefined && offset >= 0 && offset <= LONGEST_CALL_MS);
}

/** What was said, of a list of conversation items, in the order in which it was said. */
export function utterancesOf(items: unknown, answeredAt?: number): readonly ReportedUtterance[] {
  const spoken = listOf(items)
    .map(readItem)
    .filter((item) => item !== undefined);
  const unitMs = offsetUnitMs(spoken);
  const utterances = spoken.map((item): ReportedUtterance => {
    const startMs = startMsOf(item, unitMs, answeredAt);
    const lastsMs = startMs === undefined ? undefined : durationMs(item);
    return {
      party: item.party,
      text: item.text,
      ...definedFields({
        startMs: startMs === undefined ? undefined : Math.round(startMs),
        endMs: lastsMs === undefined ? undefined : Math.round(startMs! + lastsMs),
      }),
    };
  });
  const isTimed = utterances.every(({ startMs }) => startMs !== undefined);
  return isTimed ? utterances.toSorted((a, b) => a.startMs! - b.startMs!) : utterances;
}

const TRANSCRIPT_LINE = /^(AI|Assistant|Bot|User|Customer): ?(.*)$/i;

/** What was said, of a transcript in plain text: lines that begin with `AI:` or `User:`, and lines that go on. */
export function utterancesInText(transcript: string | undefined): readonly ReportedUtterance[] {
  const utterances: { party: Party; text: string }[] = [];
  for (const line of transcript?.split(/\r?\n/) ?? []) {
    const [, speaker, words] = TRANSCRIPT_LINE.exec(line) ?? [];
    const party: Party = /^(user|customer)$/i.test(speaker ?? '') ? 'CUSTOMER' : 'ASSISTANT';
    if (speaker !== undefined) utterances.push({ party, text: words!.trim() });
    else if (line.trim() !== '' && utterances.length > 0) utterances.at(-1)!.text += ` ${line.trim()}`;
  }
  return utterances.filter(({ text }) => text !== '');
}

/** All that was said, of a call object or a report: the items where there are some, else the plain transcript. */
export function saidIn(root: JsonObject, answeredAt?: number): readonly ReportedUtterance[] {
  const artifact = objectOf(root['artifact']);
  for (const items of [artifact['messages'], root['messages']]) {
    const utterances = utterancesOf(items, answeredAt);
    if (utterances.length > 0) return utterances;
  }
  return utterancesInText(textOf(artifact['transcript']) ?? textOf(root['transcript']));
}

/** The history in a conversation-update, in whichever of its three shapes it comes. */
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
