/** Starts an instance of the plugin on a fake host. */
import { createFakeHost, createIngressRequest, type FakeHost, type FakeHostOptions } from '@sidetone/testkit';
import type { IngressResponse, Provider } from '@sidetone/core';
import plugin, { type VapiOptions } from '@sidetone/plugin-vapi';

export const SECRETS = { apiKey: 'private-key-0', publicKey: 'public-key-0' } as const;
const signal = new AbortController().signal;

/** Returns options with their defaults, and without sweeps, so advancing the clock does not start any. */
export async function readOptions(options: object): Promise<VapiOptions> {
  const result = await plugin.options['~standard'].validate({
    ...SECRETS,
    sweep: { intervalMs: 0 },
    ...options,
  });
  if (result.issues) throw new Error(JSON.stringify(result.issues));
  return result.value;
}

export interface Harness {
  readonly host: FakeHost;
  readonly provider: Provider;
  post(json: unknown, headers?: Record<string, string>): Promise<IngressResponse>;
}

export async function start(options: object = {}, hostOptions: FakeHostOptions = {}): Promise<Harness> {
  const host = createFakeHost(hostOptions);
  const provider = plugin.create(await readOptions(options), host);
  await provider.start(signal);
  return {
    host,
    provider,
    post(json, headers = {}) {
      const request = createIngressRequest({ path: 'webhook', json, headers, receivedAt: host.clock.now() });
      return provider.ingress!.request!(request);
    },
  };
}
