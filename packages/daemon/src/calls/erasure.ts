/**
 * Erases ended calls: first from all tables and from memory, then, in small steps in the background, from the free pages of
 * the database file ("scrubbing").
 */
import { FaultError, isLive, messageOf, type CallId, type Clock, type Logger } from '@sidetone/core';
import type { AuditLog } from '../access/audit.ts';
import type { CallRegistry } from './call-registry.ts';
import type { Ingest } from './ingest.ts';
import type { CallLedger, CommandTracker, PartialStore, RecordFeed } from './ports.ts';
import { retryWhileBusy } from './store-retry.ts';

/** Attempts to scrub the file while a reader blocks it, and the pause in between, ms. */
export const SCRUB_ATTEMPTS = 100;
const SCRUB_PAUSE_MS = 100;

export interface ErasureDeps {
  readonly ingest: Pick<Ingest, 'current' | 'storeNow'>;
  readonly ledger: Pick<CallLedger, 'erase' | 'isScrubDue' | 'scrub'>;
  readonly registry: Pick<CallRegistry, 'forget'>;
  readonly feed: Pick<RecordFeed, 'forget'>;
  readonly partials: Pick<PartialStore, 'forget'>;
  readonly openCommands: Pick<CommandTracker, 'forget'>;
  readonly recordings: { erase(callId: CallId): Promise<void> };
  readonly waveforms: { forget(callId: CallId): void };
  readonly audit: Pick<AuditLog, 'append'>;
  readonly clock: Clock;
  readonly log: Logger;
}

export class Erasure {
  readonly #deps: ErasureDeps;
  readonly #stopping = new AbortController();
  #scrubbing = Promise.resolve();

  constructor(deps: ErasureDeps) {
    this.#deps = deps;
  }

  /**
   * Erases a call and everything stored about it. The audit log keeps who did it.
   * Resolves when the file is scrubbed too: false if there is no such call.
   * @throws {FaultError} CALL_STILL_LIVE, or STORE_WRITE_FAILED.
   */
  async erase(callId: CallId, by = 'daemon'): Promise<boolean> {
    const { audit, ingest, ledger, registry, feed, partials, openCommands, recordings, waveforms, clock } =
      this.#deps;
    const call = ingest.current(callId);
    if (!call) return false;
    if (isLive(call)) throw new FaultError('CALL_STILL_LIVE', 'the call is live; end it first');
    await recordings.erase(callId);
    // A concurrent request may have erased it.
    if (!ingest.current(callId)) return false;
    if (!ingest.storeNow()) throw new FaultError('STORE_WRITE_FAILED', 'the call cannot be erased now');
    await retryWhileBusy(clock, () => audit.append({ at: clock.now(), by, action: 'ERASE', callId }));
    await retryWhileBusy(clock, () => ledger.erase(callId));
    for (const memory of [registry, feed, partials, openCommands, waveforms]) memory.forget(callId);
    await this.scrub();
    return true;
  }

  /** Scrubs the file after earlier erasures. Never rejects. */
  scrub(): Promise<void> {
    this.#scrubbing = this.#scrubbing.then(() => this.#scrub());
    return this.#scrubbing;
  }

  /** Stops scrubbing; the next start of the daemon continues it. */
  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#scrubbing;
  }

  async #scrub(): Promise<void> {
    const { ledger, clock, log } = this.#deps;
    const { signal } = this.#stopping;
    try {
      let attempts = SCRUB_ATTEMPTS;
      while (attempts > 0 && !signal.aborted) {
        const state = ledger.scrub();
        if (state === 'DONE') return;
        if (state === 'BUSY') attempts -= 1;
        await (state === 'BUSY' ? clock.delay(SCRUB_PAUSE_MS, signal) : nextTurn());
      }
      if (attempts === 0)
        log.warn(
          'scrubbing failed: the database is being read all the time; erased text may still be in the file',
        );
    } catch (error) {
      log.error('scrubbing failed; erased text may still be in the file', { reason: messageOf(error) });
    }
  }
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
