/**
 * Rejects signed requests that were received before. What was seen is kept as digests in the durable state of the plugin,
 * so a restart does not make an old signature valid again. If the state is shared, neither does another node of a cluster.
 */
import { createHash } from 'node:crypto';
import { FaultError, isFault, type IngressRequest, type IngressResponse } from '@sidetone/core';
import { MAX_REPLAY_ENTRIES, type ClaimStore, type ReplayGuardOptions } from './claim-store.ts';
import { ReplayClaims } from './replay-claims.ts';
import { createPagedClaims, DIGEST_BYTES } from './replay-pages.ts';

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
  /** Number of entries in memory. If the state is shared, those of other instances and of earlier claims are not. */
  readonly size: number;
  /** Number of entries that were dropped before they expired because of the limit. */
  readonly dropped: number;
}

/** Creates a guard. It keeps about 100 bytes of memory for each entry, none if the state is shared. */
export function createReplayGuard(given: ReplayGuardOptions): ReplayGuard {
  const options = { limit: MAX_REPLAY_ENTRIES, ...given };
  const claims: ClaimStore =
    given.host.state.isShared === true ? new ReplayClaims(options) : createPagedClaims(options);
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
    load: () => claims.load(),
    async claim(identities) {
      const digests = identities.map(digestOf);
      const earlierClaim = () => digests.map((digest) => undecided.get(digest)).find(Boolean);
      while (earlierClaim()) await earlierClaim();
      const decide = trackDecision(digests);
      const keep = (): void => decide(() => undefined);
      let release: (() => void) | undefined;
      try {
        release = await claims.add(digests);
      } catch (cause) {
        keep();
        if (isFault(cause)) throw cause;
        throw new FaultError('STORE_WRITE_FAILED', 'the claim of a signed webhook was not stored', { cause });
      }
      if (!release) {
        keep();
        return undefined;
      }
      const remove = release;
      return { keep, release: () => decide(remove) };
    },
    get size() {
      return claims.size;
    },
    get dropped() {
      return claims.dropped;
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
