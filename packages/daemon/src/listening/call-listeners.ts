/** The listeners of one call. All receive the same frames, transcript and speech marks. */
import { encodePcm16le, LevelMeter, messageOf, type CallId, type CallEnd } from '@sidetone/core';
import { CHANNEL_PARTIES, CHANNELS, FRAME_MS, SAMPLE_RATE } from '../audio/frames.ts';
import type { AudioSource } from '../audio/ports.ts';
import { followCalls, type CallSessionsDeps } from '../calls/call-sessions.ts';
import type { LiveFeeds } from '../live/ports.ts';
import type { Listener } from './listener.ts';

/** How long after the end of a call its last audio may arrive, ms: frames are delivered with a delay. */
const LAST_AUDIO_MS = 200;
/** Window in which speech is detected, ms. */
const SPEECH_WINDOW_MS = 100;
/** WebSocket close code of RFC 6455, section 7.4.1. */
const NORMAL = 1000;

export interface CallListenersDeps extends CallSessionsDeps {
  readonly audio: Pick<AudioSource, 'join'>;
  readonly feeds: Pick<LiveFeeds, 'records' | 'transcript'>;
}

/** Receives the audio of a call from its creation on, until it is closed. */
export class CallListeners {
  readonly listeners = new Set<Listener>();
  readonly #callId: CallId;
  readonly #deps: CallListenersDeps;
  readonly #meters = CHANNEL_PARTIES.map(() => new LevelMeter(SAMPLE_RATE));
  readonly #isSpeaking = CHANNEL_PARTIES.map(() => false);
  readonly #transcript: ReturnType<LiveFeeds['transcript']>;
  readonly #leave: () => void;
  readonly #unfollow: () => Promise<void>;
  #lastAt: number | undefined;

  constructor(callId: CallId, deps: CallListenersDeps) {
    this.#callId = callId;
    this.#deps = deps;
    this.#transcript = deps.feeds.transcript(callId);
    void this.#sendTranscript();
    const onEnd = (_callId: CallId, end: CallEnd): void => this.#end(end);
    this.#unfollow = followCalls(deps, { onEnd, lastAudioMs: LAST_AUDIO_MS }, callId);
    this.#leave = deps.audio.join(callId, {
      needsSilence: true,
      frame: (samples, at) => this.#frame(samples, at),
    });
  }

  close(): void {
    this.#leave();
    void this.#unfollow();
    void this.#transcript.return!();
  }

  #frame(samples: Int16Array, at: number): void {
    this.#reportGap(at);
    this.#meters.forEach((meter, channel) => this.#detectSpeech(meter, channel, samples, at + FRAME_MS));
    const bytes = encodePcm16le(samples);
    for (const listener of this.listeners) listener.frame(bytes);
  }

  /** Reports frames that were skipped because the event loop was blocked. */
  #reportGap(at: number): void {
    const missingMs = this.#lastAt === undefined ? 0 : Math.round(at - this.#lastAt - FRAME_MS);
    this.#lastAt = at;
    if (missingMs > 0) for (const listener of this.listeners) listener.dropped(missingMs);
  }

  #detectSpeech(meter: LevelMeter, channel: number, samples: Int16Array, now: number): void {
    meter.push(samples, now, channel, CHANNELS);
    const { speaking } = meter.read(now, SPEECH_WINDOW_MS);
    if (speaking === this.#isSpeaking[channel]) return;
    this.#isSpeaking[channel] = speaking;
    this.#send({ type: 'speech', party: CHANNEL_PARTIES[channel], speaking });
  }

  async #sendTranscript(): Promise<void> {
    try {
      for await (const { utterance, position, by } of this.#transcript) {
        const { id, party, text, startMs, endMs } = utterance;
        const isFinal = position !== undefined;
        const message = {
          type: 'transcript',
          party,
          text,
          isFinal,
          utteranceId: id,
          startMs,
          endMs,
          addedBy: by,
        };
        this.#send(message);
      }
    } catch (error) {
      const fields = { callId: this.#callId, reason: messageOf(error) };
      this.#deps.log.error('reading the transcript for listeners failed', fields);
    }
  }

  #end({ category }: CallEnd): void {
    for (const listener of this.listeners)
      listener.end({ type: 'ended', category }, NORMAL, 'the call has ended');
  }

  #send(message: object): void {
    for (const listener of this.listeners) listener.text(message);
  }
}
