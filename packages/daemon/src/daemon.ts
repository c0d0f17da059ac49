/** Starts a daemon step by step; stopping undoes the steps in reverse order. */
import type { CallId, Clock, FaultError, IdSource, LogFields, Logger } from '@sidetone/core';
import type { DependencyContainer } from 'tsyringe';
import type { AccessToken } from './access/access-tokens.ts';
import { isExposed, serverUrl, withReachableHost } from './access/exposure.ts';
import { ACCESS, auditTokenChanges } from './access/token-changes.ts';
import { countriesOf } from './calls/numbers/countries.ts';
import { recover } from './calls/recovery.ts';
import { startWatchdog } from './calls/watchdog.ts';
import { allConfigured } from './config/failures.ts';
import type { Cluster } from './cluster/cluster.ts';
import type { Config } from './config/schema.ts';
import type { ProcessCounts } from './metrics/process-counts.ts';
import { openStorage, serveNodes, sweepOwners } from './composition/cluster.ts';
import { drainNode } from './composition/nodes/draining.ts';
import { followLog } from './composition/nodes/following.ts';
import { startRelay } from './composition/nodes/relay.ts';
import { createContainer } from './container.ts';
import { createIds } from './ids.ts';
import { systemClock } from './system-clock.ts';
import { watchClock } from './operator/clock-watch.ts';
import { reportStart, type StartReportDeps } from './operator/start-report.ts';
import { createRedaction } from './redaction/redaction.ts';
import { createTracing } from './tracing/create-tracing.ts';
import * as tokens from './tokens.ts';

export interface DaemonOptions {
  readonly config: Config;
  /** The folder that plugin paths and packages are resolved from. */
  readonly baseDir: string;
  /** Creates the logger of a component. */
  readonly log: (part: string) => Logger;
  /** What the report of the start begins with, such as versions. */
  readonly about?: LogFields;
  /** The version of the daemon. */
  readonly version?: string;
  /** What the process counts outside of the daemon, for the metrics. */
  readonly process?: ProcessCounts;
  /** Called once if another daemon has taken over the database: this one has to stop. */
  readonly onFenced?: (fault: FaultError) => void;
  /** Default: the system's clock. */
  readonly clock?: Clock;
  /** Default: UUIDs of version 7. */
  readonly ids?: IdSource;
}

export interface Daemon {
  /** The address that it listens on. */
  readonly url: URL;
  /** The other address of the metrics, if there is one. */
  readonly metricsUrl: URL | undefined;
  /** The components, for tests. */
  readonly parts: DependencyContainer;
  /** Erases an ended call. Returns false if the call is unknown. @throws {FaultError} CALL_STILL_LIVE. */
  erase(callId: CallId): Promise<boolean>;
  /**
   * Replaces the access tokens, and closes the connections of those that are no longer valid.
   * @throws {FaultError} CONFIG_INVALID if other machines could then do everything.
   */
  replaceTokens(tokens: readonly AccessToken[]): Promise<void>;
  /**
   * In a cluster, passes the calls of this node on and waits for its streams, up to `cluster.drainSeconds` or until `signal` aborts.
   * Never rejects. Call `stop` afterwards.
   */
  drain(signal: AbortSignal): Promise<void>;
  /** Closes the server, stops plugins, ends open recordings and streams, and stores pending events. Safe to call twice. */
  stop(): Promise<void>;
}

type Undo = () => unknown;

/** The steps that have been taken so far, so that a failed start undoes exactly those. */
interface Startup {
  readonly parts: DependencyContainer;
  /** This node among the others; undefined without a cluster. */
  readonly cluster: Cluster | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  readonly undo: Undo[];
}

