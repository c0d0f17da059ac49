/**
 * The media streams of all calls. Their start and end are events of the call. Frames are always counted, but decoded only
 * while there is demand for levels or audio of the call.
 */
import {
  decodeMulaw,
  decodePcm16le,
  type CallId,
  type Clock,
  type IdSource,
  type MediaStream,
  type MediaStreamOptions,
  type Party,
  type StreamId,
  SAMPLE_BYTES,
} from '@sidetone/core';
import type { Ingest } from '../calls/ingest.ts';
import type { Demand } from '../live/demand.ts';
import type { CallAnchors } from './call-anchors.ts';
import type { CallAudioRegistry } from './call-audio-registry.ts';
import { findFrameError, findLengthError } from './frame-rules.ts';
import type { AudioSilences, LossKind, StreamLosses, StreamSource } from './ports.ts';
import type { LevelMeters } from './level-meters.ts';
import { createPeakTrack, type PeakTrack } from './waveforms/peak-track.ts';
import type { Waveforms } from './waveforms/waveforms.ts';

export interface StreamsDeps {
  readonly ingest: Pick<Ingest, 'record'>;
  readonly demand: Pick<Demand, 'has'>;
  readonly levels: LevelMeters;
  readonly audio: CallAudioRegistry;
  readonly waveforms: Pick<Waveforms, 'note'>;
  readonly anchors: CallAnchors;
  readonly silences: Pick<AudioSilences, 'isSilent'>;
  readonly ids: Pick<IdSource, 'stream'>;
  readonly clock: Clock;
}

/** The second argument is an array that the samples may be written to. */
const DECODERS = { pcm_s16le: (bytes: Uint8Array) => decodePcm16le(bytes), mulaw: decodeMulaw } as const;

export class Streams implements StreamSource {
  readonly #deps: StreamsDeps;
  readonly #open = new Map<StreamId, OpenStream>();
  /** Number of open streams of each call. */
  readonly #counts = new Map<CallId, number>();
  /** Called when the last stream of a call closes. */
  readonly #closed = new Map<CallId, Set<() => void>>();
  /** Readers that have left calls with open streams. */
  readonly #leftOut = new Map<CallId, LeftOut[]>();

  constructor(deps: StreamsDeps) {
    this.#deps = deps;
  }

  /** Number of open streams. */
  get size(): number {
    return this.#open.size;
  }

  /** Returns whether a call has an open stream. */
  has(callId: CallId): boolean {
    return this.#counts.has(callId);
  }

  onceClosed(callId: CallId, listener: () => void): () => void {
    const listeners = this.#closed.get(callId) ?? new Set();
    this.#closed.set(callId, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  leaveOut(callId: CallId, kind: LossKind, report: (ms: number) => void): void {
    if (!this.has(callId)) return;
    const leftOut = this.#leftOut.get(callId) ?? [];
    this.#leftOut.set(callId, leftOut);
    leftOut.push({ kind, report, ms: 0 });
  }

