/** The calls of the board and how updates change them. Pure. */
import type { ApiError } from '../api/errors.ts';
import type { EnumOf } from '../api/graphql.ts';
import type { Reason } from '../attention/reasons.ts';
import { NO_SIGNALS, nextSignals, type Signals } from '../attention/signals.ts';
import type { LiveCall, LiveCallsUpdate, SpeechEvent } from './documents.ts';

export type Party = EnumOf<'Party'>;
type Speakers = readonly Party[] | undefined;

interface Line {
  readonly party: Party;
  readonly text: string;
  readonly at: string;
}

export interface BoardCall extends Omit<LiveCall, 'utterances'> {
  /** The latest utterance. */
  readonly line: Line | undefined;
  /** Who is speaking. Undefined while neither audio nor a speech event was received. */
  readonly speaking: Speakers;
  /** Who is speaking according to speech events. */
  readonly reported: Speakers;
  /** Who is speaking according to the audio, which outranks events while it is measured. */
  readonly heard: Speakers;
  readonly signals: Signals;
  /** When the page learned that the call ended, epoch ms. The row stays visible for a short time after that. */
  readonly seenEndedAt: number | undefined;
}

export interface Board {
  /** Whether the first snapshot was received. */
  readonly isLoaded: boolean;
  readonly calls: ReadonlyMap<string, BoardCall>;
  /** The calls that need attention. */
  readonly attention: ReadonlyMap<string, readonly Reason[]>;
  /** Why the snapshot could not be loaded. */
  readonly error: ApiError | undefined;
}

export type BoardUpdate =
  | LiveCallsUpdate
  | SpeechEvent
  /** From the levels: undefined if no audio of the call is received. */
  | { readonly __typename: 'Speaking'; readonly callId: string; readonly parties: Speakers }
  | { readonly __typename: 'Failed'; readonly error: ApiError }
  | { readonly __typename: 'Tick' };

export const EMPTY_BOARD: Board = {
  isLoaded: false,
  calls: new Map(),
  attention: new Map(),
  error: undefined,
};

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
  return { isLoaded, calls, attention: board.attention, error };
}

type Calls = Map<string, BoardCall>;

function applyUpdate(calls: Calls, update: BoardUpdate, now: number): void {
  if (update.__typename === 'LiveCallChanged') {
    calls.set(update.call.id, toBoardCall(update.call, calls.get(update.call.id), now));
  } else if (update.__typename === 'UtteranceFinalized') {
    change(calls, update.call.id, (call) => withLine(call, update.utterance, now));
  } else if (update.__typename === 'SpeechChanged') {
    change(calls, update.call.id, (call) => {
      const others = (call.reported ?? []).filter((party) => party !== update.party);
      return withSpeakers(
        call,
        { reported: update.type === 'SPEECH_STARTED' ? [...others, update.party] : others },
        now,
      );
    });
  } else if (update.__typename === 'Speaking') {
    change(calls, update.callId, (call) => withSpeakers(call, { heard: update.parties }, now));
  }
}

function change(calls: Calls, id: string, by: (call: BoardCall) => BoardCall): void {
  const call = calls.get(id);
  if (call) calls.set(id, by(call));
}

type Sources = Partial<Pick<BoardCall, 'reported' | 'heard'>>;

function withSpeakers(call: BoardCall, sources: Sources, now: number): BoardCall {
  const next = { ...call, ...sources };
  const speaking = next.heard ?? next.reported;
  return { ...next, speaking, signals: nextSignals(call.signals, call.speaking, speaking, now) };
}

/** Without audio and speech events, an utterance of the customer that is not answered means that the customer waits. */
function withLine(call: BoardCall, line: Line, now: number): BoardCall {
  const next = { ...call, line: latest(call.line, line) };
  if (call.speaking !== undefined) return next;
  const waitingSince = next.line?.party === 'CUSTOMER' ? now : undefined;
  return { ...next, signals: { ...NO_SIGNALS, waitingSince } };
}

/** Calls that are missing from the snapshot ended while the page was disconnected. */
function applySnapshot(calls: Calls, snapshot: readonly LiveCall[], now: number): void {
  const live = new Set(snapshot.map(({ id }) => id));
  for (const [id, call] of calls)
    if (!live.has(id)) calls.set(id, { ...call, isLive: false, seenEndedAt: call.seenEndedAt ?? now });
  for (const call of snapshot) calls.set(call.id, toBoardCall(call, withoutSpeech(calls.get(call.id)), now));
}

/** Without audio and speech events, the customer waits since their last utterance, if it was not answered. */
const waitingAfter = (line: Line | undefined, known: Signals | undefined): Signals =>
  line?.party === 'CUSTOMER'
    ? { ...NO_SIGNALS, waitingSince: known?.waitingSince ?? Date.parse(line.at) }
    : NO_SIGNALS;

/** Who spoke before the page was disconnected may no longer do so. */
const withoutSpeech = (call: BoardCall | undefined): BoardCall | undefined =>
  call && { ...call, speaking: undefined, reported: undefined, heard: undefined, signals: NO_SIGNALS };

function toBoardCall(call: LiveCall, previous: BoardCall | undefined, now: number): BoardCall {
  const { utterances, ...rest } = call;
  const line = latest(previous?.line, utterances.nodes.at(-1));
  return {
    ...rest,
    line,
    speaking: call.isLive ? previous?.speaking : undefined,
    reported: previous?.reported,
    heard: previous?.heard,
    signals: previous?.speaking === undefined ? waitingAfter(line, previous?.signals) : previous.signals,
    seenEndedAt: call.isLive ? undefined : (previous?.seenEndedAt ?? now),
  };
}

/** Both subscriptions deliver utterances, in no particular order. */
function latest(a: Line | undefined, b: Line | undefined): Line | undefined {
  if (!a || !b) return a ?? b;
  return b.at >= a.at ? b : a;
}
