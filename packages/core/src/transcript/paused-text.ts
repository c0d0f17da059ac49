/**
 * Decides which texts of a provider belong to a pause of the transcription: by the times of their speech if the provider reports
 * them, or else by their arrival. In doubt, a text belongs to the pause. Pure.
 */
import { offsetOrigin, type Call } from '../call.ts';
import { CAPTURE_MARGIN_MS, type CapturePauses } from '../capture.ts';
import type { ReportedUtterance } from '../provider-event.ts';
import type { Party } from '../vocabulary.ts';
import { MAX_FINAL_DELAY_MS } from './final-position.ts';

/** A text of a party. Offsets are in ms from the answer of the call, if the provider reports them. */
interface ReceivedText {
  readonly party: Party;
  /** Epoch ms. */
  readonly occurredAt: number;
  readonly startMs?: number;
  readonly endMs?: number;
}

/** @param arrivedAt when the daemon received the text, epoch ms */
export function isTextPaused(call: Call, text: ReceivedText, arrivedAt: number): boolean {
  if (!hasPaused(call)) return false;
  const { party, occurredAt, startMs, endMs } = text;
  const origin = offsetOrigin(call);
  const to = endMs === undefined ? Math.max(occurredAt, arrivedAt) : origin + endMs;
  const from =
    startMs === undefined ? earliestStart(call, party, Math.min(occurredAt, to)) : origin + startMs;
  return isPausedWithin(call, from, to);
}

/** Returns whether telephone keys were pressed during a pause of the transcription. */
export function areKeysPaused(call: Call, occurredAt: number, arrivedAt: number): boolean {
  return isPausedWithin(call, occurredAt, Math.max(occurredAt, arrivedAt));
}

/**
 * Returns a function that returns whether an utterance of a report belongs to a pause. One without an end lasts until the next one
 * of its party; one without a start may belong to any pause of the call.
 */
export function pausedIn(
  call: Call,
  report: readonly ReportedUtterance[],
): (utterance: ReportedUtterance) => boolean {
  if (!hasPaused(call)) return () => false;
  const origin = offsetOrigin(call);
  return ({ party, startMs, endMs }) => {
    if (startMs === undefined) return true;
    const later = report.flatMap((other) =>
      other.party === party && other.startMs !== undefined && other.startMs > startMs ? [other.startMs] : [],
    );
    const end = endMs ?? Math.min(...later, Number.POSITIVE_INFINITY);
    return isPausedWithin(call, origin + startMs, origin + end);
  };
}

const hasPaused = ({ capturePauses = [] }: CapturePauses): boolean =>
  capturePauses.some(({ parts }) => parts.includes('TRANSCRIPTION'));

function isPausedWithin({ capturePauses = [] }: CapturePauses, from: number, to: number): boolean {
  return capturePauses.some(
    ({ parts, from: start, to: end = Number.POSITIVE_INFINITY }) =>
      parts.includes('TRANSCRIPTION') && to >= start && from < end + CAPTURE_MARGIN_MS,
  );
}

/** Returns when a text may have begun whose start the provider does not report, epoch ms. */
function earliestStart({ speakingSince, lastSpeech }: Call, party: Party, at: number): number {
  const assumed = at - MAX_FINAL_DELAY_MS;
  const last = lastSpeech[party];
  const since = speakingSince[party] ?? (last && last.to >= assumed ? last.from : assumed);
  return Math.min(since, assumed);
}
