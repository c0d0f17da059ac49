/**
 * The audio of one call while someone hears or records it: every stream's tracks on one time line, of which the same
 * frame goes to all who take it. Nothing here waits.
 */
import type { CallId, Party } from '@sidetone/core';
import type { AudioSink } from './ports.ts';
import { Lane } from './playout.ts';
import { TIMELINE_RATE } from './timeline.ts';
import {
  createStreamClock,
  createTrack,
  PLAYOUT_DELAY_MS,
  type StreamClock,
  type Track,
  type TrackFrame,
} from './track.ts';

const PER_MS = TIMELINE_RATE / 1000;

/** How long after its time a frame is taken for those who can wait, ms. */
export const LONG_PLAYOUT_DELAY_MS = 320;
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
  readonly #prompt: Lane;
  /** There only once someone wants it. */
  #patient: Lane | undefined;
  readonly #streams = new Map<object, StreamTracks>();
  readonly #owners: (Owner | undefined)[] = [];
  /** When the time line begins, epoch ms; undefined while no frame is wanted. */
  #startedAt: number | undefined;
  /** KeysetPosition of the newest arrival. */
  #now = 0;
  #isHeard = false;
  #streamCount = 0;

  constructor(callId: CallId) {
    this.callId = callId;
    this.#prompt = this.#lane(PLAYOUT_DELAY_MS);
  }

  /** Whether frames are made: someone wants them now, or audio has come for those that wait for it. */
  get isRunning(): boolean {
    return this.#startedAt !== undefined;
  }

  get isWanted(): boolean {
    return this.#prompt.isWanted || this.#patient?.isWanted === true;
  }

  add(sink: AudioSink, now: number): void {
    if (sink.acceptsDelay) this.#patientLane(now).add(sink);
    else this.#prompt.add(sink);
    if (sink.needsSilence) this.#startedAt ??= now;
  }

  remove(sink: AudioSink): void {
    this.#prompt.remove(sink);
    this.#patient?.remove(sink);
  }

  /** Takes audio of a party; `stream` is the same object for all audio of a stream. */
  write(stream: object, party: Party, sampleRate: number, frame: TrackFrame, now: number): void {
    this.#startedAt ??= now - LEAD_MS;
    this.#isHeard = true;
    const tracks = this.#tracksOf(stream);
    if (!this.#owns(tracks.number, CHANNEL_OF[party], now)) return;
    const track = tracks.tracks.get(party) ?? this.#createTrack(tracks, party, sampleRate);
    this.#now = this.#placeOf(now);
    track.write(frame, this.#now, this.#prompt.taken);
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
    const place = this.#placeOf(now);
    this.#prompt.step(place);
    this.#patient?.step(place);
  }

  #lane(delayMs: number): Lane {
    return new Lane(delayMs, (sink, frame, place) => {
      if (this.#isHeard || sink.needsSilence) sink.frame(frame, this.#startedAt! + place / PER_MS);
    });
  }

  /** One that is new begins where the time line has come to. */
  #patientLane(now: number): Lane {
    if (this.#patient) return this.#patient;
    const lane = this.#lane(LONG_PLAYOUT_DELAY_MS);
    if (this.#startedAt !== undefined) lane.step(this.#placeOf(now));
    return (this.#patient = lane);
  }

  #placeOf(now: number): number {
    return (now - this.#startedAt!) * PER_MS;
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
    this.#prompt.put(channel, samples, at, this.#now);
    this.#patient?.put(channel, samples, at, this.#now);
  }

  #owns(number: number, channel: number, now: number): boolean {
    const owner = this.#owners[channel];
    if (owner && owner.number > number && now - owner.at < OWNED_MS) return false;
    if (owner?.number === number) owner.at = now;
    else this.#owners[channel] = { number, at: now };
    return true;
  }
}
