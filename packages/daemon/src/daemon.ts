/** A daemon from start to stop: what is opened is closed in reverse order, each step within its time. */
import type { CallId, Clock, IdSource, Logger } from '@sidetone/core';
import type { DependencyContainer } from 'tsyringe';
import { recover } from './calls/recovery.ts';
import { startWatchdog } from './calls/watchdog.ts';
import type { Config } from './config/schema.ts';
import { createContainer } from './container.ts';
import { createIds } from './ids.ts';
import { systemClock } from './system-clock.ts';
import * as tokens from './tokens.ts';

export interface DaemonOptions {
  readonly config: Config;
  /** The folder that plugins are looked for from. */
  readonly baseDir: string;
  readonly log: (part: string) => Logger;
  readonly clock?: Clock;
  readonly ids?: IdSource;
}

export interface Daemon {
  /** Where it listens. */
  readonly url: URL;
  /** The parts, for tests. */
  readonly parts: DependencyContainer;
  /** Erases a call that is over; false when there is no such call. @throws {FaultError} CALL_STILL_LIVE. */
  erase(callId: CallId): Promise<boolean>;
  /** Stops taking calls, ends what is open, stores what waits. Safe to call twice. */
  stop(): Promise<void>;
}

/** Resolves once it listens and every provider has started or failed. @throws {FaultError} of kind config or store. */
export async function startDaemon({
  config,
  baseDir,
  log,
  clock = systemClock,
  ids,
}: DaemonOptions): Promise<Daemon> {
  const state = { isReady: false, url: new URL(`http://${config.server.host}:${config.server.port}/`) };
  const parts = createContainer({
    config,
    baseDir,
    clock,
    ids: ids ?? createIds(),
    log,
    publicUrl: () => withSlash(config.server.publicUrl ?? state.url),
    isReady: () => state.isReady,
  });
  const undo: (() => void | Promise<void>)[] = [];
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopping ??= unwind(undo, log('daemon')));

  try {
    const database = parts.resolve(tokens.DATABASE);
    undo.push(() => database.close());
    const history = parts.resolve(tokens.HISTORY_LANES);
    undo.push(() => history.close());
    const ingest = parts.resolve(tokens.INGEST);
    undo.push(() => ingest.close());
    const erasure = parts.resolve(tokens.ERASURE);
    undo.push(() => erasure.close());
    void erasure.scrub();
    const waveforms = parts.resolve(tokens.WAVEFORMS);
    undo.push(() => waveforms.flush());
    const streams = parts.resolve(tokens.STREAMS);
    undo.push(() => streams.close());
    await recover({ ledger: parts.resolve(tokens.LEDGER), ingest, clock, log: log('daemon') });
    const recordings = parts.resolve(tokens.RECORDINGS);
    await recordings.repair();
    recordings.start();
    undo.push(() => recordings.stop());

    const providers = parts.resolve(tokens.PROVIDERS);
    await providers.load();
    const transcribers = parts.resolve(tokens.TRANSCRIBERS);
    await transcribers.load();
    undo.push(() => transcribers.stop());
    const transcribing = parts.resolve(tokens.TRANSCRIPTION_SERVICE);
    transcribing.start();
    undo.push(() => transcribing.stop());
    const server = parts.resolve(tokens.HTTP_SERVER);
    state.url = await server.listen(config.server.host, config.server.port);
    undo.push(() => server.close());
    undo.push(() => providers.stop());
    const backfills = parts.resolve(tokens.BACKFILLS);
    undo.push(() => backfills.close());
    const registry = parts.resolve(tokens.CALL_REGISTRY);
    undo.push(startWatchdog({ registry, reconcile: (calls) => providers.reconcile(calls), clock }));
    await Promise.all([transcribers.start(), providers.start()]);
    state.isReady = true;
    undo.push(() => void (state.isReady = false));
  } catch (error) {
    await stop();
    throw error;
  }
  const erasure = parts.resolve(tokens.ERASURE);
  return { url: state.url, parts, erase: (callId) => erasure.erase(callId), stop };
}

function withSlash(url: URL): URL {
  return url.pathname.endsWith('/') ? url : new URL(`${url.href.replace(/[?#].*$/, '')}/`);
}

async function unwind(undo: (() => void | Promise<void>)[], log: Logger): Promise<void> {
  for (const step of undo.toReversed()) {
    try {
      await step();
    } catch (error) {
      log.error('a step of the shutdown failed', { error });
    }
  }
}
