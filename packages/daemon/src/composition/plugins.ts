/** Providers and transcribers. */
import { isExposed } from '../access/exposure.ts';
import { countriesOf } from '../calls/numbers/countries.ts';
import { CountsBy } from '../metrics/counts.ts';
import { ProviderRegistry } from '../plugins/provider/provider-registry.ts';
import { AddressGuard } from '../plugins/sockets/address-guard.ts';
import { TranscriberRegistry } from '../plugins/transcriber/transcriber-registry.ts';
import * as tokens from '../tokens.ts';
import type { Environment, Register } from './registration.ts';

export function registerPlugins(register: Register, environment: Environment): void {
  const { config, baseDir, clock, log, publicUrl, tracing } = environment;
  const { socketMessageBytes, eventsPerSecond, liveCalls: maxLiveCalls } = config.limits;
  const { recentRequests: maxRecentRequests, captureBytes: maxCaptureBytes } = config.limits;
  const traceAccess = tracing && ((owner: string, send: typeof fetch) => tracing.access(owner, send));
  const addressGuard = new AddressGuard(config.outgoing);
  register(tokens.PLUGIN_LIMITS, () => new CountsBy());
  register(
    tokens.PROVIDERS,
    (get) =>
      new ProviderRegistry({
        config: config.providers,
        baseDir,
        ingest: get(tokens.INGEST),
        registry: get(tokens.CALL_REGISTRY),
        streams: get(tokens.STREAMS),
        demand: get(tokens.DEMAND),
        stateStore: get(tokens.STATE_STORE),
        limits: get(tokens.PLUGIN_LIMITS),
        clock,
        log: (id) => log(`provider ${id}`),
        publicUrl,
        isExposed: isExposed(config.server),
        countries: countriesOf(config),
        socketMessageBytes,
        addressGuard,
        outgoing: config.outgoing,
        isolatedPluginBytes: config.limits.isolatedPluginBytes,
        traceAccess,
        eventsPerSecond,
        maxLiveCalls,
        maxRecentRequests,
        maxCaptureBytes,
        random: Math.random,
        liveCalls: (id) => get(tokens.CALL_REGISTRY).live(id),
      }),
  );
  register(
    tokens.TRANSCRIBERS,
    (get) =>
      new TranscriberRegistry({
        config: config.transcribers,
        baseDir,
        stateStore: get(tokens.STATE_STORE),
        limits: get(tokens.PLUGIN_LIMITS),
        clock,
        log: (id) => log(`transcriber ${id}`),
        socketMessageBytes,
        addressGuard,
        traceAccess,
        random: Math.random,
      }),
  );
}
