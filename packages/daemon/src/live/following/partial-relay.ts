/**
 * Partials between nodes. The owner of a call sends each one, and to a node that begins to watch the call those that are shown.
 * A partial that arrives after its final is not shown.
 */
import { PARTIES, type CallId, type CallRecord, type Party, type UtteranceId } from '@sidetone/core';
import { BoundedMap } from '@sidetone/plugin-kit';
import type { LatestPartials, Partial } from '../latest-partials.ts';
import type { LiveRelay, RelayedListener } from './ports.ts';

/** Finals whose ids are remembered, to ignore their partials. */
export const MAX_KNOWN_FINALS = 10_000;

export interface PartialRelayDeps {
  readonly relay: Pick<LiveRelay, 'demand' | 'publisher'>;
  readonly partials: () => Pick<LatestPartials, 'receive' | 'of' | 'drop' | 'forget'>;
  /** Whether this node decides about a call. */
  readonly owns: (callId: CallId) => boolean;
  /** Whether a client of this node reads the partials of a call. */
  readonly isWatched: (callId: CallId) => boolean;
}

export class PartialRelay {
  readonly #deps: PartialRelayDeps;
  readonly #finals = new BoundedMap<UtteranceId, true>(MAX_KNOWN_FINALS);

  constructor(deps: PartialRelayDeps) {
    this.#deps = deps;
  }

  /** Sends the partials of own calls to nodes that begin to watch them. Returns a function that stops. */
  start(): () => void {
    const { relay, partials, owns } = this.#deps;
    return relay.demand.onChange((kind, callId) => {
      if (kind !== 'partials' || callId === undefined || !owns(callId)) return;
      if (!relay.demand.hasCall(kind, callId)) return;
      for (const partial of partials().of(callId)) this.send(callId, partial);
    });
  }

  /** Sends a partial to the nodes that watch its call. */
  send(callId: CallId, { id, party, text, at, hasGivenId, by }: Partial): void {
    this.#deps.relay.publisher.publish('partials', callId, () =>
      JSON.stringify({ id, party, text, at, hasGivenId, by }),
    );
  }

  /** Accepts a partial of another node. */
  readonly receive: RelayedListener = (callId, message) => {
    const { owns, isWatched, partials } = this.#deps;
    if (owns(callId) || !isWatched(callId)) return;
    const partial = decodePartial(message.text());
    if (partial && !this.#finals.has(partial.id)) partials().receive(callId, partial);
  };

  /** Removes partials of other nodes whose final has arrived. Call it with all records before readers receive them. */
  recorded(records: readonly CallRecord[]): void {
    const { isWatched, owns, partials } = this.#deps;
    for (const { callId, fact } of records) {
      if (!isWatched(callId) || owns(callId)) continue;
      if (fact.type === 'CALL_ENDED') partials().forget(callId);
      if (fact.type !== 'UTTERANCE_FINALIZED') continue;
      this.#finals.set(fact.utterance.id, true);
      partials().drop(callId, fact.utterance.id);
    }
  }

  /** Forgets the partials of a call that no client reads: the next ones do not arrive. */
  unwatched(callId: CallId): void {
    if (!this.#deps.owns(callId)) this.#deps.partials().forget(callId);
  }
}

/** Returns undefined for what is not valid. */
function decodePartial(text: string): Omit<Partial, 'version'> | undefined {
  const value = parse(text) as Readonly<Record<keyof Partial, unknown>> | null | undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  const { id, party, text: shown, at, hasGivenId, by } = value;
  if (typeof id !== 'string' || typeof shown !== 'string' || typeof at !== 'number') return undefined;
  if (!PARTIES.includes(party as Party)) return undefined;
  return {
    id: id as UtteranceId,
    party: party as Party,
    text: shown,
    at,
    hasGivenId: hasGivenId === true,
    ...(typeof by === 'string' && { by }),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
