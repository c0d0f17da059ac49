/**
 * Sends buffered audio over one socket: not faster than the service processes it, and not more than the socket can take. Keeps the
 * socket open while there is no audio.
 */
import type { Clock, Socket } from '@sidetone/core';
import type { AudioBuffer } from '../audio/audio-buffer.ts';
import { createTimeline, type Timeline } from '../audio/timeline.ts';
import { KEEP_ALIVE } from '../wire.ts';

/** The shortest and the longest message, ms of audio. */
export const MIN_MESSAGE_MS = 20;
export const MAX_MESSAGE_MS = 250;
/** Rate at which buffered audio is sent, relative to real time. Faster audio is throttled by the service. */
export const CATCH_UP_RATE = 1.25;
/** Audio that is sent at once after the event loop was blocked, ms. */
export const MAX_BURST_MS = 1000;
/** Audio that the socket may hold without having passed it on, ms. Further audio stays in the buffer. */
export const MAX_IN_FLIGHT_MS = 1000;
/** How long a new socket may be without audio, ms: the service closes one that never had any, despite keep-alives. */
export const PRIME_AFTER_MS = 3000;
/** How long nothing may be sent, ms; the service closes the socket after 10 s. */
export const KEEP_ALIVE_AFTER_MS = 4000;
/** Length of the silence that is sent instead of audio, ms. */
export const SILENCE_MS = 100;

interface AudioSenderDeps {
  readonly clock: Clock;
  readonly socket: Pick<Socket, 'send'>;
  readonly buffer: AudioBuffer;
  /** The first frame to send. */
  readonly from: number;
  /** Whether it is a `v2` socket, which has no keep-alives. */
  readonly isFlux: boolean;
  /** Called with frames that are not sent because newer audio overwrote them. */
  readonly onSkip: (from: number, to: number) => void;
}

interface AudioSender {
  /** The next frame to send. */
  readonly position: number;
  /** Maps the audio that was sent to the timeline of the call. */
  readonly timeline: Timeline;
  /**
   * Sends buffered audio, given the time since the last call. Returns whether there was any.
   * @param isFinishing whether the rest of the audio is sent as fast as the socket accepts it.
   */
  sendAudio(elapsedMs: number, isFinishing: boolean): boolean;
  /** Sends a keep-alive or silence if nothing was sent for too long. */
  keepAlive(): void;
  sendText(text: string): void;
}

export function createAudioSender(deps: AudioSenderDeps): AudioSender {
  const { clock, socket, buffer } = deps;
  const timeline = createTimeline();
  const frameMs = 1000 / buffer.framesIn(1000);
  let position = deps.from;
  let budgetMs = 0;
  let inFlightMs = 0;
  let sentAt = clock.elapsed();

  function send(message: string | Uint8Array, lengthMs = 0): void {
    sentAt = clock.elapsed();
    inFlightMs += lengthMs;
    socket
      .send(message)
      .catch(() => undefined)
      .finally(() => void (inFlightMs -= lengthMs));
  }

  function sendFrames(bytes: Uint8Array, frames: number, atMs: number): void {
    timeline.add((frames * frameMs) / 1000, atMs);
    send(bytes, frames * frameMs);
  }

  /** Sends one message of audio. Returns false if there is none, or it must wait. */
  function sendNext(isFinishing: boolean): boolean {
    const limitMs = isFinishing ? MAX_MESSAGE_MS : Math.min(budgetMs, MAX_MESSAGE_MS);
    if (inFlightMs >= MAX_IN_FLIGHT_MS || limitMs < MIN_MESSAGE_MS) return false;
    const { bytes, frames, atMs } = buffer.read(position, Math.floor(limitMs / frameMs));
    // An empty message would close the stream.
    if (frames === 0) return false;
    position += frames;
    budgetMs -= frames * frameMs;
    sendFrames(bytes, frames, atMs);
    return true;
  }

  return {
    get position() {
      return position;
    },
    timeline,
    sendAudio(elapsedMs, isFinishing) {
      if (position < buffer.start) {
        deps.onSkip(position, buffer.start);
        position = buffer.start;
      }
      const hasAudio = position < buffer.end;
      budgetMs = Math.min(MAX_BURST_MS, budgetMs + elapsedMs * CATCH_UP_RATE);
      while (sendNext(isFinishing));
      if (position === buffer.end) budgetMs = 0;
      return hasAudio;
    },
    keepAlive() {
      const isNew = timeline.seconds === 0;
      if (clock.elapsed() - sentAt < (isNew ? PRIME_AFTER_MS : KEEP_ALIVE_AFTER_MS)) return;
      if (!isNew && !deps.isFlux) return send(KEEP_ALIVE);
      const frames = buffer.framesIn(SILENCE_MS);
      sendFrames(buffer.silence(frames), frames, buffer.msAt(position));
    },
    sendText: (text) => send(text),
  };
}
