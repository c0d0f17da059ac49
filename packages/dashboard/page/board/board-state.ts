/** The calls of the board, and how each piece of updates changes them. Pure: the same updates give the same board. */
import type { ApiError } from '../api/errors.ts';
import type { EnumOf } from '../api/graphql.ts';
import type { CallOnBoard, LiveCallsUpdate, WordsUpdate } from './documents.ts';

export type Party = EnumOf<'Party'>;

export interface Line {
  readonly party: Party;
  readonly text: string;
  readonly at: string;
}

export interface BoardCall extends Omit<CallOnBoard, 'utterances'> {
  readonly line: Line | undefined;
  readonly speaking: readonly Party[];
  /** When the page learned that it is over, epoch ms: it stays for a moment, so that the eye can follow. */
  readonly seenEndedAt: number | undefined;
}

export interface Board {
  /** Whether the first picture has come. */
  readonly isLoaded: boolean;
  readonly calls: ReadonlyMap<string, BoardCall>;
  /** Why there is no picture. */
  readonly error: ApiError | undefined;
}

export type BoardUpdate =
  | LiveCallsUpdate
  | WordsUpdate
  | { readonly __typename: 'Speaking'; readonly callId: string; readonly parties: readonly Party[] }
  | { readonly __typename: 'ApiError'; readonly error: ApiError }
  | { readonly __typename: 'Tick' };

export const EMPTY_BOARD: Board = { isLoaded: false, calls: new Map(), error: undefined };

/** How long a call that is over stays on the board. */
export const ENDED_VISIBLE_MS = 4000;

/** Takes a batch of updates at once: a call that none of them is about stays the same object. */
export function applyUpdates(board: Board, updates: readonly BoardUpdate[], now: number): Board {
  const calls = new Map(board.calls);
  let { isLoaded, error } = board;
  for (const item of updates) {
    if (item.__typename === 'LiveCallsSnapshot') {
      isLoaded = true;
      error = undefined;
      showPicture(calls, item.calls, now);
    } else if (item.__typename === 'ApiError') ({ error } = item);
    else takeOne(calls, item, now);
  }
  for (const [id, { seenEndedAt }] of calls) {
    if (seenEndedAt !== undefined && now - seenEndedAt >= ENDED_VISIBLE_MS) calls.delete(id);
  }
  return { isLoaded, calls, error };
}

type Calls = Map<string, BoardCall>;

function takeOne(calls: Calls, item: BoardUpdate, now: number): void {
  if (item.__typename === 'LiveCallChanged') {
    calls.set(item.call.id, shown(item.call, calls.get(item.call.id), now));
  } else if (item.__typename === 'UtteranceFinalized') {
    change(calls, item.call.id, ({ line }) => ({ line: newer(line, item.utterance) }));
  } else if (item.__typename === 'SpeechChanged') {
    change(calls, item.call.id, ({ speaking }) => {
      const others = speaking.filter((party) => party !== item.party);
      return { speaking: item.type === 'SPEECH_STARTED' ? [...others, item.party] : others };
    });
  } else if (item.__typename === 'Speaking') {
    change(calls, item.callId, () => ({ speaking: item.parties }));
  }
}

function change(calls: Calls, id: string, by: (call: BoardCall) => Partial<BoardCall>): void {
  const call = calls.get(id);
  if (call) calls.set(id, { ...call, ...by(call) });
}

/** What is in no picture any more ended while nobody looked. */
function showPicture(calls: Calls, picture: readonly CallOnBoard[], now: number): void {
  const live = new Set(picture.map(({ id }) => id));
  for (const [id, call] of calls)
    if (!live.has(id)) calls.set(id, { ...call, isLive: false, seenEndedAt: call.seenEndedAt ?? now });
  for (const call of picture) calls.set(call.id, shown(call, calls.get(call.id), now));
}

function shown(call: CallOnBoard, before: BoardCall | undefined, now: number): BoardCall {
  const { utterances, ...rest } = call;
  return {
    ...rest,
    line: newer(before?.line, utterances.nodes.at(-1)),
    speaking: call.isLive ? (before?.speaking ?? []) : [],
    seenEndedAt: call.isLive ? undefined : (before?.seenEndedAt ?? now),
  };
}

/** The later of two lines: the two subscriptions may push the same one in any order. */
function newer(one: Line | undefined, other: Line | undefined): Line | undefined {
  if (!one || !other) return one ?? other;
  return other.at >= one.at ? other : one;
}
