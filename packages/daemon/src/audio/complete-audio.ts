/**
 * The audio of one call for recordings and transcribers, which have time: late audio takes its position. Recordings receive
 * blocks, again if late audio changed them; transcribers receive frames in order, and wait while a stream seems to be held up.
 * What is too late even for them is counted. Nothing here waits for I/O.
 */
import type { Party } from '@sidetone/core';
import { createAudioWindow, WINDOW_SAMPLES } from './audio-window.ts';
import { BlockFeed } from './block-feed.ts';
import { createChannelOwners, type ChannelSource, type ProvidingStream } from './channel-owners.ts';
import { createCompleteTrack, type CompleteTrack } from './complete-track.ts';
import { CHANNEL_OF, FRAME_SAMPLES, SAMPLES_PER_MS } from './frames.ts';
import { PatientPlayout } from './patient-playout.ts';
import type { SharedBase } from './placement.ts';
import type { AudioBlockSink, AudioSink, StreamLosses } from './ports.ts';
import { createStreamProgress } from './stream-progress.ts';
import type { TrackFrame } from './track.ts';

/** How much later than real time a recording is extended with silence, ms. */
const SILENCE_DELAY_MS = 200;
/** Length of the timeline before the first arrival, ms: the audio may have been held up. */
const LEAD_MS = WINDOW_SAMPLES / SAMPLES_PER_MS;

interface CompleteStream extends ProvidingStream {
  readonly losses: StreamLosses;
  readonly shared: SharedBase;
  readonly parties: Map<Party, PartyAudio>;
}

interface PartyAudio extends ChannelSource {
  readonly stream: CompleteStream;
  readonly track: CompleteTrack;
}

export class CompleteAudio {
  readonly #window = createAudioWindow();
  readonly #streams = new Map<object, CompleteStream>();
  readonly #owners = createChannelOwners();
  readonly #feeds = new Map<AudioBlockSink, BlockFeed>();
  readonly #playout: PatientPlayout;
  /** Elapsed time and epoch ms of position 0. */
  readonly #startedAt: number;
  readonly #origin: number;
  /** Position of the current time, and the position up to which the window was filled. */
  #now = 0;
  #filledTo = 0;
  /** Position after which blocks are not extended with silence. */
  #silentUntil = Infinity;
  #streamCount = 0;
  #hasAudio = false;

  /** @param wallOffset what must be added to the elapsed time to get epoch ms. */
  constructor(wallOffset: number, now: number) {
    this.#startedAt = now - LEAD_MS;
    // Whole ms, so that the times of blocks are exact.
    this.#origin = Math.round(wallOffset + this.#startedAt);
    this.#playout = new PatientPlayout(this.#window, (position) => this.#timeOf(position));
  }

  get hasSinks(): boolean {
    return this.#playout.sinks.size + this.#feeds.size > 0;
  }

  /** Whether audio has arrived, so that steps are needed. */
  get isRunning(): boolean {
    return this.#streamCount > 0;
  }

  add(sink: AudioSink): void {
    this.#playout.sinks.add(sink);
  }

  addBlocks(sink: AudioBlockSink): void {
    this.#feeds.set(sink, new BlockFeed(this.#window, sink, (position) => this.#timeOf(position)));
  }