  /** @param onInvalid receives what is wrong with each frame that cannot be used as it is. Default: not reported. */
  open(callId: CallId, options: MediaStreamOptions, onInvalid = ignore): MediaStream {
    const stream = new OpenStream(this.#deps.ids.stream(), callId, options, this.#deps, {
      ended: () => this.#forget(stream),
      received: (ms) => this.#count(stream, ms),
      invalid: onInvalid,
    });
    this.#open.set(stream.id, stream);
    this.#counts.set(callId, (this.#counts.get(callId) ?? 0) + 1);
    return stream;
  }

  /** Ends the open streams of a call. */
  endOf(callId: CallId, reason: string): void {
    for (const stream of this.#open.values()) if (stream.callId === callId) stream.end(reason);
  }

  /** Ends all open streams. */
  close(): void {
    for (const stream of this.#open.values()) stream.end('daemon stopped');
  }

  #forget({ id, callId }: OpenStream): void {
    this.#open.delete(id);
    const remaining = (this.#counts.get(callId) ?? 1) - 1;
    if (remaining > 0) return void this.#counts.set(callId, remaining);
    this.#counts.delete(callId);
    this.#deps.levels.remove(callId);
    const listeners = [...(this.#closed.get(callId) ?? [])];
    this.#closed.delete(callId);
    const leftOut = this.#leftOut.get(callId) ?? [];
    this.#leftOut.delete(callId);
    for (const { report, ms } of leftOut) if (ms > 0) report(ms);
    for (const listener of listeners) listener();
  }

  /** Counts audio for the readers that have left. */
  #count(stream: OpenStream, ms: number): void {
    if (this.#leftOut.size === 0) return;
    for (const leftOut of this.#leftOut.get(stream.callId) ?? []) {
      stream.lose(leftOut.kind, ms);
      leftOut.ms += ms;
    }
  }
}

const ignore = (_problem: string): void => undefined;

/** The audio that a reader does not receive, because it has left its call. */
interface LeftOut {
  readonly kind: LossKind;
  readonly report: (ms: number) => void;
  ms: number;
}

interface StreamObserver {
  ended(): void;
  /** Receives the length of the audio of all parties. */
  received(ms: number): void;
  invalid(problem: string): void;
}

class OpenStream implements MediaStream, StreamLosses {
  readonly id: StreamId;
  readonly callId: CallId;
  readonly #options: MediaStreamOptions;
  readonly #deps: StreamsDeps;
  readonly #observer: StreamObserver;
  readonly #bytesPerMs: number;
  readonly #wallOffset: number;
  readonly #peakBase = { base: undefined };
  readonly #peaks = new Map<Party, PeakTrack>();
  #frames = 0;
  #bytes = 0;
  #missingFrames = 0;
  readonly #lostMs: Record<LossKind, number> = { listening: 0, recording: 0, transcript: 0 };
  #scratch = new Int16Array(0);
  #isEnded = false;

  constructor(
    id: StreamId,
    callId: CallId,
    options: MediaStreamOptions,
    deps: StreamsDeps,
    observer: StreamObserver,
  ) {
    this.id = id;
    this.callId = callId;
    this.#options = options;
    this.#deps = deps;
    this.#observer = observer;
    this.#bytesPerMs = (SAMPLE_BYTES[options.encoding] * options.sampleRate) / 1000;
    this.#wallOffset = deps.anchors.offsetOf(callId);
    const { providerStreamId, encoding, sampleRate, parties } = options;
    deps.ingest.record(callId, {
      type: 'STREAM_STARTED',
      stream: {
        id,
        encoding,
        sampleRate,
        parties,
        ...(providerStreamId !== undefined && { providerStreamId }),
      },
    });
  }

  write(party: Party | 'INTERLEAVED', bytes: Uint8Array, positionMs?: number): void {
    if (this.#isEnded || !this.#canUse(party, bytes)) return;
    this.skip(bytes.length);
    const { demand } = this.#deps;
    const needsLevels = demand.has('levels', this.callId);
    const needsAudio = demand.has('audio', this.callId);
    if (!needsLevels && !needsAudio) return;
    const { encoding, parties } = this.#options;
    const samples = DECODERS[encoding](bytes, needsAudio ? undefined : this.#scratchOf(bytes.length));
    const channels = party === 'INTERLEAVED' ? parties : [party];
    if (needsLevels) this.#meter(channels, samples, positionMs);
    if (needsAudio) this.#forward(channels, samples, positionMs);
  }

  /** Reports what is wrong with a frame. */
  #canUse(party: Party | 'INTERLEAVED', bytes: Uint8Array): boolean {
    const error = findFrameError(party, bytes, this.#options);
    const problem = error ?? findLengthError(party, bytes, this.#options);
    if (problem !== undefined) this.#observer.invalid(problem);
    return error === undefined;
  }

  /** Returns an array for samples that are not kept, reused for frames of the same length. */
  #scratchOf(length: number): Int16Array {
    if (this.#scratch.length !== length) this.#scratch = new Int16Array(length);
    return this.#scratch;
  }

  skip(bytes: number): void {
    if (this.#isEnded) return;
    this.#frames++;
    this.#bytes += bytes;
    this.#observer.received(bytes / this.#bytesPerMs);
  }

  gap(party: Party, durationMs: number, frames: number): void {
    this.#missingFrames += frames;
    this.#peaks.get(party)?.gap(durationMs);
    this.#deps.audio.gap(this.callId, this, party, durationMs);
  }

  lose(kind: LossKind, ms: number): void {
    this.#lostMs[kind] += ms;
  }

  end(reason: string): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#deps.audio.end(this.callId, this);
    for (const peaks of this.#peaks.values()) peaks.end();
    const { listening, recording, transcript } = this.#lostMs;
    const counters = {
      frames: this.#frames,
      bytes: this.#bytes,
      missingFrames: this.#missingFrames,
      listeningLostMs: Math.round(listening),
      recordingLostMs: Math.round(recording),
      transcriptLostMs: Math.round(transcript),
    };
    this.#deps.ingest.record(this.callId, { type: 'STREAM_STOPPED', streamId: this.id, reason, counters });
    this.#observer.ended();
  }

  #meter(parties: readonly Party[], samples: Int16Array, positionMs: number | undefined): void {
    const { levels, clock } = this.#deps;
    const now = clock.elapsed();
    for (let channel = 0; channel < parties.length; channel++) {
      const party = parties[channel]!;
      const meter = levels.meter(this.callId, party, this.#options.sampleRate);
      meter.push(samples, now, channel, parties.length);
      const durationMs = (samples.length / parties.length / this.#options.sampleRate) * 1000;
      this.#peaksOf(party).write({ peakDb: meter.takePeakDb(), durationMs, positionMs }, now);
    }
  }

  #peaksOf(party: Party): PeakTrack {
    const known = this.#peaks.get(party);
    if (known) return known;
    const { waveforms, silences } = this.#deps;
    const created = createPeakTrack(this.#peakBase, (peakDb, elapsed) => {
      const at = this.#wallOffset + elapsed;
      if (!silences.isSilent(this.callId, 'RECORDING', at)) waveforms.note(this.callId, party, peakDb, at);
    });
    this.#peaks.set(party, created);
    return created;
  }

  #forward(parties: readonly Party[], samples: Int16Array, positionMs: number | undefined): void {
    const { audio } = this.#deps;
    for (let channel = 0; channel < parties.length; channel++) {
      const layout = {
        offset: channel,
        stride: parties.length,
        ...(positionMs !== undefined && { positionMs }),
      };
      audio.write(this.callId, this, parties[channel]!, this.#options.sampleRate, { samples, ...layout });
    }
  }
}
