/** Live data of calls of other nodes: partials, levels and audio. Without a cluster, that of this node is used directly. */
import type { DependencyContainer } from 'tsyringe';
import type { CallId } from '@sidetone/core';
import { RelayedAudio } from '../../listening/relayed-audio.ts';
import { LevelRelay } from '../../live/following/level-relay.ts';
import type { NodeRelay } from '../../live/following/node-relay.ts';
import { countOtherDemand } from '../../live/following/other-demand.ts';
import { PartialRelay } from '../../live/following/partial-relay.ts';
import { SharedDemand } from '../../live/following/shared-demand.ts';
import * as tokens from '../../tokens.ts';
import type { Environment, Get, Register } from '../registration.ts';

export function registerRelay(register: Register, environment: Environment): void {
  const { cluster } = environment;
  register(tokens.NODE_RELAY, (get) => ({
    active: cluster ? createRelay(get, environment, cluster.relay) : undefined,
  }));
  register(tokens.SHOWN_DEMAND, (get) => get(tokens.NODE_RELAY).active?.demand ?? get(tokens.DEMAND));
  register(tokens.SHOWN_LEVELS, (get) => get(tokens.NODE_RELAY).active?.levels ?? get(tokens.LEVEL_METERS));
  register(tokens.SHOWN_AUDIO, (get) => {
    const audio = get(tokens.CALL_AUDIO_REGISTRY);
    if (!cluster) return audio;
    return new RelayedAudio({ audio, relay: cluster.relay, registry: get(tokens.CALL_REGISTRY) });
  });
}

type Relay = NonNullable<Environment['cluster']>['relay'];

function createRelay(get: Get, { clock }: Environment, relay: Relay): NodeRelay {
  const registry = get(tokens.CALL_REGISTRY);
  const owns = (callId: CallId): boolean => registry.peek(callId) !== undefined;
  const levels = new LevelRelay({ own: get(tokens.LEVEL_METERS), relay, clock });
  const partials: PartialRelay = new PartialRelay({
    relay,
    partials: () => get(tokens.LATEST_PARTIALS),
    owns,
    isWatched: (callId) => demand.isWatched(callId),
  });
  const demand: SharedDemand = new SharedDemand({
    demand: get(tokens.DEMAND),
    subscriber: relay.subscriber,
    partials: partials.receive,
    levels: levels.receive,
    onUnwatched: (callId) => partials.unwatched(callId),
  });
  return { demand, partials, levels };
}

/** Begins to send live data of own calls to nodes that demand it. */
export function startRelay({
  parts,
  cluster,
  undo,
}: {
  readonly parts: DependencyContainer;
  readonly cluster: Environment['cluster'];
  readonly undo: (() => unknown)[];
}): void {
  const { active } = parts.resolve(tokens.NODE_RELAY);
  const audio = parts.resolve(tokens.SHOWN_AUDIO);
  if (!cluster || !active) return;
  const others = cluster.relay.demand;
  undo.push(
    countOtherDemand({ demand: parts.resolve(tokens.DEMAND), others }),
    active.partials.start(),
    active.levels.start(),
  );
  if (audio instanceof RelayedAudio) undo.push(audio.start());
}