/**
 * Resolves once the server listens and every plugin has started or failed.
 * @throws {FaultError} of kind config or store, or the error of the server; everything that was started is stopped then.
 */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const { config, baseDir, clock = systemClock, ids = createIds() } = options;
  const state = { isReady: false, url: serverUrl(config.server.host, config.server.port) };
  const publicUrl = (): URL => withSlash(config.server.publicUrl ?? withReachableHost(state.url));
  const version = options.version ?? 'unknown';
  const redaction = await createRedaction(config, countriesOf(config));
  const tracing = await createTracing(config.tracing, { clock, log: options.log('tracing'), version });
  const undo: Undo[] = tracing ? [() => tracing.stop()] : [];
  const log = options.log('daemon');
  const opening = {
    countries: countriesOf(config),
    clock,
    log: options.log,
    version,
    onFenced: options.onFenced ?? (() => undefined),
  };
  const { store, cluster } = await openStorage(config, { ...opening, undo, tracing }).catch(
    async (error: unknown) => {
      await unwind({ undo, log });
      throw error;
    },
  );
  const parts = createContainer({
    config,
    store,
    cluster,
    baseDir,
    clock,
    ids,
    log: options.log,
    publicUrl,
    isReady: () => state.isReady,
    redaction,
    tracing,
    version,
    ...(options.process && { process: options.process }),
  });
  const startup: Startup = { parts, cluster, clock, log, undo };
  let metricsUrl: URL | undefined;
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopping ??= unwind(startup));

  try {
    startStore(startup);
    await startAudit(startup, config);
    await startAccess(startup, config);
    await followLog(startup);
    startRelay(startup);
    await recoverCalls(startup);
    serveNodes(startup);
    sweepOwners(startup);
    await startCapture(startup);
    await startRecording(startup, config);
    await loadPlugins(startup);
    state.url = await listen(startup, config.server);
    await startPlugins(startup);
    watchLoop(startup);
    metricsUrl = await listenForMetrics(startup, config.metrics);
    startRetention(startup);
    startup.undo.push(watchClock({ clock, log: startup.log }));
    state.isReady = true;
    startup.undo.push(() => (state.isReady = false));
    report(startup, options, { url: publicUrl(), metricsUrl });
  } catch (error) {
    await stop();
    throw error;
  }
  const erasure = parts.resolve(tokens.ERASURE);
  const replaceTokens = async (replaced: readonly AccessToken[]): Promise<void> => {
    parts.resolve(tokens.TOKEN_REGISTRY).replaceConfigured(replaced);
    await auditTokens(startup, replaced);
  };
  const drain = (signal: AbortSignal): Promise<void> => drainNode(startup, signal);
  return {
    url: state.url,
    metricsUrl,
    parts,
    erase: (callId) => erasure.erase(callId),
    replaceTokens,
    drain,
    stop,
  };
}

function report(
  { parts }: Startup,
  { config, about = {}, log }: DaemonOptions,
  urls: Pick<StartReportDeps, 'url' | 'metricsUrl'>,
): void {
  reportStart({
    about,
    config,
    ...urls,
    store: parts.resolve(tokens.STORE).description,
    access: parts.resolve(tokens.TOKEN_REGISTRY),
    providers: parts.resolve(tokens.PROVIDERS).list(),
    transcribers: parts.resolve(tokens.TRANSCRIBERS).list(),
    log: log('start'),
  });
}

async function startAccess({ parts, log, undo }: Startup, { server }: Config): Promise<void> {
  const registry = parts.resolve(tokens.TOKEN_REGISTRY);
  undo.push(() => registry.stop());
  await registry.start();
  if (!registry.isOpen || !isExposed(server)) return;
  log.warn('access is not verified: other machines can reach this daemon and auth.unverified is set', {
    host: server.host,
    publicUrl: server.publicUrl?.href,
  });
}

function watchLoop({ parts, undo }: Startup): void {
  const monitor = parts.resolve(tokens.LOOP_MONITOR);
  undo.push(() => monitor.stop());
  monitor.start();
}

function startStore({ parts, undo }: Startup): void {
  parts.resolve(tokens.STORE).start();
  const { active: duties } = parts.resolve(tokens.DUTIES);
  if (duties) undo.push(() => duties.close());
  const ingest = parts.resolve(tokens.INGEST);
  undo.push(() => ingest.close());
  const erasure = parts.resolve(tokens.ERASURE);
  undo.push(() => erasure.close());
  erasure.start();
  const filling = parts.resolve(tokens.FILLING);
  undo.push(() => filling.stop());
  filling.start();
}

async function startAudit(startup: Startup, { auth }: Config): Promise<void> {
  await auditTokens(startup, auth.tokens);
  const { parts, undo } = startup;
  const signIns = parts.resolve(tokens.SIGN_IN_AUDIT);
  undo.push(() => signIns.close());
}

/** Writes to the audit log if the tokens are not those of the last time. */
async function auditTokens({ parts, clock }: Startup, replaced: readonly AccessToken[]): Promise<void> {
  const state = parts.resolve(tokens.STATE_STORE);
  await auditTokenChanges(replaced, {
    kept: {
      get: () => state.get(ACCESS, 'tokens'),
      set: (text: string) => state.set(ACCESS, 'tokens', text),
    },
    audit: parts.resolve(tokens.AUDIT_LOG),
    now: () => clock.now(),
  });
}

