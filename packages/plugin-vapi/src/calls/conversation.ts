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

const spokenItems = (items: unknown): SpokenItem[] =>
  listOf(items)
    .map(readItem)
    .filter((item) => item !== undefined);

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
