/**
 * Plays sounds of our own into a stream, in real time: a little ahead, so that nothing is missing when the network
 * hesitates, and little enough to be cleared at once. Behind each sound goes a checkpoint, whose playing is the proof
 * that it was heard.
 */
import { createSoundQueue, samplesInFrame, type AudioFormat, type Sound } from '@sidetone/plugin-kit';
import { FRAME_MS, pace, type Clock } from '@sidetone/core';

/** How far ahead of its time audio is sent, ms. */
export const LEAD_MS = 200;
/** How long after the last audio its checkpoint is waited for, ms: the first answer of a stream is sometimes lost. */
export const PLAYED_WITHIN_MS = LEAD_MS + 1000;

const LEAD_FRAMES = LEAD_MS / FRAME_MS;

export interface AnnouncerDeps {
  readonly clock: Clock;
  readonly format: AudioFormat;
  /** Sends audio in `format`. */
  readonly play: (bytes: Uint8Array) => void;
  /** Sends a checkpoint. */
  readonly mark: (name: string) => void;
}

export interface Announcer {
  /** Whether a sound of ours is on its way or being heard. */
  readonly isBusy: boolean;
  /** Plays a sound behind those before it, and a checkpoint behind it. Whether there is room for it. */
  add(sound: Sound, name: string): boolean;
  /** A checkpoint was reached. */
  played(name: string): void;
  /** Plays nothing more. What was sent is for the caller to clear. */
  stop(): void;
}

/** An announcer with nothing to play. Whoever makes it stops it. */
export function createAnnouncer({ clock, format, play, mark }: AnnouncerDeps): Announcer {
  const queue = createSoundQueue(format);
  let stopPacing: (() => void) | undefined;
  /** The last checkpoint that was sent, until it is reached or given up. */
  let awaited: { readonly name: string; readonly cancel: () => void } | undefined;

  function expect(name: string): void {
    awaited?.cancel();
    awaited = { name, cancel: clock.schedule(PLAYED_WITHIN_MS, () => (awaited = undefined)) };
  }

  function begin(): void {
    let sent = 0;
    const end = pace(clock, (frame) => {
      while (sent <= frame + LEAD_FRAMES && !queue.isEmpty) send(sent++);
      if (queue.isEmpty) stopPacing?.();
    });
    stopPacing = () => {
      end();
      stopPacing = undefined;
    };
    // Short sounds are all sent by the first step.
    if (queue.isEmpty) stopPacing();
  }

  let reached: string[] = [];

  function send(frame: number): void {
    play(queue.take(samplesInFrame(frame, format.sampleRate)));
    for (const name of reached) {
      mark(name);
      expect(name);
    }
    reached = [];
  }

  return {
    get isBusy() {
      return stopPacing !== undefined || awaited !== undefined;
    },
    add(sound, name) {
      if (!queue.add(sound, () => reached.push(name))) return false;
      if (!stopPacing) begin();
      return true;
    },
    played(name) {
      if (awaited?.name !== name) return;
      awaited.cancel();
      awaited = undefined;
    },
    stop() {
      stopPacing?.();
      queue.clear();
      awaited?.cancel();
      awaited = undefined;
    },
  };
}