async function recoverCalls({ parts, clock, log, undo }: Startup): Promise<void> {
  const waveforms = parts.resolve(tokens.WAVEFORMS);
  undo.push(() => waveforms.flush());
  const streams = parts.resolve(tokens.STREAMS);
  undo.push(() => streams.close());
  const { active: takeover } = parts.resolve(tokens.TAKEOVER);
  if (takeover) {
    undo.push(() => takeover.stop());
    return takeover.start(parts.resolve(tokens.STORE).member?.isAlone === true);
  }
  await recover({
    ledger: parts.resolve(tokens.LEDGER),
    registry: parts.resolve(tokens.CALL_REGISTRY),
    ingest: parts.resolve(tokens.INGEST),
    openCommands: parts.resolve(tokens.OPEN_COMMANDS),
    clock,
    log,
  });
}

/** Before anything captures calls. */
async function startCapture({ parts, undo }: Startup): Promise<void> {
  const capture = parts.resolve(tokens.CAPTURE_SERVICE);
  undo.push(() => capture.stop());
  await capture.start();
}

async function startRecording({ parts, undo }: Startup, config: Config): Promise<void> {
  undo.push(() => parts.resolve(tokens.CODEC).close());
  const recordings = parts.resolve(tokens.RECORDING_SERVICE);
  if (recordsCalls(config)) recordings.prepareFolder();
  await recordings.repair();
  recordings.start();
  undo.push(() => recordings.stop());
  const compressor = parts.resolve(tokens.COMPRESSOR);
  undo.push(() => compressor.stop());
  compressor.start();
}

const recordsCalls = ({ recording, providers }: Config): boolean =>
  recording.enabled || Object.values(providers).some((provider) => provider.recording.enabled === true);

async function loadPlugins({ parts, undo }: Startup): Promise<void> {
  const transcribers = parts.resolve(tokens.TRANSCRIBERS);
  await allConfigured([parts.resolve(tokens.PROVIDERS).load(), transcribers.load()]);
  undo.push(() => transcribers.stop());
  const transcription = parts.resolve(tokens.TRANSCRIPTION_SERVICE);
  transcription.start();
  undo.push(() => transcription.stop());
}

async function listen({ parts, undo }: Startup, { host, port }: Config['server']): Promise<URL> {
  const server = parts.resolve(tokens.HTTP_SERVER);
  const url = await server.listen(host, port);
  undo.push(() => server.close());
  return url;
}

/** Serves the metrics at an address of their own, if one is configured. */
async function listenForMetrics(
  { parts, undo }: Startup,
  { host, port }: Config['metrics'],
): Promise<URL | undefined> {
  if (port === undefined) return undefined;
  const server = parts.resolve(tokens.METRICS_SERVER);
  const url = await server.listen(host, port);
  undo.push(() => server.close());
  return url;
}

/** After the server listens: a provider may call back while it starts. */
async function startPlugins({ parts, clock, undo }: Startup): Promise<void> {
  const providers = parts.resolve(tokens.PROVIDERS);
  undo.push(() => providers.stop());
  const backfills = parts.resolve(tokens.BACKFILL_SERVICE);
  undo.push(() => backfills.close());
  const registry = parts.resolve(tokens.CALL_REGISTRY);
  undo.push(startWatchdog({ registry, reconcile: (calls) => providers.reconcile(calls), clock }));
  await Promise.all([parts.resolve(tokens.TRANSCRIBERS).start(), providers.start()]);
}

function startRetention({ parts, undo }: Startup): void {
  for (const part of [parts.resolve(tokens.RETENTION), parts.resolve(tokens.RECORDING_SPACE)]) {
    undo.push(() => part.stop());
    part.start();
  }
}

function withSlash(url: URL): URL {
  return url.pathname.endsWith('/') ? url : new URL(`${url.href.replace(/[?#].*$/, '')}/`);
}

/** Runs every undo step, the last one first. Never rejects: a failed step is logged. */
async function unwind({ undo, log }: Pick<Startup, 'undo' | 'log'>): Promise<void> {
  for (const step of undo.toReversed()) {
    try {
      await step();
    } catch (error) {
      log.error('shutdown step failed', { error });
    }
  }
}
