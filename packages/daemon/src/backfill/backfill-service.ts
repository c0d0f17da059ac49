/**
 * Imports past calls into history: page by page, newest first, each page stored before the next is requested. The progress is
 * stored too, so starting the same period again resumes it, even after a restart.
 */
import {
  FaultError,
  isFault,
  messageOf,
  providerId as asProviderId,
  type Clock,
  type Logger,
  type ProviderEvent,
  type ProviderId,
} from '@sidetone/core';
import type { AuditLog } from '../access/audit.ts';
import type { Ingest } from '../calls/ingest.ts';
import type { ProviderDirectory, ProviderView, StateStore } from '../plugins/ports.ts';

export const BACKFILL_STATES = ['RUNNING', 'DONE', 'FAILED', 'STOPPED'] as const;
export type BackfillState = (typeof BACKFILL_STATES)[number];

/** The latest backfill of a provider. Instants are epoch ms. */
export interface Backfill {
  readonly providerId: ProviderId;
  readonly since: number;
  readonly until: number;
  readonly state: BackfillState;
  /** Number of calls imported so far. */
  readonly calls: number;
  /** Creation time of the oldest call imported so far. */
  readonly reached?: number;
  /** Why it is FAILED. */
  readonly message?: string;
  /** Opaque position of the provider from which to resume. */
  readonly position?: string;
  /** Name of the access token of the client that started or last resumed it. Missing if an earlier release did. */
  readonly requestedBy?: string;
  /** With other nodes: until when the one that runs it is taken for running, unless it stores its progress again. */
  readonly runsUntil?: number;
}

export interface BackfillServiceDeps {
  readonly providers: ProviderDirectory;
  readonly ingest: Pick<Ingest, 'acceptAnywhere' | 'committed'>;
  readonly stateStore: StateStore;
  readonly audit: Pick<AuditLog, 'append'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** How long a plugin may take to stop a backfill, ms. */
const CLOSE_TIMEOUT_MS = 3000;

/** How long another node takes a backfill for running after its progress was stored, ms; it is stored at least three times as often. */
export const RUNNING_MS = 60_000;

/** Owner of the progress in the state store. The slash prevents a collision with the id of a provider. */
const OWNER = asProviderId('daemon/backfill');

export class BackfillService {
  readonly #deps: BackfillServiceDeps;
  readonly #running = new Map<ProviderId, { readonly done: Promise<void>; readonly stop: AbortController }>();
  #starting: Promise<unknown> = Promise.resolve();

  constructor(deps: BackfillServiceDeps) {
    this.#deps = deps;
  }

