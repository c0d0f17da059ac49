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
import { EVENT_LIMITS, type MessageRole, type Party, type ReportedUtterance } from '@sidetone/core';
import { positionsOf, type CallSpan, type ItemTimes } from './item-positions.ts';

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

/** One message of a conversation history. */
export interface HistoryLine {
  readonly role: MessageRole;
  readonly text: string;
}

/** A spoken item of a conversation. */
export interface SpokenItem extends ItemTimes {
  readonly party: Party;
  readonly text: string;
}

/** Items of a conversation that are read. One more than the daemon stores, so it adds a notice that the others are missing. */
export const MAX_ITEMS = EVENT_LIMITS.reportUtterances + 1;

/** Shortens a text to one more character than the daemon stores. */
const shortened = (text: string): string => text.slice(0, EVENT_LIMITS.utterance + 1);

function readItem(value: unknown): SpokenItem | undefined {
  const item = objectOf(value);
  const party = getOwn(PARTY_OF_ROLE, textOf(item['role']));
  // `originalMessage` is the unfiltered text: it is never read.
  const text = textOf(item['message']) ?? textOf(item['content']);
  if (!party || text === undefined) return undefined;
  return {
    party,
    text: shortened(text),
    ...definedFields({
      time: instantOf(item['time']),
      endTime: instantOf(item['endTime']),
      fromStart: numberOf(item['secondsFromStart']),
      duration: numberOf(item['duration']),
    }),
  };
}

/** Returns the spoken items of a list, until there are more, or longer ones, than the daemon stores. */
function spokenItems(items: unknown): SpokenItem[] {
  const spoken: SpokenItem[] = [];
  let characters = 0;
  for (const value of listOf(items)) {
    const item = readItem(value);
    if (!item) continue;
    spoken.push(item);
    characters += item.text.length;
    if (spoken.length === MAX_ITEMS || characters > EVENT_LIMITS.reportText) break;
  }
  return spoken;
}

/** Returns the spoken items in a conversation-update, with their times if it has the format that contains them. */
export function spokenIn(message: JsonObject): readonly SpokenItem[] {
  for (const key of ['messages', 'messagesOpenAIFormatted', 'conversation']) {
    const items = spokenItems(message[key]);
    if (items.length > 0) return items;
  }
  return [];
}

/** Returns the utterances in a list of conversation items, in the order of the list. */
export function utterancesOf(items: unknown, span: CallSpan = {}): readonly ReportedUtterance[] {
  const spoken = spokenItems(items);
  const positions = positionsOf(spoken, span);
  return spoken.map(({ party, text }, i) => ({ party, text, ...positions[i] }));
}

/** Returns the end of the history in a conversation-update, in any of its three formats. */
export function historyOf(message: JsonObject): readonly HistoryLine[] {
  for (const key of ['messagesOpenAIFormatted', 'conversation', 'messages']) {
    const lines = listOf(message[key])
      .slice(-MAX_ITEMS)
      .map(objectOf)
      .flatMap((item): HistoryLine[] => {
        const role = getOwn(HISTORY_ROLES, textOf(item['role']));
        const text = textOf(item['content']) ?? textOf(item['message']);
        return role && text !== undefined ? [{ role, text: shortened(text) }] : [];
      });
    if (lines.length > 0) return lines;
  }
  return [];
}
