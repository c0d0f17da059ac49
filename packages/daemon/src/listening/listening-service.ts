/**
 * Live listening: everyone who hears a call gets the same frames, what is said, and who speaks. Nothing goes the other
 * way. Who listened, and how long, are facts of the call.
 */
import {
  encodePcm16le,
  FaultError,
  LevelMeter,
  messageOf,
  type CallId,
  type Clock,
  type IdSource,
  type Logger,
  type Party,
} from '@sidetone/core';
import type { CallRegistry } from '../calls/call-registry.ts';
import type { Ingest } from '../calls/ingest.ts';
import { Listener, type ListenerOutlet } from './listener.ts';
import type { AudioSource } from '../audio/ports.ts';
import type { LiveFeeds } from '../live/ports.ts';

/** Most listeners of a call, and of the daemon. */
export const MAX_LISTENERS_PER_CALL = 20;
export const MAX_LISTENERS = 500;
/** How long after the end of a call its last audio is waited for, ms: frames come later than they are heard. */
const LAST_AUDIO_MS = 200;
/** What speech is looked for in, ms. */
const SPEECH_WINDOW_MS = 100;

const CHANNEL_PARTIES: readonly Party[] = ['CUSTOMER', 'ASSISTANT'];
const FRAME_MS = 20;
const FORMAT = {
  type: 'format',
  encoding: 'pcm_s16le',
  sampleRate: 16_000,
  channels: 2,
  channelParties: CHANNEL_PARTIES,
  frameMs: FRAME_MS,
} as const;

/** Codes of RFC 6455, section 7.4.1. */
const NORMAL = 1000;
const GOING_AWAY = 1001;

export interface ListeningServiceDeps {
  readonly audio: AudioSource;
  readonly feeds: Pick<LiveFeeds, 'records' | 'transcript'>;
  readonly registry: Pick<CallRegistry, 'get' | 'peek'>;
  readonly ingest: Pick<Ingest, 'record'>;
  readonly ids: Pick<IdSource, 'listener'>;
  readonly clock: Clock;
  readonly log: Logger;
}

export class ListeningService {
  readonly #deps: ListeningServiceDeps;
  readonly #rooms = new Map<CallId, Room>();
  /** How each who listens leaves. */
  readonly #leaves = new Set<() => void>();

  constructor(deps: ListeningServiceDeps) {
    this.#deps = deps;
  }

