/**
 * The audio of all calls that have sinks, driven by one pacer. An entry is created with the first sink of a call and removed
 * with the last. Sinks add demand for the call's audio, so that plugins decode it or open the socket that it comes from.
 */
import { pace, type CallId, type Clock, type Party } from '@sidetone/core';
import type { AudioBlockSink, AudioSilences, AudioSink, AudioSource, StreamLosses } from './ports.ts';
import type { Demand } from '../live/demand.ts';
import { beginWork } from '../loop/current-work.ts';
import type { CallAnchors } from './call-anchors.ts';
import { CallAudio } from './call-audio.ts';
import { CompleteAudio } from './complete-audio.ts';
import type { TrackFrame } from './track.ts';

export interface CallAudioRegistryDeps {
  readonly demand: Pick<Demand, 'add'>;
  readonly anchors: CallAnchors;
  readonly silences: AudioSilences;
  readonly clock: Clock;
}

/** The audio of one call: for live listeners, and for recordings and transcribers. Each is created with its first sink. */
interface Readers {
  live?: CallAudio;
  complete?: CompleteAudio;
}

export class CallAudioRegistry implements AudioSource {
  readonly #deps: CallAudioRegistryDeps;
  readonly #calls = new Map<CallId, Readers>();
  #stopPacing: (() => void) | undefined;
  #step: NodeJS.Immediate | undefined;

  constructor(deps: CallAudioRegistryDeps) {
    this.#deps = deps;
  }

  /** Number of calls with sinks. */
  get size(): number {
    return this.#calls.size;
  }

  join(callId: CallId, given: AudioSink): () => void {
    const part = given.acceptsDelay ? 'TRANSCRIPTION' : 'LISTENING';
    const { silences } = this.#deps;
    const sink: AudioSink = {
      needsSilence: given.needsSilence,
      frame: (samples, at) => given.frame(silences.applied(callId, part, samples, at), at),
      lost: (at, ms) => given.lost?.(at, ms),
    };
    if (!given.acceptsDelay) return this.#joinLive(callId, sink);
    const complete = this.#completeOf(callId);
    complete.add(sink);
    return this.#joined(callId, () => complete.remove(sink));
  }

  joinBlocks(callId: CallId, given: AudioBlockSink): () => void {
    const { silences } = this.#deps;
    const sink: AudioBlockSink = {
      start: (at) => given.start(at),
      block: (samples, at) => given.block(silences.applied(callId, 'RECORDING', samples, at), at),
      lost: (at, ms) => given.lost?.(at, ms),
    };
    const complete = this.#completeOf(callId);
    complete.addBlocks(sink);
    return this.#joined(callId, () => complete.removeBlocks(sink));
  }

  endSilence(callId: CallId): void {
    this.#calls.get(callId)?.complete?.endSilence(this.#deps.clock.elapsed());
  }

  /** Adds audio of a call. Does nothing for a call without sinks. */
  write(callId: CallId, stream: StreamLosses, party: Party, sampleRate: number, frame: TrackFrame): void {
    const readers = this.#calls.get(callId);
    if (!readers) return;
    const { live, complete } = readers;
    const wasRunning = isRunning(readers);
    const now = this.#deps.clock.elapsed();
    live?.write(stream, party, sampleRate, frame, now);
    complete?.write(stream, party, sampleRate, frame, now);
    if (!wasRunning) this.#pace();
  }

  gap(callId: CallId, stream: StreamLosses, party: Party, durationMs: number): void {
    const readers = this.#calls.get(callId);
    readers?.live?.gap(stream, party, durationMs);
    readers?.complete?.gap(stream, party, durationMs);
  }

  end(callId: CallId, stream: StreamLosses): void {
    const readers = this.#calls.get(callId);
    readers?.live?.end(stream);
    readers?.complete?.end(stream);
  }

  #joinLive(callId: CallId, sink: AudioSink): () => void {
    const { anchors, clock } = this.#deps;
    const live = (this.#readersOf(callId).live ??= new CallAudio(callId, anchors.offsetOf(callId)));
    live.add(sink, clock.elapsed());
    return this.#joined(callId, () => live.remove(sink));
  }

  #readersOf(callId: CallId): Readers {
    const readers = this.#calls.get(callId) ?? {};
    this.#calls.set(callId, readers);
    return readers;
  }

  #completeOf(callId: CallId): CompleteAudio {
    const { anchors, clock } = this.#deps;
    return (this.#readersOf(callId).complete ??= new CompleteAudio(
      anchors.offsetOf(callId),
      clock.elapsed(),
    ));
  }

  /** Adds demand for a call with a new sink. Returns the function that `remove`s the sink, once. */
  #joined(callId: CallId, remove: () => void): () => void {
    this.#pace();
    const releaseDemand = this.#deps.demand.add('audio', [callId]);
    let isJoined = true;
    return () => {
      if (!isJoined) return;
      isJoined = false;
      remove();
      this.#removeUnused(callId);
      releaseDemand();
      this.#pace();
    };
  }

  #removeUnused(callId: CallId): void {
    const readers = this.#calls.get(callId);
    if (!readers) return;
    if (!readers.live?.hasSinks) delete readers.live;
    if (!readers.complete?.hasSinks) delete readers.complete;
    if (!readers.live && !readers.complete) this.#calls.delete(callId);
  }

  /** Runs the pacer while any call produces frames. */
  #pace(): void {
    const isNeeded = [...this.#calls.values()].some(isRunning);
    if (isNeeded === (this.#stopPacing !== undefined)) return;
    if (isNeeded) {
      // After the socket reads of this turn: audio that waits in the sockets has arrived in time.
      this.#stopPacing = pace(this.#deps.clock, () => {
        this.#step ??= setImmediate(() => this.#stepAll());
      });
    } else {
      this.#stopPacing?.();
      this.#stopPacing = undefined;
      clearImmediate(this.#step);
      this.#step = undefined;
    }
  }

  #stepAll(): void {
    this.#step = undefined;
    beginWork('audio frames');
    const now = this.#deps.clock.elapsed();
    for (const { live, complete } of this.#calls.values()) {
      live?.step(now);
      complete?.step(now);
    }
  }
}

const isRunning = ({ live, complete }: Readers): boolean =>
  live?.isRunning === true || complete?.isRunning === true;
