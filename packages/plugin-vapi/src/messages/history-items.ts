/** Turns the items of conversation-updates into finals, each once, and a partial of the last one. */
import type { Party, ProviderEvent } from '@sidetone/core';
import { digest, type EventBase, type KnownCall } from '../calls/call-events.ts';
import type { SpokenItem } from '../calls/conversation.ts';
import { positionsOf } from '../calls/item-positions.ts';

/** Items of a call that are remembered as emitted. A longer conversation has no further live transcript. */
const MAX_ITEMS = 5000;
export interface HistoryState {
  /** Keys of the items that were emitted as finals. */
  readonly emitted: Set<string>;
  /** When the last history with such an item was sent, epoch ms. A `transcript` that was sent before may contain it. */
  emittedUntil: number;
  /** When the last history was sent, epoch ms. */
  latestAt: number;
  /** Number of spoken items in the last history. */
  length: number;
  /** How often the history has become shorter, which is how one without times shows a handoff. */
  generation: number;
  /** The items without times that were emitted as finals, by party and digest of the text. */
  readonly texts: Set<string>;
  /** Whether the next items may have been emitted by an earlier instance. */
  mayRepeat: boolean;
  /** The finals of the items that may still change: emitted when the call ends. */
  pending: readonly ProviderEvent[];
}

/** Returns the state of a call before its first history. */
export const createHistoryState = (): HistoryState => ({
  emitted: new Set(),
  texts: new Set(),
  emittedUntil: 0,
  latestAt: 0,
  length: 0,
  generation: 0,
  mayRepeat: true,
  pending: [],
});

/** Returns for each item whether a later one ends after it, so it is complete. An item without times ends after all before it. */
function followedItems(items: readonly SpokenItem[]): readonly boolean[] {
  let latestEnd = Number.NEGATIVE_INFINITY;
  return items
    .toReversed()
    .map(({ time, endTime = time }, i) => {
      const isFollowed = endTime === undefined ? i > 0 : latestEnd >= endTime;
      latestEnd = Math.max(latestEnd, endTime ?? Number.POSITIVE_INFINITY);
      return isFollowed;
    })
    .toReversed();
}

/** Returns a key that stays the same while the conversation grows, also for the next instance. */
function keyOf(item: SpokenItem, i: number, generation: number): string {
  const { party, time, text } = item;
  return time === undefined
    ? `history:${generation}:${i}:${party}:${digest(text)}`
    : `history:${party}:${time}`;
}

const textKey = ({ party, text }: SpokenItem): string => `${party}:${digest(text)}`;

/**
 * Follows a history that has become shorter, which a handoff does. Returns the number of items at its beginning that were carried
 * over from before; items with times are recognised by their keys.
 */
function restart(state: HistoryState, items: readonly SpokenItem[]): number {
  state.generation++;
  const firstNew = items.findIndex((item) => item.time !== undefined || !state.texts.has(textKey(item)));
  return firstNew < 0 ? items.length : firstNew;
}

/** Returns the finals of the items that are complete and were not emitted, and a partial of the last one. */
export function eventsOfHistory(
  state: HistoryState,
  items: readonly SpokenItem[],
  base: EventBase,
  known: KnownCall,
): readonly ProviderEvent[] {
  // A history that arrives after a later one contains nothing new.
  const isOutdated = base.occurredAt < state.latestAt;
  if (isOutdated || items.length === 0 || state.emitted.size >= MAX_ITEMS) return [];
  state.latestAt = base.occurredAt;
  const carriedOver = items.length < state.length ? restart(state, items) : 0;
  const positions = positionsOf(items, { startedAt: known.answeredAt });
  const isFollowed = followedItems(items);
  const events: ProviderEvent[] = [];
  const pending: ProviderEvent[] = [];
  for (const [i, { party, text }] of items.entries()) {
    const dedupeKey = keyOf(items[i]!, i, state.generation);
    if (state.emitted.has(dedupeKey) || i < carriedOver) continue;
    const final: ProviderEvent = {
      ...base,
      dedupeKey,
      type: 'utterance.final',
      party,
      text,
      ...positions[i],
      ...(state.mayRepeat && { mayBeKnown: true }),
    };
    if (isFollowed[i]) {
      events.push(final);
      state.emitted.add(dedupeKey);
      if (items[i]!.time === undefined) state.texts.add(textKey(items[i]!));
      state.emittedUntil = Math.max(state.emittedUntil, base.occurredAt);
    } else {
      pending.push(final);
      if (i === items.length - 1) events.push(partial(base, party, text));
    }
  }
  state.pending = pending;
  state.length = items.length;
  state.mayRepeat = false;
  return events;
}

const partial = (base: EventBase, party: Party, text: string): ProviderEvent => ({
  ...base,
  type: 'utterance.partial',
  party,
  text,
});
