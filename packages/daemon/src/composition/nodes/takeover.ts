/** What a node of a cluster does for nodes that have left. */
import { Takeover } from '../../calls/takeover/takeover.ts';
import * as tokens from '../../tokens.ts';
import type { Environment, Register } from '../registration.ts';

/** Resolved when this node is a member. */
export function registerTakeover(register: Register, { cluster, store, clock, log }: Environment): void {
  register(tokens.TAKEOVER, (get) => {
    const left = store.member?.left;
    const { active: duties } = get(tokens.DUTIES);
    const nodes = cluster?.membership;
    if (!cluster || !nodes || !left || !duties) return { active: undefined };
    const takeover = new Takeover({
      left,
      nodes,
      duties,
      reads: get(tokens.CALL_READS),
      registry: get(tokens.CALL_REGISTRY),
      ingest: get(tokens.INGEST),
      ledger: get(tokens.LEDGER),
      openCommands: get(tokens.OPEN_COMMANDS),
      reconcile: (calls) => get(tokens.PROVIDERS).reconcile(calls),
      leaseMs: cluster.settings.leaseSeconds * 1000,
      clock,
      log: log('cluster'),
    });
    return { active: takeover };
  });
}
