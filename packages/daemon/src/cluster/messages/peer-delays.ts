/**
 * How long a request was on its way. The monotonic clocks of two processes have a constant difference, which is at most the
 * smallest one between receipt and sending. A node that was paused reads old requests when it resumes: they are late by as much.
 */

/** Differences are remembered for this time up to twice this time, ms: a machine that slept has another one afterwards. */
export const WINDOW_MS = 30_000;
/** Most senders. */
export const MAX_SENDERS = 1000;

interface Differences {
  startedAt: number;
  smallest: number;
  /** Of the window before. */
  previous: number;
}

export class PeerDelays {
  readonly #senders = new Map<string, Differences>();

  /** Returns how much longer a message took than the fastest one of its sender, ms. */
  delayOf(sender: string, sentAt: number, now: number): number {
    const difference = now - sentAt;
    const known = this.#senders.get(sender) ?? this.#add(sender, now);
    if (now - known.startedAt >= WINDOW_MS) {
      known.previous = known.smallest;
      known.smallest = Infinity;
      known.startedAt = now;
    }
    known.smallest = Math.min(known.smallest, difference);
    return difference - Math.min(known.smallest, known.previous);
  }

  #add(sender: string, now: number): Differences {
    if (this.#senders.size >= MAX_SENDERS) this.#senders.clear();
    const added = { startedAt: now, smallest: Infinity, previous: Infinity };
    this.#senders.set(sender, added);
    return added;
  }
}