  /** How many listen now. */
  get size(): number {
    return [...this.#rooms.values()].reduce((sum, room) => sum + room.listeners.size, 0);
  }

  /** @throws {FaultError} CALL_NOT_FOUND, CALL_NOT_LIVE, or LIMIT_EXCEEDED when too many listen. */
  check(callId: CallId): void {
    const { registry } = this.#deps;
    if (!registry.peek(callId)) {
      const isOver = registry.get(callId) !== undefined;
      throw isOver
        ? new FaultError('CALL_NOT_LIVE', 'the call is over')
        : new FaultError('CALL_NOT_FOUND', 'there is no call with this id');
    }
    if ((this.#rooms.get(callId)?.listeners.size ?? 0) >= MAX_LISTENERS_PER_CALL)
      throw new FaultError('LIMIT_EXCEEDED', `at most ${MAX_LISTENERS_PER_CALL} listen to a call at once`);
    if (this.size >= MAX_LISTENERS)
      throw new FaultError('LIMIT_EXCEEDED', `at most ${MAX_LISTENERS} listen at once`);
  }

  /**
   * Lets somebody hear a call from now on. The function that comes back is to be called when their socket is closed.
   * @throws {FaultError} as {@link check} does.
   */
  join(callId: CallId, by: string, outlet: ListenerOutlet): () => void {
    this.check(callId);
    const { ids, clock, ingest } = this.#deps;
    const listener = new Listener(outlet, clock);
    listener.text({ ...FORMAT, callId });
    const room = this.#rooms.get(callId) ?? new Room(callId, this.#deps);
    this.#rooms.set(callId, room);
    room.listeners.add(listener);
    const [listenerId, since] = [ids.listener(), clock.now()];
    ingest.record(callId, { type: 'LISTENING_STARTED', listenerId, by });
    const leave = (): void => {
      if (!this.#leaves.delete(leave)) return;
      listener.closed();
      ingest.record(callId, { type: 'LISTENING_STOPPED', listenerId, by, since });
      if (listener.lostMs > 0)
        this.#deps.log.info('a listener was too slow', { callId, lostMs: listener.lostMs });
      room.listeners.delete(listener);
      if (room.listeners.size > 0) return;
      room.close();
      this.#rooms.delete(callId);
    };
    this.#leaves.add(leave);
    return leave;
  }

  /** Sends everybody away, and notes that they left while it can still be stored: the daemon stops. */
  close(): void {
    for (const room of this.#rooms.values())
      for (const listener of room.listeners) listener.end(undefined, GOING_AWAY, 'the daemon stops');
    for (const leave of this.#leaves) leave();
  }
}

/** What all who hear one call share. */
class Room {
  readonly listeners = new Set<Listener>();
  readonly #callId: CallId;
  readonly #deps: ListeningServiceDeps;
  readonly #meters = CHANNEL_PARTIES.map(() => new LevelMeter(FORMAT.sampleRate));
  readonly #isSpeaking = CHANNEL_PARTIES.map(() => false);
  readonly #leave: () => void;
  readonly #words: ReturnType<LiveFeeds['transcript']>;
  readonly #ends: ReturnType<LiveFeeds['records']>;
  #lastAt: number | undefined;
  #cancelEnd: (() => void) | undefined;

  constructor(callId: CallId, deps: ListeningServiceDeps) {
    this.#callId = callId;
    this.#deps = deps;
    this.#words = deps.feeds.transcript(callId);
    this.#ends = deps.feeds.records({ callId, types: ['CALL_ENDED'] });
    void this.#follow(() => this.#tellWords());
    void this.#follow(() => this.#awaitEnd());
    this.#leave = deps.audio.join(callId, {
      needsSilence: true,
      frame: (samples, at) => this.#frame(samples, at),
    });
  }

  close(): void {
    this.#leave();
    this.#cancelEnd?.();
    void this.#words.return!();
    void this.#ends.return!();
  }

  #frame(samples: Int16Array, at: number): void {
    this.#tellGap(at);
    this.#meters.forEach((meter, channel) => this.#tellSpeech(meter, channel, samples, at + FRAME_MS));
    const bytes = encodePcm16le(samples);
    for (const listener of this.listeners) listener.frame(bytes);
  }

  /** Frames that were left out because the daemon was held up. */
  #tellGap(at: number): void {
    const missing = this.#lastAt === undefined ? 0 : Math.round(at - this.#lastAt - FRAME_MS);
    this.#lastAt = at;
    if (missing > 0) for (const listener of this.listeners) listener.lost(missing);
  }

  #tellSpeech(meter: LevelMeter, channel: number, samples: Int16Array, now: number): void {
    meter.push(samples, now, channel, CHANNEL_PARTIES.length);
    const { speaking } = meter.read(now, SPEECH_WINDOW_MS);
    if (speaking === this.#isSpeaking[channel]) return;
    this.#isSpeaking[channel] = speaking;
    this.#tell({ type: 'speech', party: CHANNEL_PARTIES[channel], speaking });
  }

  async #tellWords(): Promise<void> {
    for await (const { utterance, position } of this.#words) {
      const { id, party, text, startMs, endMs } = utterance;
      const isFinal = position !== undefined;
      this.#tell({ type: 'transcript', party, text, isFinal, utteranceId: id, startMs, endMs });
    }
  }

  async #awaitEnd(): Promise<void> {
    for await (const { fact } of this.#ends) {
      if (fact.type !== 'CALL_ENDED') continue;
      const { category } = fact.end;
      this.#cancelEnd = this.#deps.clock.schedule(LAST_AUDIO_MS, () => {
        for (const listener of this.listeners)
          listener.end({ type: 'ended', category }, NORMAL, 'the call is over');
      });
    }
  }

  async #follow(loop: () => Promise<void>): Promise<void> {
    try {
      await loop();
    } catch (error) {
      this.#deps.log.error('listeners are no longer told of a call', {
        callId: this.#callId,
        reason: messageOf(error),
      });
    }
  }

  #tell(message: object): void {
    for (const listener of this.listeners) listener.text(message);
  }
}
