/** The entries of a replay guard in the durable state: pages of digests that are stored and expire together. */
import { Buffer } from 'node:buffer';
import { messageOf, type Clock } from '@sidetone/core';
import type { ClaimStore, ClaimStoreOptions } from './claim-store.ts';
import { numberOf, objectOf, parseJson, textOf } from '../tolerant-json.ts';

/** Entries in one value of the state: each claim writes one value. */
export const REPLAY_PAGE_ENTRIES = 128;
/** Length of a digest. Its characters are bytes. */
export const DIGEST_BYTES = 16;
/** A page covers at most this share of the tolerance, so it can expire soon after its first entry. */
const PAGES_PER_TOLERANCE = 8;

export interface Page {
  readonly key: string;
  /** Epoch ms. */
  readonly openedAt: number;
  newestAt: number;
  /** The same times as elapsed time. */
  readonly openedElapsed: number;
  newestElapsed: number;
  readonly digests: Set<string>;
}

export class ReplayPages {
  readonly #options: ClaimStoreOptions;
  /** Oldest first. New entries are added to the last page. */
  readonly #pages: Page[] = [];
  readonly #pageOf = new Map<string, Page>();
  #pageNumber = 0;
  #dropped = 0;

  constructor(options: ClaimStoreOptions) {
    this.#options = options;
  }

  /** Number of entries. */
  get size(): number {
    return this.#pageOf.size;
  }

  /** Number of entries that were dropped before they expired because of the limit. */
  get dropped(): number {
    return this.#dropped;
  }

  async load(): Promise<void> {
    const { host, prefix } = this.#options;
    for (const [key, value] of await host.state.list(prefix)) {
      const page = decodePage(key, value, host.clock);
      this.#pageNumber = Math.max(this.#pageNumber, Number(key.slice(prefix.length)) || 0);
      this.#pages.push(page);
      for (const digest of page.digests) this.#pageOf.set(digest, page);
    }
    this.removeExpired();
    this.#enforceLimit();
  }

  has(digest: string): boolean {
    return this.#pageOf.has(digest);
  }

  /** Adds entries in memory. Returns their page, which is not stored yet. */
  add(digests: readonly string[]): Page {
    const { clock } = this.#options.host;
    const now = clock.now();
    const page = this.#openPage(now, clock.elapsed());
    page.newestAt = Math.max(page.newestAt, now);
    page.newestElapsed = clock.elapsed();
    for (const digest of digests) {
      page.digests.add(digest);
      this.#pageOf.set(digest, page);
    }
    this.#enforceLimit();
    return page;
  }

  store(page: Page): Promise<void> {
    const { state } = this.#options.host;
    return page.digests.size === 0 ? state.delete(page.key) : state.set(page.key, encodePage(page));
  }

  /** Removes entries in memory. */
  remove(digests: readonly string[], page: Page): void {
    for (const digest of digests) {
      page.digests.delete(digest);
      this.#pageOf.delete(digest);
    }
  }

  /** Removes entries that were stored. */
  release(digests: readonly string[], page: Page): void {
    this.remove(digests, page);
    if (this.#pages.includes(page)) this.#storeInBackground(this.store(page));
  }

  /**
   * A page expires when both clocks say so. Signatures are valid by the wall clock: if it is set back, old ones are valid again. If
   * it is set forward and back, entries must not be lost in between.
   */
  removeExpired(): void {
    const { host, toleranceMs } = this.#options;
    const [now, elapsed] = [host.clock.now() - toleranceMs, host.clock.elapsed() - toleranceMs];
    while (this.#pages[0] && this.#pages[0].newestAt <= now && this.#pages[0].newestElapsed <= elapsed)
      this.#removeOldestPage();
  }

  #openPage(now: number, elapsed: number): Page {
    const { prefix, toleranceMs } = this.#options;
    const last = this.#pages.at(-1);
    const isOpen =
      last &&
      last.digests.size < REPLAY_PAGE_ENTRIES &&
      elapsed - last.openedElapsed < toleranceMs / PAGES_PER_TOLERANCE;
    if (isOpen) return last;
    this.#pageNumber += 1;
    const key = `${prefix}${String(this.#pageNumber).padStart(12, '0')}`;
    const page: Page = {
      key,
      openedAt: now,
      newestAt: now,
      openedElapsed: elapsed,
      newestElapsed: elapsed,
      digests: new Set(),
    };
    this.#pages.push(page);
    return page;
  }

  /** The open page stays, even if the limit is smaller than a page. */
  #enforceLimit(): void {
    const { host, limit } = this.#options;
    while (this.size > limit && this.#pages.length > 1) {
      const removed = this.#removeOldestPage();
      if (this.#dropped === 0)
        host.log.warn('too many signed webhooks to remember, dropping the oldest', { limit });
      this.#dropped += removed;
      host.limitReached?.('MAX_REPLAY_ENTRIES', removed);
    }
  }

  #removeOldestPage(): number {
    const page = this.#pages.shift();
    if (!page) return 0;
    for (const digest of page.digests) this.#pageOf.delete(digest);
    this.#storeInBackground(this.#options.host.state.delete(page.key));
    return page.digests.size;
  }

  /** Stores a change that makes the guard less strict: if that fails, it stays strict after a restart. */
  #storeInBackground(change: Promise<void>): void {
    const { log } = this.#options.host;
    change.catch((error: unknown) =>
      log.debug('storing a replay entry failed', { reason: messageOf(error) }),
    );
  }
}

/** Claims of the only instance: memory decides, and each claim writes one page. */
export function createPagedClaims(options: ClaimStoreOptions): ClaimStore {
  const pages = new ReplayPages(options);
  return {
    load: () => pages.load(),
    async add(digests) {
      pages.removeExpired();
      if (digests.some((digest) => pages.has(digest))) return undefined;
      const page = pages.add(digests);
      try {
        await pages.store(page);
      } catch (error) {
        pages.remove(digests, page);
        throw error;
      }
      return () => pages.release(digests, page);
    },
    get size() {
      return pages.size;
    },
    get dropped() {
      return pages.dropped;
    },
  };
}

function encodePage({ openedAt, newestAt, digests }: Page): string {
  const seen = Buffer.from([...digests].join(''), 'latin1').toString('base64');
  return JSON.stringify({ openedAt, newestAt, seen });
}

/** A page that cannot be read is treated as an empty one, and expires at once. */
function decodePage(key: string, value: string, clock: Clock): Page {
  const fields = objectOf(parseJson(value));
  const newestAt = numberOf(fields['newestAt']) ?? 0;
  const openedAt = numberOf(fields['openedAt']) ?? newestAt;
  const bytes = Buffer.from(textOf(fields['seen']) ?? '', 'base64');
  const digests = new Set<string>();
  for (let start = 0; start + DIGEST_BYTES <= bytes.length; start += DIGEST_BYTES) {
    digests.add(bytes.toString('latin1', start, start + DIGEST_BYTES));
  }
  const wallOffset = clock.now() - clock.elapsed();
  const [openedElapsed, newestElapsed] = [openedAt - wallOffset, newestAt - wallOffset];
  return { key, openedAt, newestAt, openedElapsed, newestElapsed, digests };
}
