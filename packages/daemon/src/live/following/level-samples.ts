/** The levels of calls of other nodes, as they arrive, and their form in messages. Pure, except for what is kept. */
import { PARTIES, SILENCE, type CallId, type Party } from '@sidetone/core';
import { BoundedMap } from '@sidetone/plugin-kit';
import type { PartyLevel } from '../ports.ts';

/** How often levels are sent, and the time window of each, ms. */
export const LEVEL_RELAY_MS = 100;
/** How often levels that do not change are sent, ms. */
export const LEVEL_REPEAT_MS = 1000;
/** How long levels are valid without further ones, ms. */
export const LEVEL_LIFE_MS = 3 * LEVEL_REPEAT_MS;
/** Most calls of other nodes whose levels are kept. */
export const MAX_RELAYED_CALLS = 20_000;
/** Samples of a call that are kept: for the longest window of a subscription. */
const MAX_SAMPLES = 10;

type SentParty = readonly [party: Party, rmsDb: number, peakDb: number, speaking: 0 | 1];
/** The parties of calls; none if the audio of a call has ended. */
export type SentLevels = readonly (readonly [callId: CallId, parties: readonly SentParty[]])[];

export const toSent = (parties: readonly PartyLevel[]): readonly SentParty[] =>
  parties.map(({ party, rmsDb, peakDb, speaking }) => [
    party,
    Math.round(rmsDb * 10) / 10,
    Math.round(peakDb * 10) / 10,
    speaking ? 1 : 0,
  ]);

interface Sample {
  readonly elapsed: number;
  readonly parties: readonly SentParty[];
}

export class LevelSamples {
  readonly #calls = new BoundedMap<CallId, Sample[]>(MAX_RELAYED_CALLS);

  /** Accepts a message; what is not valid in it is ignored. */
  accept(text: string, elapsed: number): void {
    for (const entry of decode(text)) {
      const [callId, parties] = entry;
      const valid = Array.isArray(parties) ? (parties as unknown[]).filter(isParty) : [];
      if (typeof callId !== 'string') continue;
      if (valid.length === 0) this.#calls.delete(callId as CallId);
      else this.#add(callId as CallId, { elapsed, parties: valid });
    }
  }

  /** Returns the calls with levels that are valid. */
  calls(elapsed: number): readonly CallId[] {
    return [...this.#calls].filter(([, samples]) => isValid(samples, elapsed)).map(([callId]) => callId);
  }

  /** Returns the levels of a call over the last `windowMs`; the last ones at least. */
  read(
    callId: CallId,
    windowMs: number,
    now: { readonly at: number; readonly elapsed: number },
  ): PartyLevel[] {
    const samples = this.#calls.get(callId) ?? [];
    if (!isValid(samples, now.elapsed)) return [];
    const last = samples.at(-1)!;
    // A sample covers the time before it.
    const within = samples.filter(({ elapsed }) => elapsed > now.elapsed - windowMs);
    return last.parties.map(([party, , , speaking]) => ({
      party,
      at: now.at,
      ...combined(within.length > 0 ? within : [last], party),
      speaking: speaking === 1,
    }));
  }

  clear(): void {
    this.#calls.clear();
  }

  #add(callId: CallId, sample: Sample): void {
    const samples = this.#calls.get(callId) ?? [];
    samples.push(sample);
    if (samples.length > MAX_SAMPLES) samples.shift();
    this.#calls.set(callId, samples);
  }
}

const isValid = (samples: readonly Sample[], elapsed: number): boolean =>
  samples.length > 0 && elapsed - samples.at(-1)!.elapsed < LEVEL_LIFE_MS;

/** The mean of the power, and the highest peak. */
function combined(samples: readonly Sample[], party: Party): { rmsDb: number; peakDb: number } {
  const levels = samples.flatMap(({ parties }) => parties.filter((each) => each[0] === party));
  const power = levels.reduce((sum, [, rmsDb]) => sum + 10 ** (rmsDb / 10), 0) / levels.length;
  return {
    rmsDb: Math.max(SILENCE.rmsDb, 10 * Math.log10(power)),
    peakDb: Math.max(...levels.map(([, , peakDb]) => peakDb)),
  };
}

const isParty = (value: unknown): value is SentParty =>
  Array.isArray(value) &&
  PARTIES.includes(value[0] as Party) &&
  Number.isFinite(value[1]) &&
  Number.isFinite(value[2]);

function decode(text: string): (readonly unknown[])[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value.filter((entry): entry is unknown[] => Array.isArray(entry)) : [];
  } catch {
    return [];
  }
}
