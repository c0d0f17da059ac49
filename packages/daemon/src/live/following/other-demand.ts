/** Demand of other nodes, which counts here as demand of own clients: streams are metered and plugins report partials. */
import type { CallId } from '@sidetone/core';
import type { Demand } from '../demand.ts';
import type { LiveRelay, RelayedKind } from './ports.ts';

export interface OtherDemandDeps {
  readonly demand: Pick<Demand, 'add'>;
  readonly others: LiveRelay['demand'];
}

/** Audio is demanded by what sends it. Returns a function that stops. */
export function countOtherDemand({ demand, others }: OtherDemandDeps): () => void {
  const held = new Map<string, () => void>();
  const update = (kind: RelayedKind, callId: CallId | undefined): void => {
    if (kind === 'audio') return;
    const key = `${kind} ${callId ?? ''}`;
    const isDemanded = callId === undefined ? others.hasEvery(kind) : others.hasCall(kind, callId);
    if (isDemanded === held.has(key)) return;
    if (isDemanded) held.set(key, demand.add(kind, callId === undefined ? undefined : [callId]));
    else {
      held.get(key)?.();
      held.delete(key);
    }
  };
  const stop = others.onChange(update);
  return () => {
    stop();
    for (const release of held.values()) release();
    held.clear();
  };
}
