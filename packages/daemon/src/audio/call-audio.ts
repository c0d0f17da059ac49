/**
 * The audio of one call for live listeners: the tracks of all its streams on one timeline. All sinks receive the same frames, a
 * short time after they arrived; later audio is left out. Nothing here waits.
 */
import type { CallId, Party } from '@sidetone/core';
import { CHANNEL_OF, SAMPLES_PER_MS } from './frames.ts';
import { Playout } from './playout.ts';
import type { AudioSink, StreamLosses } from './ports.ts';
import {
  createStreamClock,
  createTrack,
  PLAYOUT_DELAY_MS,
  type StreamClock,
  type Track,
  type TrackFrame,
} from './track.ts';

/** How long before the first arrival the timeline starts, ms: arriving audio was spoken earlier. */
const LEAD_MS = 80;
/** How long a newer stream must be silent before an older one of the same channel is used again, ms. */
export const OWNED_MS = 500;

interface StreamTracks {
  /** Streams are numbered in order of their start. Of two streams with the same party, the newer one is used. */
  readonly number: number;
  readonly losses: StreamLosses;
  readonly clock: StreamClock;
  readonly tracks: Map<Party, Track>;
}

/** The stream that currently provides a channel. */
interface Owner {
  readonly number: number;
  /** Elapsed time of its last audio, ms. */
  at: number;
}

export class CallAudio {
  readonly callId: CallId;
  readonly #playout: Playout;
  readonly #streams = new Map<object, StreamTracks>();
  readonly #owners: (Owner | undefined)[] = [];
  /** Added to the elapsed time to get epoch ms. */
  readonly #wallOffset: number;
  /** Start of the timeline, elapsed ms; undefined until the first frame is needed. */
  #startedAt: number | undefined;
  /** Timeline position of the newest arrival. */
  #now = 0;
  #hasAudio = false;
  #streamCount = 0;

  /** @param wallOffset what must be added to the elapsed time to get epoch ms. All other times are elapsed times. */
  constructor(callId: CallId, wallOffset: number) {
    this.callId = callId;
    this.#wallOffset = wallOffset;
    this.#playout = this.#createPlayout();
  }

  /** Whether frames are produced: a sink needs silence, or audio has arrived. */
  get isRunning(): boolean {
    return this.#startedAt !== undefined;
  }

  get hasSinks(): boolean {
    return this.#playout.hasSinks;
  }

  add(sink: AudioSink, now: number): void {
    this.#playout.add(sink);
    if (sink.needsSilence) this.#startedAt ??= now;
  }

  remove(sink: AudioSink): void {
    this.#playout.remove(sink);
  }

  /** Adds audio of a party. `stream` identifies the stream: the same object for all its audio. */
  write(stream: StreamLosses, party: Party, sampleRate: number, frame: TrackFrame, now: number): void {
    this.#startedAt ??= now - LEAD_MS;
    this.#hasAudio = true;
    const tracks = this.#tracksOf(stream);
    if (!this.#owns(tracks.number, CHANNEL_OF[party], now)) return;
    const track = tracks.tracks.get(party) ?? this.#createTrack(tracks, party, sampleRate);
    this.#now = this.#positionOf(now);
    track.write(frame, this.#now, this.#playout.taken);
  }

  gap(stream: object, party: Party, durationMs: number): void {
    this.#streams.get(stream)?.tracks.get(party)?.gap(durationMs);
  }

  end(stream: object): void {
    for (const track of this.#streams.get(stream)?.tracks.values() ?? []) track.end();
    this.#streams.delete(stream);
  }

  /** Emits the frames that are due. */
  step(now: number): void {
    if (this.#startedAt === undefined) return;
    this.#playout.step(this.#positionOf(now));
  }

  #createPlayout(): Playout {
    return new Playout(PLAYOUT_DELAY_MS, (sink, frame, position) => {
      if (this.#hasAudio || sink.needsSilence)
        sink.frame(frame, this.#wallOffset + this.#startedAt! + position / SAMPLES_PER_MS);
    });
  }

  /** Returns the timeline position of an instant, in samples. */
  #positionOf(now: number): number {
    return (now - this.#startedAt!) * SAMPLES_PER_MS;
  }

  #tracksOf(stream: StreamLosses): StreamTracks {
    const known = this.#streams.get(stream);
    if (known) return known;
    const tracks = {
      number: this.#streamCount++,
      losses: stream,
      clock: createStreamClock(),
      tracks: new Map<Party, Track>(),
    };
    this.#streams.set(stream, tracks);
    return tracks;
  }

  #createTrack({ clock, tracks, losses }: StreamTracks, party: Party, sampleRate: number): Track {
    const channel = CHANNEL_OF[party];
    const lose = (samples: number): void => losses.lose('listening', samples / SAMPLES_PER_MS);
    const put = (samples: Int16Array, at: number): void => {
      const late = this.#playout.put(channel, samples, at, this.#now);
      if (late > 0) lose(late);
    };
    const track = createTrack(sampleRate, clock, put, lose);
    tracks.set(party, track);
    return track;
  }

  #owns(number: number, channel: number, now: number): boolean {
    const owner = this.#owners[channel];
    if (owner && owner.number > number && now - owner.at < OWNED_MS) return false;
    if (owner?.number === number) owner.at = now;
    else this.#owners[channel] = { number, at: now };
    return true;
  }
}
