/**
 * Joins live calls that others answer: asks Vobiz for a fork of their audio, over REST. Such a call sends no webhooks to
 * us, so after the end of a stream, or its absence from the list of live calls, Vobiz is asked whether it goes on.
 */
import { FaultError, isFault, messageOf, type ProviderCallId, type ProviderHost } from '@sidetone/core';
import type { VobizLiveCall } from './api.ts';
import type { Lookup } from './lookup.ts';

/** How many calls are joined at once; others are left alone. */
export const MAX_JOINED = 1000;
/** How many streams of a call are asked for in a row that do not hold; then it is given up. */
export const MAX_ATTEMPTS = 6;
/** The wait before a stream is asked for again, ms; each one after is twice as long, up to the longest. */
export const REJOIN_FIRST_MS = 1000;
export const REJOIN_LONGEST_MS = 30_000;
/** How long a stream has to hold for its loss to be the first again, ms. */
export const STABLE_MS = 60_000;
/** How long a stream that was asked for may take to open its socket, ms. */
export const SOCKET_WITHIN_MS = 15_000;

export interface AttachDeps {
  readonly host: Pick<ProviderHost, 'clock' | 'log'>;
  readonly lookup: Lookup;
  /** How often a call that rings is looked at, ms. */
  readonly intervalMs: number;
  /** Asks for a stream of the call; undefined when it is over. */
  readonly startStream: (callId: ProviderCallId, signal: AbortSignal) => Promise<string | undefined>;
  /** Whether audio of a call comes already. */
  readonly isHeard: (callId: ProviderCallId) => boolean;
  /** Whether the call is answered here: it is then heard without being joined. */
  readonly isOurs: (callId: ProviderCallId) => boolean;
  /** A call that is live is not heard, and will not be. */
  readonly onGivenUp: (callId: ProviderCallId) => void;
  /** Aborts when the instance stops. */
  readonly signal: AbortSignal;
}

export interface Attach {
  /** Joins a call. @throws {FaultError} CALL_NOT_FOUND or CALL_NOT_LIVE when there is no such call, or of kind `provider`. */
  join(callId: ProviderCallId, signal: AbortSignal): Promise<void>;
  /** Joins a call in the background, as often as it takes. */
  keepJoining(callId: ProviderCallId): Promise<void>;
  /** Asks whether a joined call is still live, and tells its end if it is not. */
  check(callId: ProviderCallId, signal: AbortSignal): Promise<void>;
  /** Those that are joined, or were given up. */
  joined(): readonly ProviderCallId[];
  has(callId: ProviderCallId): boolean;
  /** A socket of a call was closed. */
  streamClosed(callId: ProviderCallId): void;
  /** The call is over. */
  forget(callId: ProviderCallId): void;
}

interface Joined {
  /** Streams that were asked for since one held. */
  attempts: number;
  /** Times that something went wrong since then, for the next wait. */
  misses: number;
  askedAt: number;
  cancel: () => void;
}

/** Nothing has gone wrong yet. */
function begin(entry: Joined): void {
  entry.attempts = 0;
  entry.misses = 0;
}

const RINGING: ReadonlySet<string | undefined> = new Set(['queued', 'ringing', 'early-media']);

