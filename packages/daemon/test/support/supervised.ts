/** A supervised provider with a fake clock, whose instances are created by the test. */
import type { CallId, Provider, ProviderHost } from '@sidetone/core';
import { createFakeClock, type FakeClock } from '@sidetone/testkit';
import { RecentRequests } from '../../src/plugins/requests/recent-requests.ts';
import { PluginBlocks } from '../../src/plugins/provider/plugin-blocks.ts';
import { SetupNotices } from '../../src/plugins/provider/provider-notices.ts';
import { ProviderTraffic } from '../../src/plugins/provider/provider-traffic.ts';
import { RequestFailures } from '../../src/plugins/provider/request-failures.ts';
import { Lease } from '../../src/plugins/supervision/lease.ts';
import { leaseClock } from '../../src/plugins/supervision/leased-resources.ts';
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
  /** The leases of all instances, the newest last. */
  readonly leases: readonly Lease[];
  /** Reports a dropped event. */
  dropEvent(): void;
}

type Part = Pick<ProviderHost, 'clock'>;

const nothing = async (): Promise<void> => undefined;

/** @param create returns the n-th instance, from 1; `start` and `stop` have defaults. */
export function supervise(
  create: (host: Part, instance: number) => Partial<Provider>,
  {
    isStateShared = false,
    ...deps
  }: Partial<SupervisedProviderDeps> & { readonly isStateShared?: boolean } = {},
): Supervised {
  const clock = createFakeClock();
  const { log, lines } = createTestLog();
  const leases: Lease[] = [];
  let dropEvent = (): void => undefined;
  const provider = new SupervisedProvider({
    id: PROVIDER,
    plugin: './test.ts',
    displayName: 'Test',
    create: ({ onException, onRequestFailed, onEventDropped }) => {
      const lease = new Lease(onException);
      leases.push(lease);
      dropEvent = () => onEventDropped('PLUGIN_EVENT_INVALID', 'type: unknown event type');
      const created = create({ clock: leaseClock(clock, lease) }, leases.length);
      return new ProviderInstance({
        provider: { start: nothing, stop: nothing, ...created },
        requests: new RequestFailures(),
        isStateShared,
        lease,
        onException,
        onRequestFailed,
        clock,
        log: log(''),
      });
    },
    clock,
    random: () => 1,
    log: log(''),
    checkEvent: () => undefined,
    hasAudio: () => false,
    liveCalls: () => [],
    traffic: new ProviderTraffic({ clock, log: log('') }),
    setupNotices: new SetupNotices(clock),
    blocks: new PluginBlocks({ log: log(''), notices: new SetupNotices(clock) }),
    recentRequests: new RecentRequests(clock, 50),
    urlOf: (path) => new URL(`http://localhost/${path}`),
    secrets: () => [],
    registerCall: () => Promise.resolve('call_1' as CallId),
    ...deps,
  });
  return { provider, clock, lines, leases, dropEvent: () => dropEvent() };
}
