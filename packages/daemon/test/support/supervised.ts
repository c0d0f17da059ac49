/** A supervised provider on a fake clock, with instances created by the test. */
import type { CallId, Provider, ProviderHost } from '@sidetone/core';
import { createFakeClock, type FakeClock } from '@sidetone/testkit';
import { Lease } from '../../src/plugins/supervision/lease.ts';
import { leaseClock } from '../../src/plugins/supervision/leased-clock.ts';
import { ProviderInstance } from '../../src/plugins/provider/provider-instance.ts';
import {
  SupervisedProvider,
  type SupervisedProviderDeps,
} from '../../src/plugins/provider/supervised-provider.ts';
import { PROVIDER } from './harness.ts';
import { createTestLog, type LogLine } from './silent-log.ts';

export interface Supervised {
  readonly provider: SupervisedProvider;
  readonly clock: FakeClock;
  readonly lines: LogLine[];
  /** Leases of all instances so far, the newest last. */
  readonly leases: readonly Lease[];
  /** Reports a dropped event. */
  lose(): void;
}

type Part = Pick<ProviderHost, 'clock'>;

const nothing = async (): Promise<void> => undefined;

/** Supervises a provider. `create` returns its n-th instance, from 1; start and stop do nothing by default. */
export function supervise(
  create: (host: Part, instance: number) => Partial<Provider>,
  deps: Partial<SupervisedProviderDeps> = {},
): Supervised {
  const clock = createFakeClock();
  const { log, lines } = createTestLog();
  const leases: Lease[] = [];
  let lose = (): void => undefined;
  const provider = new SupervisedProvider({
    id: PROVIDER,
    plugin: './test.ts',
    displayName: 'Test',
    make: ({ onThrow, lost }) => {
      const lease = new Lease(onThrow);
      leases.push(lease);
      lose = () => lost('PLUGIN_EVENT_INVALID', 'type: unknown event type');
      const made = create({ clock: leaseClock(clock, lease) }, leases.length);
      return new ProviderInstance({
        provider: { start: nothing, stop: nothing, ...made },
        lease,
        onThrow,
        clock,
        log: log(''),
      });
    },
    clock,
    random: () => 1,
    log: log(''),
    hasAudio: () => false,
    liveCalls: () => [],
    announce: () => 'call_1' as CallId,
    ...deps,
  });
  return { provider, clock, lines, leases, lose: () => lose() };
}
