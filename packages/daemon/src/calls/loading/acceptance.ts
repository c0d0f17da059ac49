/**
 * What has to be done before a request of a provider is acknowledged: its own events are stored, here or at the nodes that decide
 * about their calls. What waits because of other requests, such as events for a node that is gone, does not delay it.
 */
export class Acceptance {
  readonly #works = new Set<Promise<void>>();
  readonly #stored: () => Promise<void>;

  /** @param stored resolves when the events that this node has accepted so far are stored */
  constructor(stored: () => Promise<void>) {
    this.#stored = stored;
  }

  /** Adds an event that waits for its call. */
  waitFor(work: Promise<void>): void {
    // Reported by `stored`, if that is asked for.
    work.catch(() => undefined);
    this.#works.add(work);
  }

  /** Rejects with the fault of the first event that cannot be stored now. */
  async stored(): Promise<void> {
    await Promise.all(this.#works);
    await this.#stored();
  }
}
