/**
 * Rejects signed requests that were received before. What was seen is kept as digests in the durable state of the plugin,
 * so a restart does not make an old signature valid again.
 */
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import {
  FaultError,
  isFault,
  messageOf,
  type IngressRequest,
  type IngressResponse,
  type PluginHost,
} from '@sidetone/core';
import { numberOf, objectOf, parseJson, textOf } from './tolerant-json.ts';

/** Default limit of the entries that a guard keeps. Above it, the oldest {@link REPLAY_PAGE_ENTRIES} are dropped. */
export const MAX_REPLAY_ENTRIES = 200_000;
/** Entries in one value of the state: each claim writes one value. */
export const REPLAY_PAGE_ENTRIES = 128;
/** Length of a kept digest: the first half of a SHA-256. */
const DIGEST_BYTES = 16;
/** A page covers at most this share of the tolerance, so it can expire soon after its first entry. */
const PAGES_PER_TOLERANCE = 8;

export interface ReplayGuardOptions {
  readonly host: Pick<PluginHost, 'state' | 'clock' | 'log'>;
  /** Prefix of the keys in the state; one guard for each prefix. */
  readonly prefix: string;
  /** How long a signature stays valid, ms: entries are kept for at least this time. */
  readonly toleranceMs: number;
  /** Default: {@link MAX_REPLAY_ENTRIES}. */
  readonly limit?: number;
}

/** A request that was claimed by {@link ReplayGuard.claim}. */
export interface ReplayClaim {
  /** Makes the request acceptable again: for a request that we failed to handle and that the provider sends again. */
  release(): void;
}

/** The claim of a request that nothing identifies, for example one without a signature. */
export const NO_CLAIM: ReplayClaim = { release: () => undefined };

/** The requests that were received within the tolerance. */
export interface ReplayGuard {
  /** Loads what earlier instances kept. Must be called once, before the first claim. */
  load(): Promise<void>;
  /**
   * Claims a request by everything that identifies it: its nonces, or its signed bytes. Resolves when the claim is stored,
   * or with undefined if one of the identities was claimed before.
   * @throws {FaultError} STORE_WRITE_FAILED if the claim cannot be stored. The request is then not claimed.
   */
  claim(identities: readonly (string | Uint8Array)[]): Promise<ReplayClaim | undefined>;
  /** Number of entries that are kept. */
  readonly size: number;
  /** Number of entries that were dropped before they expired because of the limit. */
  readonly dropped: number;
}

/** Entries that are stored and expire together. */
interface Page {
  readonly key: string;
  readonly openedAt: number;
  newestAt: number;
  readonly digests: Set<string>;
}

