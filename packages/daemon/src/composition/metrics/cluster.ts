/** The metrics of what a node reads of the others. */
import type { Readers } from '../../metrics/catalogue.ts';
import * as tokens from '../../tokens.ts';
import type { Environment, Get } from '../registration.ts';

export function followingReaders(get: Get, { cluster }: Environment) {
  const follower = () => get(tokens.FOLLOWING).active?.follower;
  return {
    sidetone_follow_lag_positions: () => follower()?.lag ?? 0,
    sidetone_follow_records_total: () => follower()?.counts.followed ?? 0,
    sidetone_follow_reads_total() {
      const { reads = 0, failedReads = 0 } = follower()?.counts ?? {};
      return [
        [{ result: 'succeeded' }, reads - failedReads],
        [{ result: 'failed' }, failedReads],
      ] as const;
    },
    sidetone_follow_own_records_total() {
      const { waited = 0, late = 0, unkept = 0 } = follower()?.ownCounts ?? {};
      return [
        [{ result: 'waited' }, waited],
        [{ result: 'late' }, late],
        [{ result: 'not_kept' }, unkept],
      ] as const;
    },
    sidetone_relay_messages_total() {
      const { sent = 0, dropped = 0 } = cluster?.relay.publisher.counts ?? {};
      return [
        [{ result: 'sent' }, sent],
        [{ result: 'dropped' }, dropped],
        [{ result: 'received' }, cluster?.relay.subscriber.received ?? 0],
      ] as const;
    },
    sidetone_relay_demands: () =>
      [
        [{ node: 'this' }, cluster?.relay.subscriber.size ?? 0],
        [{ node: 'other' }, cluster?.relay.demand.size ?? 0],
      ] as const,
  } as const satisfies Partial<Readers>;
}
