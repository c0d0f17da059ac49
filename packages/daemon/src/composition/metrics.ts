/** The metrics, and where each is read: a metric without a reader does not compile. */
import { createMetricsServer } from '../http/health/metrics-server.ts';
import { createMetrics } from '../metrics/registry.ts';
import type { Readers } from '../metrics/catalogue.ts';
import * as tokens from '../tokens.ts';
import { callReaders } from './metrics/calls.ts';
import { clientReaders } from './metrics/clients.ts';
import { followingReaders } from './metrics/cluster.ts';
import { nodeReaders } from './metrics/nodes.ts';
import { limitReaders } from './metrics/limits.ts';
import { pluginReaders } from './metrics/plugins.ts';
import { privacyReaders } from './metrics/privacy.ts';
import { processReaders } from './metrics/process.ts';
import type { Environment, Register } from './registration.ts';

export function registerMetrics(register: Register, environment: Environment): void {
  register(tokens.METRICS, (get) =>
    createMetrics({
      ...processReaders(get, environment),
      ...callReaders(get, environment),
      ...privacyReaders(get, environment),
      ...clientReaders(get),
      ...followingReaders(get, environment),
      ...nodeReaders(get, environment),
      ...pluginReaders(get),
      ...limitReaders(get, environment),
    } satisfies Readers),
  );
  register(tokens.METRICS_SERVER, (get) => createMetricsServer(get(tokens.METRICS)));
}
