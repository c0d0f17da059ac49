/** Sends the levels of the calls of this node to the nodes that demand them, and shows those of other nodes. */
import type { CallId, Clock } from '@sidetone/core';
import type { LevelSource, PartyLevel } from '../ports.ts';
import { LEVEL_RELAY_MS, LEVEL_REPEAT_MS, LevelSamples, toSent, type SentLevels } from './level-samples.ts';
import type { LiveRelay, RelayedListener } from './ports.ts';

/** Most calls in a message. */
export const MAX_LEVELS_PER_MESSAGE = 500;

export interface LevelRelayDeps {
  /** Of the audio of this node. */
  readonly own: LevelSource;
  readonly relay: Pick<LiveRelay, 'demand' | 'publisher'>;
  readonly clock: Pick<Clock, 'now' | 'elapsed' | 'schedule'>;
}

type SentCall = SentLevels[number];

export class LevelRelay implements LevelSource {
  readonly #deps: LevelRelayDeps;
  readonly #others = new LevelSamples();
  /** What was sent last of each call, and when. */
  readonly #sent = new Map<CallId, { readonly text: string; readonly at: number }>();
  /** The calls that a node demands. */
  readonly #demanded = new Set<CallId>();
  #cancel: (() => void) | undefined;

  constructor(deps: LevelRelayDeps) {
    this.#deps = deps;
  }

  /** Returns a function that stops. */
  start(): () => void {
    const { demand } = this.#deps.relay;
    const stop = demand.onChange((kind, callId) => {
      if (kind !== 'levels') return;
      if (callId !== undefined && demand.hasCall('levels', callId)) this.#demanded.add(callId);
      else if (callId !== undefined) this.#demanded.delete(callId);
      // A node that begins to demand has nothing yet.
      this.#sent.clear();
      this.#tickLater();
    });
    return () => {
      stop();
      this.#cancel?.();
    };
  }

  /** Accepts levels of another node. */
  readonly receive: RelayedListener = (_callId, message) =>
    this.#others.accept(message.text(), this.#deps.clock.elapsed());

  calls(): readonly CallId[] {
    const own = this.#deps.own.calls();
    const others = this.#others.calls(this.#deps.clock.elapsed());
    return others.length === 0 ? own : [...new Set([...own, ...others])];
  }

  read(callId: CallId, windowMs: number): readonly PartyLevel[] {
    const { own, clock } = this.#deps;
    const levels = own.read(callId, windowMs);
    if (levels.length > 0) return levels;
    return this.#others.read(callId, windowMs, { at: clock.now(), elapsed: clock.elapsed() });
  }

  get #isDemanded(): boolean {
    return this.#demanded.size > 0 || this.#deps.relay.demand.hasEvery('levels');
  }

  #tickLater(): void {
    if (!this.#isDemanded) {
      this.#cancel?.();
      this.#cancel = undefined;
      return;
    }
    this.#cancel ??= this.#deps.clock.schedule(LEVEL_RELAY_MS, () => {
      this.#cancel = undefined;
      this.#send();
      this.#tickLater();
    });
  }

  #send(): void {
    const { own, relay } = this.#deps;
    const hasEvery = relay.demand.hasEvery('levels');
    const metered = new Set(own.calls());
    const due: SentCall[] = [];
    for (const callId of metered) {
      if (hasEvery || this.#demanded.has(callId)) this.#collect(due, callId);
    }
    for (const callId of this.#sent.keys()) {
      if (metered.has(callId)) continue;
      this.#sent.delete(callId);
      due.push([callId, []]);
    }
    for (const call of due)
      if (this.#demanded.has(call[0]))
        relay.publisher.publish('levels', call[0], () => JSON.stringify([call]));
    for (let from = 0; from < due.length; from += MAX_LEVELS_PER_MESSAGE)
      relay.publisher.publishAll('levels', () =>
        JSON.stringify(due.slice(from, from + MAX_LEVELS_PER_MESSAGE)),
      );
  }

  /** Adds a call whose levels have changed, or were not sent for a while. */
  #collect(due: SentCall[], callId: CallId): void {
    const { own, clock } = this.#deps;
    const parties = toSent(own.read(callId, LEVEL_RELAY_MS));
    const text = JSON.stringify(parties);
    const before = this.#sent.get(callId);
    const now = clock.elapsed();
    if (parties.length === 0 || (before?.text === text && now - before.at < LEVEL_REPEAT_MS)) return;
    this.#sent.set(callId, { text, at: now });
    due.push([callId, parties]);
  }
}
