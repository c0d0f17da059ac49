/** The metrics of a node in its cluster: the others, its calls, its duties. */
import { DUTY_NAMES } from '../../duties/duties.ts';
import type { Readers } from '../../metrics/catalogue.ts';
import * as tokens from '../../tokens.ts';
import type { Environment, Get } from '../registration.ts';

export function nodeReaders(get: Get, { cluster, store }: Environment) {
  const takeover = () => get(tokens.TAKEOVER).active?.counts;
  return {
    sidetone_cluster_nodes() {
      const { state, peers = [] } = cluster?.membership ?? {};
      return peers.length + (state === 'held' ? 1 : 0);
    },
    sidetone_cluster_nodes_excluded_total: () => takeover()?.excluded ?? 0,
    sidetone_cluster_calls_taken_over_total: () => takeover()?.calls ?? 0,
    sidetone_cluster_takeover_failures_total: () => takeover()?.failures ?? 0,
    sidetone_cluster_calls_moved_total() {
      const { claimed = 0, released = 0 } = store.member?.claims?.counts ?? {};
      return [
        [{ change: 'claimed' }, claimed],
        [{ change: 'released' }, released],
      ] as const;
    },
    sidetone_cluster_conflicts_total: () => get(tokens.INGEST).conflicts,
    sidetone_cluster_requests_total() {
      const { sent = 0, unavailable = 0, busy = 0, unknown = 0 } = cluster?.requests.counts ?? {};
      return [
        [{ result: 'sent' }, sent],
        [{ result: 'unavailable' }, unavailable],
        [{ result: 'busy' }, busy],
        [{ result: 'unknown' }, unknown],
      ] as const;
    },
    sidetone_cluster_duties() {
      const { active } = get(tokens.DUTIES);
      return DUTY_NAMES.map((duty) => [{ duty }, active?.has(duty) ? 1 : 0] as const);
    },
  } as const satisfies Partial<Readers>;
}
