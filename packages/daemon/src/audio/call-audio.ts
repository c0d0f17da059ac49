/**
 * The audio of one call while someone hears or records it: every stream's tracks on one time line, of which the same
 * frame goes to all who take it. Nothing here waits.
 */
import type { CallId, Party } from '@sidetone/core';
import type { AudioSink } from '../app/ports.ts';
import { createTimeline, FRAME_SAMPLES, AHEAD_SAMPLES, TIMELINE_RATE } from './timeline.ts';
import {
  createStreamClock,
  createTrack,
  PLAYOUT_DELAY_MS,
  type StreamClock,
  type Track,
  type TrackFrame,
} from './track.ts';

const PER_MS = TIMELINE_RATE / 1000;

/** Most frames that are made up for at once when the loop was held up: those beyond are left out. */
export const MAX_CATCH_UP_FRAMES = 250;
/** How long before the first arrival the time line begins, ms: what arrives was said before. */
const LEAD_MS = 80;
/** How long a newer stream that is silent keeps an older one from being heard, ms. */
export const OWNED_MS = 500;

/** Which channel a party is heard on. Who is not told apart is heard on the customer's. */
export const CHANNEL_OF = { CUSTOMER: 0, ASSISTANT: 1, UNKNOWN: 0 } as const satisfies Record<Party, number>;

interface StreamTracks {
  /** Streams are numbered as they begin: of two that tell of the same party the newer is heard. */
  readonly number: number;
  readonly clock: StreamClock;
  readonly tracks: Map<Party, Track>;
}

interface Owner {
  readonly number: number;
  at: number;
}

export class CallAudio {
  readonly callId: CallId;
  readonly #timeline = createTimeline();
  readonly #sinks = new Set<AudioSink>();
  readonly #streams = new Map<object, StreamTracks>();
  readonly #owners: (Owner | undefined)[] = [];
  /** When the time line begins, epoch ms; undefined while no frame is wanted. */
  #startedAt: number | undefined;
  /** Place of the newest arrival. */
  #now = 0;
  #isHeard = false;
  #streamCount = 0;

  constructor(callId: CallId) {
    this.callId = callId;
  }

  /** Whether frames are made: someone wants them now, or audio has come for those that wait for it. */
  get isRunning(): boolean {
    return this.#startedAt !== undefined;
  }

  get isWanted(): boolean {
    return this.#sinks.size > 0;
  }

  add(sink: AudioSink, now: number): void {
    this.#sinks.add(sink);
    if (sink.wantsSilence) this.#startedAt ??= now;
  }

  remove(sink: AudioSink): void {
    this.#sinks.delete(sink);
  }

  /** Takes audio of a party; `stream` is the same object for all audio of a stream. */
  write(stream: object, party: Party, sampleRate: number, frame: TrackFrame, now: number): void {
    this.#startedAt ??= now - LEAD_MS;
    this.#isHeard = true;
    const tracks = this.#tracksOf(stream);
    if (!this.#owns(tracks.number, CHANNEL_OF[party], now)) return;
    const track = tracks.tracks.get(party) ?? this.#createTrack(tracks, party, sampleRate);
    this.#now = this.#placeOf(now);
    track.write(frame, this.#now, this.#timeline.taken);
  }

  gap(stream: object, party: Party, durationMs: number): void {
    this.#streams.get(stream)?.tracks.get(party)?.gap(durationMs);
  }

  end(stream: object): void {
    for (const track of this.#streams.get(stream)?.tracks.values() ?? []) track.end();
    this.#streams.delete(stream);
  }

  /** Hands on the frames that are due. */
  step(now: number): void {
    if (this.#startedAt === undefined) return;
    const due = Math.floor(
      (this.#placeOf(now) - PLAYOUT_DELAY_MS * PER_MS - this.#timeline.taken) / FRAME_SAMPLES,
    );
    if (due > MAX_CATCH_UP_FRAMES) this.#timeline.skip(due - MAX_CATCH_UP_FRAMES);
    for (let frames = Math.min(due, MAX_CATCH_UP_FRAMES); frames > 0; frames--) this.#handOn();
  }

  #placeOf(now: number): number {
    return (now - this.#startedAt!) * PER_MS;
  }

  #handOn(): void {
    const at = this.#startedAt! + this.#timeline.taken / PER_MS;
    const frame = this.#timeline.take();
    for (const sink of this.#sinks) if (this.#isHeard || sink.wantsSilence) sink.frame(frame, at);
  }

  #tracksOf(stream: object): StreamTracks {
    const known = this.#streams.get(stream);
    if (known) return known;
    const tracks = {
      number: this.#streamCount++,
      clock: createStreamClock(),
      tracks: new Map<Party, Track>(),
    };
    this.#streams.set(stream, tracks);
    return tracks;
  }

  #createTrack({ clock, tracks }: StreamTracks, party: Party, sampleRate: number): Track {
    const channel = CHANNEL_OF[party];
    const track = createTrack(sampleRate, clock, (samples, at) => this.#put(channel, samples, at));
    tracks.set(party, track);
    return track;
  }

  #put(channel: number, samples: Int16Array, at: number): void {
    // After the loop was held up, what waited comes all at once: it is taken as it comes.
    const isFull = (): boolean => at + samples.length > this.#timeline.taken + AHEAD_SAMPLES;
    const isDue = (): boolean =>
      this.#timeline.taken + FRAME_SAMPLES <= this.#now - PLAYOUT_DELAY_MS * PER_MS;
    while (isFull() && isDue()) this.#handOn();
    this.#timeline.put(channel, samples, at);
  }

  #owns(number: number, channel: number, now: number): boolean {
    const owner = this.#owners[channel];
    if (owner && owner.number > number && now - owner.at < OWNED_MS) return false;
    if (owner?.number === number) owner.at = now;
    else this.#owners[channel] = { number, at: now };
    return true;
  }
}
