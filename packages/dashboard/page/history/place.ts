/**
 * The place in the results that the viewer left: the scroll position and the call that was opened. It is kept in memory for
 * the way back, and in the entry of the browser history for a reload.
 */

export interface Place {
  /** The search, as in the URL. */
  readonly search: string;
  /** The scroll position. */
  readonly top: number;
  /** The call that was opened. */
  readonly callId?: string;
  /** The number of calls or matches that were loaded. */
  readonly loaded: number;
}

let left: Place | undefined;

/** The part of a history entry that is ours. */
interface EntryState {
  readonly historyPlace?: Place;
}

type Entry = Pick<History, 'state' | 'replaceState'>;

export function leavePlace(place: Place, entry: Entry = history): void {
  left = place;
  const state: EntryState = { ...(entry.state as EntryState | null), historyPlace: place };
  entry.replaceState(state, '');
}

/** Returns the place that a search was left at. */
export function placeOf(search: string, entry: Pick<Entry, 'state'> = history): Place | undefined {
  const inEntry = (entry.state as EntryState | null)?.historyPlace;
  return [left, inEntry].find((place) => place?.search === search);
}

/** Forgets the place, because the viewer went elsewhere than to a call. */
export function forgetPlace(): void {
  left = undefined;
}
