/**
 * Finds nodes that died while nobody watched: they are members of the database, but have neither a lease nor a heartbeat. Both
 * can be late after an outage of both servers, so a node is found only if nothing of it has arrived between two looks either,
 * and while the view of this node is current.
 */
import type { LeftCalls, NodeStart, NodeView } from './ports.ts';

export interface SilentMembersDeps {
  readonly left: Pick<LeftCalls, 'silentMembers'>;
  readonly nodes: Pick<NodeView, 'peers' | 'isCurrent'>;
  /** How long a node may be silent, ms. */
  readonly leaseMs: number;
  readonly clock: { elapsed(): number };
}

/** The shortest time without a heartbeat, ms: the time in the store, whatever the leases are. */
export const MIN_SILENT_MS = 10_000;

export class SilentMembers {
  readonly #deps: SilentMembersDeps;
  /** When a silent member was first seen with its last heartbeat, monotonic. */
  #seen = new Map<number, { readonly seenAt: number; readonly since: number }>();

  constructor(deps: SilentMembersDeps) {
    this.#deps = deps;
  }

  /** Returns the members that have died. Rejects with a fault of kind store. */
  async find(): Promise<readonly NodeStart[]> {
    const { left, nodes, clock } = this.#deps;
    if (!nodes.isCurrent) {
      this.#seen.clear();
      return [];
    }
    const silentMs = Math.max(this.#deps.leaseMs, MIN_SILENT_MS);
    const silent = await left.silentMembers(silentMs);
    const now = clock.elapsed();
    const leased = new Set(nodes.peers.map(({ epoch }) => epoch));
    const before = this.#seen;
    this.#seen = new Map();
    const found: NodeStart[] = [];
    for (const { node, epoch, seenAt } of silent) {
      if (leased.has(epoch)) continue;
      const known = before.get(epoch);
      const seen = known?.seenAt === seenAt ? known : { seenAt, since: now };
      this.#seen.set(epoch, seen);
      if (now - seen.since >= this.#deps.leaseMs) found.push({ node, epoch });
    }
    return found;
  }
}