/** Creates a guard. It keeps about 100 bytes of memory for each entry. */
export function createReplayGuard(options: ReplayGuardOptions): ReplayGuard {
  const { host, prefix, toleranceMs, limit = MAX_REPLAY_ENTRIES } = options;
  const { state, clock, log } = host;
  /** Oldest first. New entries are added to the last page. */
  const pages: Page[] = [];
  const pageOf = new Map<string, Page>();
  let dropped = 0;
  let pageNumber = 0;

  const store = (page: Page): Promise<void> =>
    page.digests.size === 0 ? state.delete(page.key) : state.set(page.key, encodePage(page));

  /** Stores a change that makes the guard less strict: if that fails, it stays strict after a restart. */
  function storeInBackground(change: Promise<void>): void {
    change.catch((error: unknown) =>
      log.debug('storing a replay entry failed', { reason: messageOf(error) }),
    );
  }

  function removeOldestPage(): number {
    const page = pages.shift();
    if (!page) return 0;
    for (const digest of page.digests) pageOf.delete(digest);
    storeInBackground(state.delete(page.key));
    return page.digests.size;
  }

  function removeExpired(now: number): void {
    while (pages[0] && pages[0].newestAt + toleranceMs <= now) removeOldestPage();
  }

  /** The open page stays, even if the limit is smaller than a page. */
  function enforceLimit(): void {
    while (pageOf.size > limit && pages.length > 1) {
      const removed = removeOldestPage();
      if (dropped === 0) log.warn('too many signed webhooks to remember, dropping the oldest', { limit });
      dropped += removed;
    }
  }

  function openPage(now: number): Page {
    const last = pages.at(-1);
    const isOpen =
      last &&
      last.digests.size < REPLAY_PAGE_ENTRIES &&
      now - last.openedAt < toleranceMs / PAGES_PER_TOLERANCE;
    if (isOpen) return last;
    pageNumber += 1;
    const key = `${prefix}${String(pageNumber).padStart(12, '0')}`;
    const page: Page = { key, openedAt: now, newestAt: now, digests: new Set() };
    pages.push(page);
    return page;
  }

  function remove(digests: readonly string[], page: Page): void {
    for (const digest of digests) {
      page.digests.delete(digest);
      pageOf.delete(digest);
    }
  }

  return {
    async load() {
      for (const [key, value] of await state.list(prefix)) {
        const page = decodePage(key, value);
        pageNumber = Math.max(pageNumber, Number(key.slice(prefix.length)) || 0);
        pages.push(page);
        for (const digest of page.digests) pageOf.set(digest, page);
      }
      removeExpired(clock.now());
      enforceLimit();
    },
    async claim(identities) {
      const now = clock.now();
      removeExpired(now);
      const digests = identities.map(digestOf);
      if (digests.some((digest) => pageOf.has(digest))) return undefined;
      const page = openPage(now);
      page.newestAt = Math.max(page.newestAt, now);
      for (const digest of digests) {
        page.digests.add(digest);
        pageOf.set(digest, page);
      }
      enforceLimit();
      try {
        await store(page);
      } catch (cause) {
        remove(digests, page);
        if (isFault(cause)) throw cause;
        throw new FaultError('STORE_WRITE_FAILED', 'the claim of a signed webhook was not stored', { cause });
      }
      let isReleased = false;
      return {
        release() {
          // Once: after a release, the entry may be that of the next delivery.
          if (isReleased) return;
          isReleased = true;
          remove(digests, page);
          if (pages.includes(page)) storeInBackground(store(page));
        },
      };
    },
    get size() {
      return pageOf.size;
    },
    get dropped() {
      return dropped;
    },
  };
}

/** The faults by which a plugin rejects a request itself: the provider need not send it again. */
const REJECTIONS: ReadonlySet<string> = new Set([
  'WIRE_MALFORMED',
  'WIRE_TOO_LARGE',
  'INPUT_INVALID',
  'WEBHOOK_UNAUTHENTICATED',
  'STREAM_TOKEN_UNKNOWN',
]);

/**
 * Handles a claimed request, and releases the claim if the provider receives a 5xx, including one that the daemon sends
 * because the events could not be stored. A response below 500 keeps it.
 */
export async function handleClaimed(
  { responseStatus }: Pick<IngressRequest, 'responseStatus'>,
  claim: ReplayClaim,
  handle: () => Promise<IngressResponse>,
): Promise<IngressResponse> {
  const releaseIfNotStored = async (): Promise<void> => {
    if (((await responseStatus) ?? 0) >= 500) claim.release();
  };
  void releaseIfNotStored();
  try {
    const response = await handle();
    if (response.status >= 500) claim.release();
    return response;
  } catch (error) {
    if (!isFault(error) || !REJECTIONS.has(error.code)) claim.release();
    throw error;
  }
}

function digestOf(identity: string | Uint8Array): string {
  return createHash('sha256').update(identity).digest().toString('latin1', 0, DIGEST_BYTES);
}

function encodePage({ openedAt, newestAt, digests }: Page): string {
  const seen = Buffer.from([...digests].join(''), 'latin1').toString('base64');
  return JSON.stringify({ openedAt, newestAt, seen });
}

/** A page that cannot be read is treated as an empty one, and expires at once. */
function decodePage(key: string, value: string): Page {
  const fields = objectOf(parseJson(value));
  const newestAt = numberOf(fields['newestAt']) ?? 0;
  const bytes = Buffer.from(textOf(fields['seen']) ?? '', 'base64');
  const digests = new Set<string>();
  for (let start = 0; start + DIGEST_BYTES <= bytes.length; start += DIGEST_BYTES) {
    digests.add(bytes.toString('latin1', start, start + DIGEST_BYTES));
  }
  return { key, openedAt: numberOf(fields['openedAt']) ?? newestAt, newestAt, digests };
}