  /** Returns the latest backfill of each provider. */
  async list(): Promise<readonly Backfill[]> {
    const stored = await this.#deps.stateStore.list(OWNER, '');
    return stored.map(([id, text]) => this.#current(asProviderId(id), text));
  }

  /**
   * Starts or resumes a backfill of the calls created in `[since, until)`; `until` is now by default. The events of its calls
   * are attributed to the requester.
   * @throws {FaultError} PROVIDER_NOT_RUNNING, CAPABILITY_MISSING, INPUT_INVALID while another period is running, or a fault of
   * kind store.
   */
  start(id: ProviderId, since: number, until: number | undefined, requestedBy: string): Promise<Backfill> {
    // One after the other, so that two requests do not start the same backfill.
    const started = this.#starting.then(() => this.#start(id, since, until, requestedBy));
    this.#starting = started.catch(() => undefined);
    return started;
  }

  async #start(
    id: ProviderId,
    since: number,
    until: number | undefined,
    requestedBy: string,
  ): Promise<Backfill> {
    const provider = this.#deps.providers.get(id);
    if (!provider?.isRunning)
      throw new FaultError('PROVIDER_NOT_RUNNING', `the provider ${id} is not running`);
    if (!provider.backfill)
      throw new FaultError('CAPABILITY_MISSING', `the provider ${id} cannot list past calls`);
    const stored = await this.#deps.stateStore.get(OWNER, id);
    const known = stored === undefined ? undefined : this.#current(id, stored);
    const isSame = known?.since === since && (until === undefined || known.until === until);
    if (known?.state === 'RUNNING') {
      if (isSame) return known;
      throw new FaultError('INPUT_INVALID', `another backfill of ${id} is running`, {
        details: { argument: 'input.since' },
      });
    }
    const resumed = isSame && known.state !== 'DONE' ? known : undefined;
    const fresh: Backfill = {
      providerId: id,
      since,
      until: until ?? this.#deps.clock.now(),
      state: 'RUNNING',
      calls: 0,
    };
    const { message: _previous, ...rest } = resumed ?? fresh;
    const backfill: Backfill = { ...rest, state: 'RUNNING', requestedBy };
    await this.#audit(backfill, requestedBy);
    // Another node may have started it meanwhile.
    if (!(await this.#replace(backfill, stored))) return this.#start(id, since, until, requestedBy);
    const stop = new AbortController();
    const done = this.#run(provider, backfill, stop.signal).finally(() => this.#running.delete(id));
    this.#running.set(id, { done, stop });
    return backfill;
  }

  /** Stops all running backfills. They can be resumed later. */
  async close(): Promise<void> {
    const running = [...this.#running.values()];
    for (const { stop } of running) stop.abort();
    const ended = Promise.all(running.map(({ done }) => done));
    await Promise.race([ended, this.#deps.clock.delay(CLOSE_TIMEOUT_MS)]);
  }

  async #accept(
    { id: providerId }: ProviderView,
    event: ProviderEvent,
    by: string | undefined,
  ): Promise<void> {
    const { ingest } = this.#deps;
    await ingest.acceptAnywhere(providerId, event, by);
  }

  async #run(provider: ProviderView, started: Backfill, signal: AbortSignal): Promise<void> {
    const { ingest, log } = this.#deps;
    let backfill = started;
    const endRenewals = this.#renew(() => backfill);
    try {
      const { since, until, position } = backfill;
      const request = { since, until, ...(position !== undefined && { resumeAt: position }) };
      for await (const page of provider.backfill!(request, signal)) {
        if (signal.aborted) break;
        for (const event of page.events) await this.#accept(provider, event, backfill.requestedBy);
        await ingest.committed();
        const calls = backfill.calls + page.calls;
        backfill = { ...backfill, calls, position: page.position, reached: page.reached };
        await this.#save(backfill);
      }
      await endRenewals();
      await this.#save({ ...backfill, state: signal.aborted ? 'STOPPED' : 'DONE' });
    } catch (error) {
      await endRenewals();
      const state = signal.aborted ? 'STOPPED' : 'FAILED';
      const failed = {
        ...backfill,
        state,
        ...(state === 'FAILED' && { message: messageOf(error) }),
      } as const;
      await this.#save(failed).catch((cause: unknown) =>
        log.warn('storing the progress of a backfill failed', { reason: messageOf(cause) }),
      );
      const code = isFault(error) ? error.code : 'INTERNAL';
      log.warn('backfill failed or stopped', {
        provider: provider.id,
        state,
        code,
        reason: messageOf(error),
      });
    }
  }

  /** A RUNNING backfill that runs neither in this process nor at another node was interrupted by the end of its process. */
  #current(id: ProviderId, stored: string): Backfill {
    const backfill = JSON.parse(stored) as Backfill;
    const { state, runsUntil = 0 } = backfill;
    const runsElsewhere = this.#deps.stateStore.isShared && runsUntil > this.#deps.clock.now();
    const isInterrupted = state === 'RUNNING' && !this.#running.has(id) && !runsElsewhere;
    return isInterrupted ? { ...backfill, state: 'STOPPED' } : backfill;
  }

  async #audit({ providerId, since, until }: Backfill, by: string): Promise<void> {
    const { audit, clock } = this.#deps;
    await audit.append({
      at: clock.now(),
      by,
      action: 'BACKFILL_STARTED',
      details: { providerId, since, until },
    });
  }

  async #save(backfill: Backfill): Promise<void> {
    await this.#deps.stateStore.set(OWNER, backfill.providerId, this.#encode(backfill));
  }

  /** Returns false if another node has stored something else meanwhile. */
  async #replace(backfill: Backfill, stored: string | undefined): Promise<boolean> {
    const { stateStore } = this.#deps;
    return stateStore.compareAndSet(OWNER, backfill.providerId, stored, this.#encode(backfill));
  }

  #encode({ runsUntil: _previous, ...backfill }: Backfill): string {
    const { stateStore, clock } = this.#deps;
    const isMarked = stateStore.isShared && backfill.state === 'RUNNING';
    return JSON.stringify({ ...backfill, ...(isMarked && { runsUntil: clock.now() + RUNNING_MS }) });
  }

  /** Stores the progress while a page takes long, if there are other nodes. Returns a function that stops, after the last write. */
  #renew(current: () => Backfill): () => Promise<void> {
    const { stateStore, clock, log } = this.#deps;
    if (!stateStore.isShared) return () => Promise.resolve();
    let writing = Promise.resolve();
    let cancel = (): void => undefined;
    const schedule = (): void => {
      cancel = clock.schedule(RUNNING_MS / 3, () => {
        writing = this.#save(current()).catch((error: unknown) =>
          log.warn('storing the progress of a backfill failed', { reason: messageOf(error) }),
        );
        schedule();
      });
    };
    schedule();
    return () => {
      cancel();
      return writing;
    };
  }
}
