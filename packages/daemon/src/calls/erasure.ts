/**
 * Erases ended calls: first from all tables and from memory, then, in small steps in the background, from the free pages of
 * the database file ("scrubbing").
 */
import {
  FaultError,
  isLive,
  messageOf,
  type Call,
  type CallId,
  type Clock,
  type CommandId,
  type Logger,
} from '@sidetone/core';
import type { AuditLog } from '../access/audit.ts';
import type { CallRegistry } from './call-registry.ts';
import type { Ingest } from './ingest.ts';
import type { CallLedger, CommandTracker, PartialStore, RecordFeed } from './ports.ts';
import { EVERY_DUTY, type Duties } from '../duties/duties.ts';
import { runSteps, settled, type Steps } from '../now-or-later.ts';
import { retryWhileBusy } from './store-retry.ts';

/**
 * PENDING if the call is not stored any longer, but its text may still be in the database file, because another program reads
 * it; scrubbing is retried until it succeeds.
 */
export type ErasureStatus = 'ERASED' | 'PENDING' | 'NOT_FOUND';

/** Attempts to scrub the file while a reader blocks it, and the pause in between, ms. */
export const SCRUB_ATTEMPTS = 100;
const SCRUB_PAUSE_MS = 100;
/** Delay before scrubbing is retried after that, ms. */
export const SCRUB_RETRY_MS = 60_000;
/** How often data that is not kept any longer is deleted, ms. */
export const EXPIRY_INTERVAL_MS = 24 * 60 * 60_000;

export interface ErasureDeps {
  readonly ingest: Pick<Ingest, 'current' | 'ready' | 'sealed' | 'storeNow'>;
  readonly ledger: Pick<CallLedger, 'erase' | 'eraseCommand' | 'expire' | 'isScrubDue' | 'scrub'>;
  readonly registry: Pick<CallRegistry, 'forget'>;
  readonly feed: Pick<RecordFeed, 'forget' | 'erase'>;
  readonly partials: Pick<PartialStore, 'forget'>;
  readonly openCommands: Pick<CommandTracker, 'forget'>;
  readonly recordings: { erase(callId: CallId): Promise<void> };
  readonly waveforms: { forget(callId: CallId): void };
  /** The results of subscriptions. */
  readonly results: { forget(callId: CallId): void };
  /** Announces an erased call to the other nodes. */
  readonly onErased?: ((callId: CallId) => void) | undefined;
  /** Announces a call of which data was removed. */
  readonly onPruned?: ((callId: CallId) => void) | undefined;
  /** As `removeCall`, at the node that decides about the call. Default: this one. */
  readonly removeAnywhere?: ((callId: CallId, by: string) => Promise<boolean>) | undefined;
  readonly audit: AuditLog;
  /** How long entries of the audit log are kept, ms. */
  readonly auditMs: number;
  /** Default: all. */
  readonly duties?: Duties;
  readonly clock: Clock;
  readonly log: Logger;
}

export class Erasure {
  readonly #deps: ErasureDeps;
  readonly #stopping = new AbortController();
  #scrubbing = Promise.resolve();
  #cancelRetry: (() => void) | undefined;
  #cancelExpiry = (): void => undefined;

  constructor(deps: ErasureDeps) {
    this.#deps = deps;
  }

  /** Whether the text of erased calls may still be in the database file. */
  get isPending(): boolean {
    return this.#deps.ledger.isScrubDue();
  }

  /** As `eraseCall`, but returns whether there was such a call. */
  async erase(callId: CallId, by = 'daemon'): Promise<boolean> {
    return (await this.eraseCall(callId, by)) !== 'NOT_FOUND';
  }

  /**
   * Erases a call and everything stored about it. The audit log keeps who did it. Resolves when the file is scrubbed too, or after 10 s.
   * @throws {FaultError} as `removeCall`.
   */
  async eraseCall(callId: CallId, by = 'daemon'): Promise<ErasureStatus> {
    return (await this.removeAnywhere(callId, by)) ? this.#scrubbed() : 'NOT_FOUND';
  }

