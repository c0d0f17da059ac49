/** Splits a byte stream into whole frames: a message may end in the middle of a frame, which the next message completes. */
interface FrameSplitter {
  /** Returns the frames that are complete now; empty if there are none. May share memory with `bytes`. */
  push(bytes: Uint8Array): Uint8Array;
}

/** Returns a splitter for frames of `frameBytes` bytes. It buffers less than one frame. */
export function createFrameSplitter(frameBytes: number): FrameSplitter {
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
