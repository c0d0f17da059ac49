/** The calls of the board and how updates change them. Pure. */
import type { ApiError } from '../api/errors.ts';
import type { EnumOf } from '../api/graphql.ts';
import type { LiveCall, LiveCallsUpdate, SpeechEvent } from './documents.ts';

export type Party = EnumOf<'Party'>;

interface Line {
  readonly party: Party;
  readonly text: string;
  readonly at: string;
}

export interface BoardCall extends Omit<LiveCall, 'utterances'> {
  /** The latest utterance. */
  readonly line: Line | undefined;
  /** Who is speaking. Undefined while neither audio nor a speech event was received. */
  readonly speaking: readonly Party[] | undefined;
  /** When the page learned that the call ended, epoch ms. The row stays visible for a short time after that. */
  readonly seenEndedAt: number | undefined;
}

export interface Board {
  /** Whether the first snapshot was received. */
  readonly isLoaded: boolean;
  readonly calls: ReadonlyMap<string, BoardCall>;
  /** Why the snapshot could not be loaded. */
  readonly error: ApiError | undefined;
}

export type BoardUpdate =
  | LiveCallsUpdate
  | SpeechEvent
  /** From the levels: undefined if no audio of the call is received. */
  | {
      readonly __typename: 'Speaking';
      readonly callId: string;
      readonly parties: readonly Party[] | undefined;
    }
  | { readonly __typename: 'Failed'; readonly error: ApiError }
  | { readonly __typename: 'Tick' };

export const EMPTY_BOARD: Board = { isLoaded: false, calls: new Map(), error: undefined };

/** How long an ended call stays on the board. */
export const ENDED_VISIBLE_MS = 4000;

/** Applies a batch of updates. Calls that are not affected stay the same objects. */
export function applyUpdates(board: Board, updates: readonly BoardUpdate[], now: number): Board {
  const calls = new Map(board.calls);
  let { isLoaded, error } = board;
  for (const update of updates) {
    if (update.__typename === 'LiveCallsSnapshot') {
      isLoaded = true;
      error = undefined;
      applySnapshot(calls, update.calls, now);
    } else if (update.__typename === 'Failed') ({ error } = update);
    else applyUpdate(calls, update, now);
  }
  for (const [id, { seenEndedAt }] of calls) {
    if (seenEndedAt !== undefined && now - seenEndedAt >= ENDED_VISIBLE_MS) calls.delete(id);
  }
  return { isLoaded, calls, error };
}

type Calls = Map<string, BoardCall>;

function applyUpdate(calls: Calls, update: BoardUpdate, now: number): void {
  if (update.__typename === 'LiveCallChanged') {
    calls.set(update.call.id, toBoardCall(update.call, calls.get(update.call.id), now));
  } else if (update.__typename === 'UtteranceFinalized') {
    change(calls, update.call.id, ({ line }) => ({ line: latest(line, update.utterance) }));
  } else if (update.__typename === 'SpeechChanged') {
    change(calls, update.call.id, ({ speaking }) => {
      const others = (speaking ?? []).filter((party) => party !== update.party);
      return { speaking: update.type === 'SPEECH_STARTED' ? [...others, update.party] : others };
    });
  } else if (update.__typename === 'Speaking') {
    change(calls, update.callId, () => ({ speaking: update.parties }));
  }
}

function change(calls: Calls, id: string, by: (call: BoardCall) => Partial<BoardCall>): void {
  const call = calls.get(id);
  if (call) calls.set(id, { ...call, ...by(call) });
}

/** Calls that are missing from the snapshot ended while the page was disconnected. */
function applySnapshot(calls: Calls, snapshot: readonly LiveCall[], now: number): void {
  const live = new Set(snapshot.map(({ id }) => id));
  for (const [id, call] of calls)
    if (!live.has(id)) calls.set(id, { ...call, isLive: false, seenEndedAt: call.seenEndedAt ?? now });
  for (const call of snapshot) calls.set(call.id, toBoardCall(call, calls.get(call.id), now));
}

function toBoardCall(call: LiveCall, previous: BoardCall | undefined, now: number): BoardCall {
  const { utterances, ...rest } = call;
  return {
    ...rest,
    line: latest(previous?.line, utterances.nodes.at(-1)),
    speaking: call.isLive ? previous?.speaking : undefined,
    seenEndedAt: call.isLive ? undefined : (previous?.seenEndedAt ?? now),
  };
}

/** Both subscriptions deliver utterances, in no particular order. */
function latest(a: Line | undefined, b: Line | undefined): Line | undefined {
  if (!a || !b) return a ?? b;
  return b.at >= a.at ? b : a;
}
