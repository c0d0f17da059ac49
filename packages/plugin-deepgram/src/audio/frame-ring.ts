/** A ring of interleaved audio frames, one sample of each channel per frame. Frames are counted from the start of the stream. */

interface FrameRingOptions {
  readonly channels: number;
  readonly sampleBytes: number;
  /** Frames that are kept. */
  readonly capacity: number;
  /** The byte that silence consists of. */
  readonly silence: number;
}

interface FrameRing {
  /** The oldest frame that is kept. */
  readonly start: number;
  /** The frame after the newest one. */
  readonly end: number;
  /** Writes encoded samples of one channel from a frame on. The ring is extended with silence up to their end. */
  write(channel: number, frame: number, bytes: Uint8Array): void;
  /** Copies `count` frames. */
  read(frame: number, count: number): Uint8Array;
  /** Returns silence of `count` frames. */
  silence(count: number): Uint8Array;
}

export function createFrameRing(options: FrameRingOptions): FrameRing {
  const { channels, sampleBytes, capacity, silence } = options;
  const frameBytes = channels * sampleBytes;
  const ring = new Uint8Array(capacity * frameBytes);
  let end = 0;

  function extend(to: number): void {
    for (let from = end; from < to;) {
      const at = from % capacity;
      const count = Math.min(to - from, capacity - at);
      ring.fill(silence, at * frameBytes, (at + count) * frameBytes);
      from += count;
    }
    end = Math.max(end, to);
  }

  return {
    get start() {
      return Math.max(0, end - capacity);
    },
    get end() {
      return end;
    },
    write(channel, frame, bytes) {
      const count = bytes.length / sampleBytes;
      extend(frame + count);
      for (let i = 0; i < count; i++) {
        const at = ((frame + i) % capacity) * frameBytes + channel * sampleBytes;
        for (let byte = 0; byte < sampleBytes; byte++) ring[at + byte] = bytes[i * sampleBytes + byte]!;
      }
    },
    read(frame, count) {
      const bytes = new Uint8Array(count * frameBytes);
      const at = frame % capacity;
      const first = Math.min(count, capacity - at);
      bytes.set(ring.subarray(at * frameBytes, (at + first) * frameBytes));
      bytes.set(ring.subarray(0, (count - first) * frameBytes), first * frameBytes);
      return bytes;
    },
    silence: (count) => new Uint8Array(count * frameBytes).fill(silence),
  };
}
