/**
 * The claims of a replay guard whose state is shared by the nodes of a cluster: each is an entry of the state, which decides who was
 * first. Expired entries are removed in slices while new ones are added.
 */
import { Buffer } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import { messageOf } from '@sidetone/core';
import { compareAndSet } from '../compare-and-set.ts';
import type { ClaimStore, ClaimStoreOptions } from './claim-store.ts';
import { ReplayPages } from './replay-pages.ts';

/** Claims of an instance after which it removes the expired entries of one slice. */
export const CLAIMS_PER_SWEEP = 256;
/** Slices of the entries, by the first byte of their digest. */
const SLICES = 256;
/** A claim of another node that is older than this is decided: a request lasts at most 30 s. The clocks of nodes may differ. */
const DECIDED_AFTER_MS = 40_000;
/** How long a request waits for the decision of another node about the same one, ms. Most are decided within milliseconds. */
export const DECISION_WAIT_MS = 2000;
const DECISION_POLL_MS = 200;

const hexOf = (digest: string): string => Buffer.from(digest, 'latin1').toString('hex');

export class ReplayClaims implements ClaimStore {
  readonly #options: ClaimStoreOptions;
  readonly #prefix: string;
  /** What this plugin kept before its state was shared. */
  readonly #pages: ReplayPages;
  #count = 0;
  #dropped = 0;
  #sweep: Promise<void> | undefined;

  constructor(options: ClaimStoreOptions) {
    this.#options = options;
    this.#prefix = `claims/${options.prefix}`;
    this.#pages = new ReplayPages(options);
  }

  get size(): number {
    return this.#pages.size;
  }

  get dropped(): number {
    return this.#pages.dropped + this.#dropped;
  }

  load(): Promise<void> {
    return this.#pages.load();
  }

  async add(digests: readonly string[]): Promise<(() => void) | undefined> {
    this.#pages.removeExpired();
    if (digests.some((digest) => this.#pages.has(digest))) return undefined;
    // Differs from that of every other claim, so it is known whose an entry is.
    const value = `${this.#options.host.clock.now()} ${randomUUID()}`;
    const release = (): void => this.#releaseInBackground(digests, value);
    try {
      for (const digest of digests) {
        if (await this.#claim(this.#keyOf(digest), value)) continue;
        release();
        return undefined;
      }
    } catch (error) {
      release();
      throw error;
    }
    this.#count += 1;
    if (this.#count % CLAIMS_PER_SWEEP === 0) this.#sweepInBackground(digests[0]);
    return release;
  }

  #keyOf(digest: string): string {
    return this.#prefix + hexOf(digest);
  }

  /** Returns false if the entry is that of another claim. */
  async #claim(key: string, value: string): Promise<boolean> {
    const { state, clock } = this.#options.host;
    const beganAt = clock.elapsed();
    for (;;) {
      if (await compareAndSet(state, key, undefined, value)) return true;
      const stored = await state.get(key);
      const ageMs = clock.now() - claimedAt(stored);
      if (stored === undefined) continue;
      if (ageMs > this.#options.toleranceMs) {
        if (await compareAndSet(state, key, stored, value)) return true;
        continue;
      }
      // Another node may fail to handle the request, and release it.
      if (ageMs > DECIDED_AFTER_MS || clock.elapsed() - beganAt >= DECISION_WAIT_MS) return false;
      await clock.delay(DECISION_POLL_MS);
    }
  }

  /** If that fails, the guard stays strict. */
  #releaseInBackground(digests: readonly string[], value: string): void {
    const { state } = this.#options.host;
    const all = digests.map((digest) => compareAndSet(state, this.#keyOf(digest), value, undefined));
    this.#logFailure('releasing a replay entry failed', Promise.all(all));
  }

  /** The first digest is as good as a random one to choose the slice. */
  #sweepInBackground(digest = ''): void {
    this.#sweep ??= this.#sweepSlice(hexOf(digest).slice(0, 2)).finally(() => (this.#sweep = undefined));
    this.#logFailure('removing expired replay entries failed', this.#sweep);
  }

  async #sweepSlice(slice: string): Promise<void> {
    const { host, toleranceMs, limit } = this.#options;
    const entries = await host.state.list(this.#prefix + slice);
    const oldest = host.clock.now() - toleranceMs;
    const kept: (readonly [key: string, at: number])[] = [];
    for (const [key, value] of entries) {
      const at = claimedAt(value);
      if (at > oldest) kept.push([key, at]);
      else await host.state.delete(key);
    }
    const excess = kept
      .toSorted(([, a], [, b]) => a - b)
      .slice(0, Math.max(0, kept.length - Math.ceil(limit / SLICES)));
    for (const [key] of excess) await host.state.delete(key);
    if (excess.length === 0) return;
    if (this.#dropped === 0)
      host.log.warn('too many signed webhooks to remember, dropping the oldest', { limit });
    this.#dropped += excess.length;
    host.limitReached?.('MAX_REPLAY_ENTRIES', excess.length);
  }

  #logFailure(message: string, work: Promise<unknown>): void {
    work.catch((error: unknown) => this.#options.host.log.debug(message, { reason: messageOf(error) }));
  }
}

/** Returns when an entry was claimed, epoch ms. */
const claimedAt = (value: string | undefined): number => Number.parseInt(value ?? '', 10) || 0;
