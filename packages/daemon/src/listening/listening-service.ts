/** Live listening to calls, receive-only. Who listened, and for how long, are events of the call. */
import { FaultError, type CallId, type IdSource } from '@sidetone/core';
import { CHANNEL_PARTIES, CHANNELS, FRAME_MS, SAMPLE_RATE } from '../audio/frames.ts';
import type { ShownCalls } from '../calls/ports.ts';
import type { Ingest } from '../calls/ingest.ts';
import { CallListeners, type CallListenersDeps } from './call-listeners.ts';
import type { CallPresence } from '../live/ports.ts';
import { Listener, type ListenerSocket } from './listener.ts';

/** Most listeners of a call, and in total. */
export const MAX_LISTENERS_PER_CALL = 20;
export const MAX_LISTENERS = 500;

const FORMAT = {
  type: 'format',
  encoding: 'pcm_s16le',
  sampleRate: SAMPLE_RATE,
  channels: CHANNELS,
  channelParties: CHANNEL_PARTIES,
  frameMs: FRAME_MS,
} as const;

/** WebSocket close code of RFC 6455, section 7.4.1. */
const GOING_AWAY = 1001;

export interface ListeningServiceDeps extends CallListenersDeps {
  readonly registry: Pick<ShownCalls, 'live' | 'peek' | 'recall'>;
  readonly ingest: Pick<Ingest, 'recordBy'>;
  readonly ids: Pick<IdSource, 'listener'>;
}

export class ListeningService {
  readonly #deps: ListeningServiceDeps;
  readonly #calls = new Map<CallId, CallListeners>();
  readonly #presences = new Map<Listener, CallPresence>();
  /** The `leave` function of each listener. */
  readonly #leaves = new Set<() => void>();

  constructor(deps: ListeningServiceDeps) {
    this.#deps = deps;
  }

  /** Number of listeners. */
  get size(): number {
    return this.#leaves.size;
  }

  /** Returns who listens to a call, the oldest listener first. */
  listenersOf(callId: CallId): readonly CallPresence[] {
    return [...(this.#calls.get(callId)?.listeners ?? [])].flatMap((each) => this.#presences.get(each) ?? []);
  }

  /** @throws {FaultError} CALL_NOT_FOUND, CALL_NOT_LIVE, or LIMIT_EXCEEDED if there are too many listeners. */
  check(callId: CallId): void {
    const { registry } = this.#deps;
    if (!registry.peek(callId)) {
      throw registry.recall(callId)
        ? new FaultError('CALL_NOT_LIVE', 'the call has ended')
        : new FaultError('CALL_NOT_FOUND', 'there is no call with this id');
    }
    if ((this.#calls.get(callId)?.listeners.size ?? 0) >= MAX_LISTENERS_PER_CALL)
      throw new FaultError('LIMIT_EXCEEDED', `a call has at most ${MAX_LISTENERS_PER_CALL} listeners`);
    if (this.size >= MAX_LISTENERS)
      throw new FaultError('LIMIT_EXCEEDED', `the daemon has at most ${MAX_LISTENERS} listeners`);
  }

  /**
   * Adds a listener to a call. Returns a function that must be called when the socket is closed.
   * @param isByLink whether a signed URL was used that `by` requested
   * @throws {FaultError} as {@link check} does.
   */
  join(callId: CallId, by: string, socket: ListenerSocket, isByLink = false): () => void {
    this.check(callId);
    const { ids, clock, ingest, log } = this.#deps;
    const listener = new Listener(socket, clock);
    listener.text({ ...FORMAT, callId });
    const call = this.#calls.get(callId) ?? new CallListeners(callId, this.#deps);
    this.#calls.set(callId, call);
    call.listeners.add(listener);
    const [listenerId, since] = [ids.listener(), clock.now()];
    this.#presences.set(listener, { name: by, since });
    const link = isByLink && ({ isByLink } as const);
    ingest.recordBy(by, callId, { type: 'LISTENING_STARTED', listenerId, ...link });
    const leave = (): void => {
      if (!this.#leaves.delete(leave)) return;
      listener.closed();
      this.#presences.delete(listener);
      ingest.recordBy(by, callId, { type: 'LISTENING_STOPPED', listenerId, since });
      const { droppedMs } = listener;
      if (droppedMs > 0) log.info('dropped audio of a listener that was too slow', { callId, droppedMs });
      call.listeners.delete(listener);
      if (call.listeners.size > 0) return;
      call.close();
      this.#calls.delete(callId);
    };
    this.#leaves.add(leave);
    return leave;
  }

  /** Disconnects all listeners, and records that they left, when the daemon stops. */
  close(): void {
    for (const call of this.#calls.values())
      for (const listener of call.listeners) listener.end(undefined, GOING_AWAY, 'the daemon is stopping');
    for (const leave of this.#leaves) leave();
  }
}
