/**
 * The audio of all calls that have sinks, driven by one pacer. An entry is created with the first sink of a call and removed
 * with the last. Sinks add demand for the call's audio, so that plugins decode it or open the socket that it comes from.
 */
import { pace, type CallId, type Clock, type Party } from '@sidetone/core';
import type { AudioSink, AudioSource } from './ports.ts';
import type { Demand } from '../live/demand.ts';
import { beginWork } from '../loop/current-work.ts';
import type { CallAnchors } from './call-anchors.ts';
import { CallAudio } from './call-audio.ts';
import type { TrackFrame } from './track.ts';

export interface CallAudioRegistryDeps {
  readonly demand: Pick<Demand, 'add'>;
  readonly anchors: CallAnchors;
  readonly clock: Clock;
}

export class CallAudioRegistry implements AudioSource {
  readonly #deps: CallAudioRegistryDeps;
  readonly #calls = new Map<CallId, CallAudio>();
  #stopPacing: (() => void) | undefined;
  #step: NodeJS.Immediate | undefined;

  constructor(deps: CallAudioRegistryDeps) {
    this.#deps = deps;
  }

  /** Number of calls with sinks. */
  get size(): number {
    return this.#calls.size;
  }

  join(callId: CallId, sink: AudioSink): () => void {
    const { demand, anchors, clock } = this.#deps;
    const audio = this.#calls.get(callId) ?? new CallAudio(callId, anchors.offsetOf(callId));
    this.#calls.set(callId, audio);
    audio.add(sink, clock.elapsed());
    this.#pace();
    const releaseDemand = demand.add('audio', [callId]);
    let isJoined = true;
    return () => {
      if (!isJoined) return;
      isJoined = false;
      audio.remove(sink);
      if (!audio.hasSinks) this.#calls.delete(callId);
      releaseDemand();
      this.#pace();
    };
  }

  /** Adds audio of a call. Does nothing for a call without sinks. */
  write(callId: CallId, stream: object, party: Party, sampleRate: number, frame: TrackFrame): void {
    const audio = this.#calls.get(callId);
    if (!audio) return;
    const wasRunning = audio.isRunning;
    audio.write(stream, party, sampleRate, frame, this.#deps.clock.elapsed());
    if (!wasRunning) this.#pace();
  }

  gap(callId: CallId, stream: object, party: Party, durationMs: number): void {
    this.#calls.get(callId)?.gap(stream, party, durationMs);
  }

  end(callId: CallId, stream: object): void {
    this.#calls.get(callId)?.end(stream);
  }

  /** Runs the pacer while any call produces frames. */
  #pace(): void {
    const isNeeded = [...this.#calls.values()].some(({ isRunning }) => isRunning);
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
    for (const audio of this.#calls.values()) audio.step(now);
  }
}