/** No calls yet. */
export function createAttach(deps: AttachDeps): Attach {
  const { host, lookup, signal: life } = deps;
  const entries = new Map<ProviderCallId, Joined>();
  const running = new Map<ProviderCallId, Promise<void>>();
  let refused = 0;

  life.addEventListener('abort', () => {
    for (const entry of entries.values()) entry.cancel();
  });

  function entryOf(callId: ProviderCallId): Joined {
    const known = entries.get(callId);
    if (known) return known;
    if (entries.size >= MAX_JOINED) {
      if (refused++ === 0)
        host.log.warn('more calls are live than are joined at once', { limit: MAX_JOINED });
      throw new FaultError('LIMIT_EXCEEDED', `no more than ${MAX_JOINED} calls are joined at once`);
    }
    const entry: Joined = { attempts: 0, misses: 0, askedAt: host.clock.now(), cancel: () => undefined };
    entries.set(callId, entry);
    return entry;
  }

  function forget(callId: ProviderCallId): void {
    entries.get(callId)?.cancel();
    entries.delete(callId);
  }

  function plan(callId: ProviderCallId, entry: Joined, delayMs: number, task: () => void): void {
    entry.cancel();
    entry.cancel = host.clock.schedule(delayMs, () => {
      if (!life.aborted && entries.get(callId) === entry) task();
    });
  }

  /** Tells the end of a call that is not live; of one that is not known there is nothing to tell. */
  async function gone(callId: ProviderCallId, signal: AbortSignal): Promise<FaultError> {
    const isKnown = entries.has(callId);
    forget(callId);
    if (isKnown) await lookup.end(callId, signal);
    return isKnown
      ? new FaultError('CALL_NOT_LIVE', 'Vobiz says that the call is over')
      : new FaultError('CALL_NOT_FOUND', 'Vobiz has no live call with this id');
  }

  /** Somebody may have picked up by then. */
  function waitForAnswer(callId: ProviderCallId): void {
    plan(callId, entryOf(callId), deps.intervalMs, () => void keepJoining(callId));
  }

  async function join(callId: ProviderCallId, given: AbortSignal): Promise<void> {
    const signal = AbortSignal.any([given, life]);
    const call: VobizLiveCall | undefined = await lookup.ask(callId, signal);
    if (!call) throw await gone(callId, signal);
    if (deps.isOurs(callId)) return forget(callId);
    const entry = entryOf(callId);
    if (deps.isHeard(callId)) return;
    if (RINGING.has(call.status)) return waitForAnswer(callId);
    entry.askedAt = host.clock.now();
    entry.attempts++;
    const streamId = await deps.startStream(callId, signal);
    if (streamId === undefined) throw await gone(callId, signal);
    plan(callId, entry, SOCKET_WITHIN_MS, () => {
      if (!deps.isHeard(callId)) retry(callId, entry);
    });
  }

  /** Two of them at once would be two streams. */
  function joinOnce(callId: ProviderCallId, signal: AbortSignal): Promise<void> {
    const already = running.get(callId);
    if (already) return already;
    const joining = join(callId, signal).finally(() => running.delete(callId));
    running.set(callId, joining);
    return joining;
  }

  async function keepJoining(callId: ProviderCallId): Promise<void> {
    try {
      await joinOnce(callId, life);
    } catch (error) {
      const code = isFault(error) ? error.code : messageOf(error);
      host.log.debug('a call could not be joined', { providerCallId: callId, code });
      const entry = entries.get(callId);
      if (entry && !life.aborted) retry(callId, entry);
    }
  }

  function retry(callId: ProviderCallId, entry: Joined): void {
    if (entry.attempts >= MAX_ATTEMPTS) {
      entry.cancel();
      return deps.onGivenUp(callId);
    }
    const delayMs = REJOIN_FIRST_MS * 2 ** Math.min(entry.misses++, MAX_ATTEMPTS);
    plan(callId, entry, Math.min(delayMs, REJOIN_LONGEST_MS), () => void keepJoining(callId));
  }

  return {
    async join(callId, signal) {
      const known = entries.get(callId);
      if (known) begin(known);
      try {
        await joinOnce(callId, signal);
      } catch (error) {
        if (!known) forget(callId);
        throw error;
      }
    },
    keepJoining,
    async check(callId, signal) {
      const any = AbortSignal.any([signal, life]);
      if (!(await lookup.ask(callId, any))) await gone(callId, any);
    },
    joined: () => [...entries.keys()],
    has: (callId) => entries.has(callId),
    streamClosed(callId) {
      const entry = entries.get(callId);
      if (!entry || life.aborted || deps.isHeard(callId)) return;
      if (host.clock.now() - entry.askedAt >= STABLE_MS) begin(entry);
      retry(callId, entry);
    },
    forget,
  };
}
