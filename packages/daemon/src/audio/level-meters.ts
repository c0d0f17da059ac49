/** The level meters of all calls: created with the first metered audio of a party, removed with the last stream of the call. */
import { LevelMeter, type CallId, type Clock, type Party } from '@sidetone/core';
import type { LevelSource, PartyLevel } from '../live/ports.ts';

export class LevelMeters implements LevelSource {
  readonly #clock: Clock;
  readonly #calls = new Map<CallId, Map<Party, LevelMeter>>();

  constructor(deps: { clock: Clock }) {
    this.#clock = deps.clock;
  }

  /** Returns the meter of a party; a new one if the sample rate has changed. */
  meter(callId: CallId, party: Party, sampleRate: number): LevelMeter {
    const known = this.#calls.get(callId)?.get(party);
    if (known?.sampleRate === sampleRate) return known;
    const meters = this.#calls.get(callId) ?? new Map<Party, LevelMeter>();
    this.#calls.set(callId, meters);
    const meter = new LevelMeter(sampleRate);
    meters.set(party, meter);
    return meter;
  }

  remove(callId: CallId): void {
    this.#calls.delete(callId);
  }

  calls(): readonly CallId[] {
    return [...this.#calls.keys()];
  }

  read(callId: CallId, windowMs: number): readonly PartyLevel[] {
    const [at, elapsed] = [this.#clock.now(), this.#clock.elapsed()];
    return [...(this.#calls.get(callId) ?? [])].map(([party, meter]) => ({
      party,
      at,
      ...meter.read(elapsed, windowMs),
    }));
  }
}