  /** As `removeCall`, but of a call of any node. */
  removeAnywhere(callId: CallId, by: string): Promise<boolean> {
    return (this.#deps.removeAnywhere ?? this.removeCall.bind(this))(callId, by);
  }

  /**
   * Erases a call of this node from tables, files and memory. Returns false if there is no such call. The caller scrubs the file.
   * @throws {FaultError} CALL_STILL_LIVE, CALL_HELD, NOT_OWNER, or a fault of kind store.
   */
  async removeCall(callId: CallId, by: string): Promise<boolean> {
    const { audit, ingest, ledger, recordings, clock } = this.#deps;
    await ingest.ready(callId);
    const call = ingest.current(callId);
    if (!call) return false;
    if (isLive(call)) throw new FaultError('CALL_STILL_LIVE', 'the call is live; end it first');
    rejectHeld(call);
    await recordings.erase(callId);
    let isAudited = false;
    const forget = (): void => this.forgetErased(callId);
    function* remove(): Steps<boolean> {
      // A concurrent request may have erased it, or placed a hold.
      const found = ingest.current(callId);
      if (!found) return false;
      rejectHeld(found);
      if (!(yield* settled(ingest.storeNow())))
        throw new FaultError('STORE_WRITE_FAILED', 'the call cannot be erased now');
      if (!isAudited) yield* settled(audit.append({ at: clock.now(), by, action: 'ERASE', callId }));
      isAudited = true;
      yield* settled(ledger.erase(callId, clock.now()));
      forget();
      return true;
    }
    // Events that arrive meanwhile find that the call was erased.
    return ingest.sealed([callId], () => retryWhileBusy(clock, () => runSteps(remove())));
  }

  /**
   * Erases a command that never got a call: a failed attempt to place one, with the number that was to be called.
   * @throws {FaultError} a fault of kind store.
   */
  async eraseCommand(id: CommandId, by = 'daemon'): Promise<ErasureStatus> {
    return (await this.removeCommand(id, by)) ? this.#scrubbed() : 'NOT_FOUND';
  }

  /** As `eraseCommand`, but the caller scrubs the file. Returns false if there is no such command. */
  async removeCommand(id: CommandId, by: string): Promise<boolean> {
    const { audit, clock, ledger } = this.#deps;
    if (!(await retryWhileBusy(clock, () => ledger.eraseCommand(id)))) return false;
    await retryWhileBusy(clock, () =>
      audit.append({ at: clock.now(), by, action: 'ERASE_COMMAND', callId: id }),
    );
    return true;
  }

  /** Forgets what memory has of a call that was erased, here and at the other nodes. */
  forgetErased(callId: CallId): void {
    this.#deps.feed.erase(callId);
    this.forget(callId);
    this.#deps.onErased?.(callId);
  }

  /** Forgets what memory has of a call that another node erased, and deletes its recording here. Never rejects. */
  async onErasedElsewhere(callId: CallId, what: 'CALL' | 'RECORDING' | 'DATA'): Promise<void> {
    const { feed, recordings, log } = this.#deps;
    if (what === 'CALL') {
      feed.erase(callId);
      this.forget(callId);
    }
    if (what === 'DATA') return this.forget(callId);
    try {
      await recordings.erase(callId);
    } catch (error) {
      log.error('deleting the recording of an erased call failed', { callId, reason: messageOf(error) });
    }
  }

  /** Forgets what memory has of a call of which data was removed from the store, here and at the other nodes. */
  forgetPruned(callId: CallId): void {
    this.forget(callId);
    this.#deps.onPruned?.(callId);
  }

  /** The same, only here. */
  forget(callId: CallId): void {
    const { registry, feed, partials, openCommands, waveforms, results } = this.#deps;
    for (const memory of [registry, feed, partials, openCommands, waveforms, results]) memory.forget(callId);
  }

  /** Scrubs the file, and deletes now and every day what is not kept any longer. */
  start(): void {
    void this.#expire();
    void this.scrub();
  }

  /** Scrubs the file after earlier erasures. Never rejects. */
  scrub(): Promise<void> {
    this.#scrubbing = this.#scrubbing.then(() => this.#scrub());
    return this.#scrubbing;
  }

  /** Stops scrubbing; the next start of the daemon continues it. */
  async close(): Promise<void> {
    this.#stopping.abort();
    this.#cancelRetry?.();
    this.#cancelExpiry();
    await this.#scrubbing;
  }

  async #scrubbed(): Promise<ErasureStatus> {
    await this.scrub();
    return this.isPending ? 'PENDING' : 'ERASED';
  }

  /** Never rejects. */
  async #expire(): Promise<void> {
    const { ledger, audit, auditMs, duties = EVERY_DUTY, clock, log } = this.#deps;
    const now = clock.now();
    try {
      await duties.run('expiry', async () => {
        await ledger.expire(now);
        await audit.expire(now - auditMs, now);
      });
    } catch (error) {
      log.warn('deleting expired data failed', { reason: messageOf(error) });
    }
    if (this.#stopping.signal.aborted) return;
    this.#cancelExpiry = clock.schedule(EXPIRY_INTERVAL_MS, () => {
      void this.#expire();
      void this.scrub();
    });
  }

  #retryLater(): void {
    if (this.#stopping.signal.aborted) return;
    this.#cancelRetry ??= this.#deps.clock.schedule(SCRUB_RETRY_MS, () => {
      this.#cancelRetry = undefined;
      void this.scrub();
    });
  }

  async #scrub(): Promise<void> {
    const { ledger, clock, log } = this.#deps;
    const { signal } = this.#stopping;
    try {
      let attempts = SCRUB_ATTEMPTS;
      while (attempts > 0 && !signal.aborted) {
        const state = await ledger.scrub();
        if (state === 'DONE') return;
        if (state === 'BUSY') attempts -= 1;
        await (state === 'BUSY' ? clock.delay(SCRUB_PAUSE_MS, signal) : nextTurn());
      }
      if (attempts > 0) return;
      log.warn(
        'scrubbing failed: the database is being read all the time; erased text may still be in the file',
      );
      this.#retryLater();
    } catch (error) {
      log.error('scrubbing failed; erased text may still be in the file', { reason: messageOf(error) });
      this.#retryLater();
    }
  }
}

function rejectHeld({ hold }: Call): void {
  if (hold) throw new FaultError('CALL_HELD', 'the call has a legal hold');
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