  /** Removes a sink. The last one receives the remaining audio, without waiting for more. */
  remove(sink: AudioSink): void {
    this.#endTracks();
    if (this.#playout.sinks.size === 1) this.#playout.emitUntil(this.#filledTo + FRAME_SAMPLES - 1);
    this.#playout.sinks.delete(sink);
  }

  /** Removes the sink of a recording after its last blocks. */
  removeBlocks(sink: AudioBlockSink): void {
    this.#endTracks();
    this.#feeds.get(sink)?.flush();
    this.#feeds.delete(sink);
  }

  /** Adds audio of a party. `losses` identifies the stream: the same object for all its audio. */
  write(losses: StreamLosses, party: Party, sampleRate: number, frame: TrackFrame, now: number): void {
    this.#now = this.#positionOf(now);
    const stream = this.#streamOf(losses);
    const { track } = stream.parties.get(party) ?? this.#addParty(stream, party, sampleRate);
    track.write(frame, this.#now);
  }

  gap(losses: StreamLosses, party: Party, durationMs: number): void {
    const audio = this.#streams.get(losses)?.parties.get(party);
    audio?.track.gap(durationMs);
    audio?.progress.gap();
  }

  end(losses: StreamLosses): void {
    const stream = this.#streams.get(losses);
    if (!stream) return;
    endParties(stream);
    stream.isOpen = false;
    this.#streams.delete(losses);
  }

  /** Extends blocks only by audio from now on. */
  endSilence(now: number): void {
    this.#silentUntil = Math.min(this.#silentUntil, this.#positionOf(now));
  }

  /** Passes on what is due. */
  step(now: number): void {
    this.#now = this.#positionOf(now);
    let isSettled = true;
    for (const { parties } of this.#streams.values())
      for (const { track } of parties.values()) {
        track.step(this.#now);
        if (track.isSettling) isSettled = false;
      }
    if (!this.#hasAudio) return;
    const silentTo = this.#now - SILENCE_DELAY_MS * SAMPLES_PER_MS;
    this.#makeRoom(silentTo);
    if (isSettled) this.#playout.step(this.#now, this.#owners.awaitedFrom(this.#now));
    for (const feed of this.#feeds.values()) feed.advance(Math.min(silentTo, this.#silentUntil), isSettled);
  }

  #endTracks(): void {
    for (const stream of this.#streams.values()) endParties(stream);
  }

  /** Returns the timeline position of an instant, in whole samples. */
  #positionOf(now: number): number {
    return Math.floor((now - this.#startedAt) * SAMPLES_PER_MS);
  }

  #timeOf(position: number): number {
    return this.#origin + position / SAMPLES_PER_MS;
  }

  #streamOf(losses: StreamLosses): CompleteStream {
    const known = this.#streams.get(losses);
    if (known) return known;
    const stream = {
      number: this.#streamCount++,
      losses,
      shared: { base: undefined },
      parties: new Map<Party, PartyAudio>(),
      end: -Infinity,
      isOpen: true,
    };
    this.#streams.set(losses, stream);
    return stream;
  }

  #addParty(stream: CompleteStream, party: Party, sampleRate: number): PartyAudio {
    const track = createCompleteTrack(sampleRate, stream.shared, (samples, at, isRest) =>
      this.#put(audio, samples, at, isRest),
    );
    const audio = { stream, track, channel: CHANNEL_OF[party], progress: createStreamProgress() };
    stream.parties.set(party, audio);
    return audio;
  }

  #put(audio: PartyAudio, samples: Int16Array, at: number, isRest: boolean): void {
    const { stream, channel, progress } = audio;
    const to = at + samples.length;
    if (!this.#owners.owns(audio, at, to)) return;
    if (!isRest) {
      progress.put(at, to, this.#now);
      stream.end = Math.max(stream.end, to);
    }
    this.#hasAudio = true;
    this.#makeRoom(to);
    const late = this.#window.put(channel, samples, at);
    for (const [sink, feed] of this.#feeds)
      this.#lose(stream, 'recording', sink, at, late + feed.put(at + late, to));
    const tooLate = this.#playout.put(at, to);
    for (const sink of this.#playout.sinks) this.#lose(stream, 'transcript', sink, at, tooLate);
  }

  #lose(
    { losses }: CompleteStream,
    kind: 'recording' | 'transcript',
    sink: AudioSink | AudioBlockSink,
    at: number,
    samples: number,
  ): void {
    if (samples === 0) return;
    const ms = samples / SAMPLES_PER_MS;
    losses.lose(kind, ms);
    sink.lost?.(this.#timeOf(at), ms);
  }

  /** Passes on what would leave the window if it ends at a position. */
  #makeRoom(end: number): void {
    if (end <= this.#filledTo) return;
    for (const feed of this.#feeds.values()) feed.makeRoom(end - WINDOW_SAMPLES);
    this.#playout.emitUntil(Math.min(end - WINDOW_SAMPLES, this.#filledTo));
    this.#filledTo = end;
    this.#window.advance(end);
  }
}

function endParties({ parties }: CompleteStream): void {
  for (const { track } of parties.values()) track.end();
}
