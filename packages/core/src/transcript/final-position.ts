/**
 * Places a final utterance in its call. A provider that reports no offsets reports when its parties start and stop speaking: a final
 * may arrive before the end of the speech that it is about, or some time after it. Pure.
 */
import { offsetOrigin, type Call, type Speech } from '../call.ts';
import type { Utterance } from '../fact.ts';
import type { ProviderEventOf } from '../provider-event.ts';

/** How long after the end of a speech its final may arrive, ms. */
export const MAX_FINAL_DELAY_MS = 5000;
/** A final that arrives sooner after the start of a speech is about the previous one, ms: no word is recognised so fast. */
const MIN_FINAL_DELAY_MS = 200;

/** How far apart two reports of one utterance may place it, ms. */
const MAX_DISTANCE_MS = 2000;

/** Offsets from the answer of the call, ms. */
interface Position {
  readonly startMs?: number;
  readonly endMs: number;
}

/** Returns the position of a final; without a start if the party's speech is unknown. */
export function positionOfFinal(call: Call, event: ProviderEventOf<'utterance.final'>): Position {
  const origin = offsetOrigin(call);
  const speech = speechOf(call, event);
  const earliest = call.lastFinalEndMs[event.party] ?? 0;
  const spokenUntil = Math.max(0, (speech?.to ?? event.occurredAt) - origin);
  const derivedStart = speech && Math.max(speech.from - origin, earliest, 0);
  // A second final of the same speech follows the first one.
  const endMs = event.endMs ?? Math.max(spokenUntil, Math.min(derivedStart ?? 0, event.occurredAt - origin));
  const startMs = event.startMs ?? (derivedStart === undefined ? undefined : Math.min(derivedStart, endMs));
  return { endMs, ...(startMs !== undefined && { startMs }) };
}

/** Returns the utterances that may be those of a final: all that were not spoken at another time. */
export function spokenNear(
  utterances: readonly Utterance[],
  { startMs, endMs = startMs }: ProviderEventOf<'utterance.final'>,
): readonly Utterance[] {
  if (startMs === undefined || endMs === undefined) return utterances;
  return utterances.filter((utterance) => {
    const from = utterance.startMs ?? utterance.endMs ?? startMs;
    const to = utterance.endMs ?? from;
    return from <= endMs + MAX_DISTANCE_MS && to >= startMs - MAX_DISTANCE_MS;
  });
}

/** Returns the speech that a final is about: the current one until the final's arrival, or the last one. */
function speechOf(call: Call, { party, occurredAt }: ProviderEventOf<'utterance.final'>): Speech | undefined {
  const since = call.speakingSince[party];
  const last = call.lastSpeech[party];
  const mayFollow = last !== undefined && occurredAt - last.to <= MAX_FINAL_DELAY_MS;
  if (since === undefined) return mayFollow ? last : undefined;
  const hasFinal =
    (call.lastFinalEndMs[party] ?? Number.NEGATIVE_INFINITY) > (last?.from ?? 0) - offsetOrigin(call);
  const isEarly = occurredAt - since < MIN_FINAL_DELAY_MS;
  return mayFollow && (!hasFinal || isEarly) ? last : { from: since, to: occurredAt };
}
