/**
 * Rejects signed requests that were received before. What was seen is kept as digests in the durable state of the plugin,
 * so a restart does not make an old signature valid again.
 */
import { createHash } from 'node:crypto';
import {
  FaultError,
  isFault,
  type IngressRequest,
  type IngressResponse,
  type PluginHost,
} from '@sidetone/core';
import { DIGEST_BYTES, ReplayPages } from './replay-pages.ts';

/** Default limit of the entries that a guard keeps. Above it, the oldest page is dropped. */
export const MAX_REPLAY_ENTRIES = 200_000;

export interface ReplayGuardOptions {
  readonly host: Pick<PluginHost, 'state' | 'clock' | 'log' | 'limitReached'>;
  /** Prefix of the keys in the state; one guard for each prefix. */
  readonly prefix: string;
  /** How long a signature stays valid, ms: entries are kept for at least this time. */
  readonly toleranceMs: number;
  /** Default: {@link MAX_REPLAY_ENTRIES}. */
  readonly limit?: number;
}

/**
 * A request that was claimed by {@link ReplayGuard.claim}. The claimant decides once, when it is known what the provider
 * receives; the first decision counts.
 */
export interface ReplayClaim {
  /** The request was handled: it is not accepted again. */
  keep(): void;
  /** Makes the request acceptable again: for a request that we failed to handle and that the provider sends again. */
  release(): void;
}

/** The claim of a request that nothing identifies, for example one without a signature. */
export const NO_CLAIM: ReplayClaim = { keep: () => undefined, release: () => undefined };

/** The requests that were received within the tolerance. */
export interface ReplayGuard {
  /** Loads what earlier instances kept. Must be called once, before the first claim. */
  load(): Promise<void>;
  /**
   * Claims a request by everything that identifies it: its nonces, or its signed bytes. Resolves when the claim is stored,
   * or with undefined if one of the identities was claimed before. While an earlier claim is not decided, it waits: a
   * provider that sends a request again must not receive an acknowledgement of one that fails in the end.
   * @throws {FaultError} STORE_WRITE_FAILED if the claim cannot be stored. The request is then not claimed.
   */
  claim(identities: readonly (string | Uint8Array)[]): Promise<ReplayClaim | undefined>;
  /** Number of entries that are kept. */
  readonly size: number;
  /** Number of entries that were dropped before they expired because of the limit. */
  readonly dropped: number;
}

/** Creates a guard. It keeps about 100 bytes of memory for each entry. */
export function createReplayGuard(options: ReplayGuardOptions): ReplayGuard {
  const pages = new ReplayPages({ limit: MAX_REPLAY_ENTRIES, ...options });
  /** The claims that are not decided. Each resolves when it is. */
  const undecided = new Map<string, Promise<void>>();

  /** Returns the decision of a claim: it runs the first task that it receives, and continues the claims that wait for it. */
  function trackDecision(digests: readonly string[]): (task: () => void) => void {
    let resolve!: () => void;
    const decided = new Promise<void>((settle) => (resolve = settle));
    for (const digest of digests) undecided.set(digest, decided);
    let isDecided = false;
    return (task) => {
      if (isDecided) return;
      isDecided = true;
      task();
      for (const digest of digests) undecided.delete(digest);
      resolve();
    };
  }

  return {
    load: () => pages.load(),
    async claim(identities) {
      const digests = identities.map(digestOf);
      const earlierClaim = () => digests.map((digest) => undecided.get(digest)).find(Boolean);
      while (earlierClaim()) await earlierClaim();
      pages.removeExpired();
      if (digests.some((digest) => pages.has(digest))) return undefined;
      const page = pages.add(digests);
      const decide = trackDecision(digests);
      try {
        await pages.store(page);
      } catch (cause) {
        decide(() => pages.remove(digests, page));
        if (isFault(cause)) throw cause;
        throw new FaultError('STORE_WRITE_FAILED', 'the claim of a signed webhook was not stored', { cause });
      }
      return {
        keep: () => decide(() => undefined),
        release: () => decide(() => pages.release(digests, page)),
      };
    },
    get size() {
      return pages.size;
    },
    get dropped() {
      return pages.dropped;
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
  const decide = (status: number): void => (status >= 500 ? claim.release() : claim.keep());
  const decideBySent = async (): Promise<void> => {
    if (responseStatus) decide(await responseStatus);
  };
  void decideBySent();
  try {
    const response = await handle();
    if (!responseStatus || response.status >= 500) decide(response.status);
    return response;
  } catch (error) {
    const isRejection = isFault(error) && REJECTIONS.has(error.code);
    decide(isRejection ? 400 : 500);
    throw error;
  }
}

/** Returns the first half of a SHA-256. */
function digestOf(identity: string | Uint8Array): string {
  return createHash('sha256').update(identity).digest().toString('latin1', 0, DIGEST_BYTES);
}
