/**
 * Pauses of the capture of a call, for example while a customer says a card number. What was spoken during a pause is not
 * recorded, not transcribed and not listened to. Pure.
 */
import type { CallFactOf } from './fact.ts';
import type { CapturePart } from './vocabulary.ts';

/** A pause of the capture. Times are in epoch ms. */
export interface CapturePause {
  /** What is paused. */
  readonly parts: readonly CapturePart[];
  readonly from: number;
  /** When it ended. Missing while it lasts, and if the call ended during the pause. */
  readonly to?: number;
  /** When it ends at the latest. */
  readonly until: number;
  /** Name of the access token of the client that requested it. */
  readonly by: string;
  readonly reason?: string;
}

/** The pauses of a call, the oldest first. Missing if there was none. */
export interface CapturePauses {
  readonly capturePauses?: readonly CapturePause[];
}

/** Most pauses of a call that are remembered. Of more, the oldest two are joined into one that covers both. */
export const MAX_CAPTURE_PAUSES = 100;
/** How long after a pause audio and text still belong to it, ms: their times are not exact. */
export const CAPTURE_MARGIN_MS = 500;

/** Returns the pause that lasts, if there is one. */
export function capturePauseOf({ capturePauses }: CapturePauses): CapturePause | undefined {
  const last = capturePauses?.at(-1);
  return last && last.to === undefined ? last : undefined;
}

/** Returns the pauses of a call after an event. A pause that is changed while it lasts keeps its start. */
export function pausesAfter(
  call: CapturePauses,
  { parts, until, reason, by = '' }: CallFactOf<'CAPTURE_CHANGED'>,
  at: number,
): readonly CapturePause[] {
  const open = capturePauseOf(call);
  const closed = (call.capturePauses ?? []).slice(0, open ? -1 : undefined);
  if (parts.length === 0) return open ? [...closed, { ...open, to: Math.max(open.from, at) }] : closed;
  const from = open?.from ?? at;
  const details = reason === undefined ? {} : { reason };
  return bounded([...closed, { parts, from, until: until ?? at, by, ...details }]);
}

function bounded(pauses: readonly CapturePause[]): readonly CapturePause[] {
  const [first, second, ...others] = pauses;
  if (pauses.length <= MAX_CAPTURE_PAUSES || !first || !second) return pauses;
  const parts = [...new Set([...first.parts, ...second.parts])];
  return [{ ...second, parts, from: first.from }, ...others];
}
