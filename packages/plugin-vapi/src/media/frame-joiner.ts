/**
 * Cuts a run of bytes into whole frames: a message may end in the middle of one, and the rest then comes with the next.
 */
export interface FrameJoiner {
  /** The whole frames that are complete now; empty when there is none. May share memory with `bytes`. */
  push(bytes: Uint8Array): Uint8Array;
}

/** A joiner of frames of `frameBytes` each. It holds less than one frame. */
export function createFrameJoiner(frameBytes: number): FrameJoiner {
  let rest: Uint8Array = new Uint8Array(0);
  return {
    push(bytes) {
      const joined = rest.length === 0 ? bytes : concat(rest, bytes);
      const whole = joined.length - (joined.length % frameBytes);
      rest = joined.slice(whole);
      return joined.subarray(0, whole);
    },
  };
}

function concat(head: Uint8Array, tail: Uint8Array): Uint8Array {
  const joined = new Uint8Array(head.length + tail.length);
  joined.set(head);
  joined.set(tail, head.length);
  return joined;
}
