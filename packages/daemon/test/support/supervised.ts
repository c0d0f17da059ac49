/** A supervised provider on a clock that stands still, made of what a test gives each of its instances. */
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
  /** Those of the instances so far, the newest last. */
  readonly leases: readonly Lease[];
  /** Tells that an event was dropped. */
  lose(): void;
}

type Part = Pick<ProviderHost, 'clock'>;

const nothing = async (): Promise<void> => undefined;

/** What a plugin makes for its n-th instance, from 1; it starts and stops unless told otherwise. */
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
      lose = () => lost('PLUGIN_EVENT_INVALID', 'its type is unknown');
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
