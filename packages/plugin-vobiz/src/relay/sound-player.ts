/**
 * Plays sounds of this daemon into a stream in real time: slightly ahead, so that network jitter causes no gaps, but not so
 * far that the audio cannot be cleared at once. Each sound is followed by a checkpoint, which confirms that it was played.
 */
import { FRAME_MS, pace, type Clock } from '@sidetone/core';
import { createSoundQueue, samplesInFrame, type AudioFormat, type Sound } from '@sidetone/plugin-kit';

/** How far ahead of real time audio is sent, ms. */
export const LEAD_MS = 200;
/** How long to wait for the checkpoint after the last audio, ms: the first response of a stream is sometimes lost. */
export const CHECKPOINT_TIMEOUT_MS = LEAD_MS + 1000;

const LEAD_FRAMES = LEAD_MS / FRAME_MS;

interface SoundPlayerDeps {
  readonly clock: Clock;
  readonly format: AudioFormat;
  /** Sends audio in `format`. */
  readonly sendAudio: (bytes: Uint8Array) => void;
  readonly sendCheckpoint: (name: string) => void;
}

interface SoundPlayer {
  /** Whether a sound is being sent or played. */
  readonly isPlaying: boolean;
  /** Queues a sound and a checkpoint after it. Returns false if the queue is full. */
  add(sound: Sound, checkpoint: string): boolean;
  /** To be called when a checkpoint was reached. */
  checkpointReached(name: string): void;
  /** Stops playing. Clearing audio that was already sent is up to the caller. */
  stop(): void;
}

/** Creates a player with an empty queue. The caller must stop it. */
export function createSoundPlayer(deps: SoundPlayerDeps): SoundPlayer {
  const { clock, format } = deps;
  const queue = createSoundQueue(format);
  let stopPacing: (() => void) | undefined;
  /** The last checkpoint that was sent, until it is reached or times out. */
  let pending: { readonly name: string; readonly cancel: () => void } | undefined;
  /** Checkpoints of the sounds that end in the current frame. */
  let finished: string[] = [];

  function sendFrame(frame: number): void {
    deps.sendAudio(queue.take(samplesInFrame(frame, format.sampleRate)));
    for (const name of finished) {
      deps.sendCheckpoint(name);
      pending?.cancel();
      pending = { name, cancel: clock.schedule(CHECKPOINT_TIMEOUT_MS, () => (pending = undefined)) };
    }
    finished = [];
  }

  function startPacing(): void {
    let sent = 0;
    const end = pace(clock, (frame) => {
      while (sent <= frame + LEAD_FRAMES && !queue.isEmpty) sendFrame(sent++);
      if (queue.isEmpty) stopPacing?.();
    });
    stopPacing = () => {
      end();
      stopPacing = undefined;
    };
    // A short sound is sent completely in the first step.
    if (queue.isEmpty) stopPacing();
  }

  return {
    get isPlaying() {
      return stopPacing !== undefined || pending !== undefined;
    },
    add(sound, checkpoint) {
      if (!queue.add(sound, () => finished.push(checkpoint))) return false;
      if (!stopPacing) startPacing();
      return true;
    },
    checkpointReached(name) {
      if (pending?.name !== name) return;
      pending.cancel();
      pending = undefined;
    },
    stop() {
      stopPacing?.();
      queue.clear();
      pending?.cancel();
      pending = undefined;
    },
  };
}
