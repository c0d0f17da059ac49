/** A media stream that opens later, when its call is loaded. Until then it keeps what is written to it, up to a limit. */
import type { MediaStream } from '@sidetone/core';

/** Most frames and gaps that are kept: 10 s of frames of 20 ms. The stream lacks later ones, as if it had opened after them. */
export const MAX_KEPT_STEPS = 500;

export interface LaterStream {
  readonly stream: MediaStream;
  /** Passes on what was kept, and from now on everything. */
  open(target: MediaStream): void;
}

export function createLaterStream(): LaterStream {
  let target: MediaStream | undefined;
  let kept: ((stream: MediaStream) => void)[] = [];
  let reason: string | undefined;
  const pass = (step: (stream: MediaStream) => void): void => {
    if (target) step(target);
    else if (kept.length < MAX_KEPT_STEPS) kept.push(step);
  };

  return {
    stream: {
      write(party, bytes, positionMs) {
        if (target) return target.write(party, bytes, positionMs);
        // The plugin may reuse its array.
        const copy = Uint8Array.from(bytes);
        pass((stream) => stream.write(party, copy, positionMs));
      },
      skip: (bytes) => pass((stream) => stream.skip(bytes)),
      gap: (party, durationMs, lost) => pass((stream) => stream.gap(party, durationMs, lost)),
      end(given) {
        if (target) target.end(given);
        else reason ??= given;
      },
    },
    open(opened) {
      target = opened;
      const steps = kept;
      kept = [];
      for (const step of steps) step(opened);
      if (reason !== undefined) opened.end(reason);
    },
  };
}
