/** Makes an instance of a plugin, with a host and a lease of its own. */
import { FaultError, isFault, messageOf, type Provider, type ProviderId } from '@sidetone/core';
import { createHost, type HostDeps } from './provider-host.ts';
import { Lease } from '../supervision/lease.ts';
import type { AnyPlugin } from '../load.ts';
import { ProviderInstance } from './provider-instance.ts';
import type { InstanceWatcher } from '../supervision/plugin-lifecycle.ts';

/**
 * @throws {FaultError} PLUGIN_START_FAILED when the plugin throws, or what it throws if that is a fault; PLUGIN_INVALID
 * when what it makes is no provider.
 */
export function createInstance(
  plugin: AnyPlugin,
  options: unknown,
  providerId: ProviderId,
  { onThrow, lost }: InstanceWatcher,
  deps: HostDeps,
): ProviderInstance {
  const lease = new Lease(onThrow);
  try {
    const provider = providerOf(plugin, () =>
      plugin.create(options, createHost({ providerId, lease, lost }, deps)),
    );
    return new ProviderInstance({ provider, lease, onThrow, clock: deps.clock, log: deps.log });
  } catch (error) {
    lease.end();
    throw error;
  }
}

function providerOf({ name }: AnyPlugin, create: () => Provider): Provider {
  let provider: Partial<Provider> | undefined;
  try {
    provider = create();
  } catch (cause) {
    if (isFault(cause)) throw cause;
    const message = `the plugin ${name} threw when it was made: ${messageOf(cause)}`;
    throw new FaultError('PLUGIN_START_FAILED', message, { cause });
  }
  if (typeof provider?.start === 'function' && typeof provider.stop === 'function')
    return provider as Provider;
  throw new FaultError('PLUGIN_INVALID', `what the plugin ${name} makes has no start or no stop`);
}
