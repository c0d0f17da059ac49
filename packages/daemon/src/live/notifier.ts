/** Wakes its subscribers. It carries no data: each subscriber looks up what changed. */
export class Notifier {
  readonly #listeners = new Set<() => void>();

  /** Number of subscribed listeners. */
  get listeners(): number {
    return this.#listeners.size;
  }

  notify(): void {
    for (const listener of this.#listeners) listener();
  }

  /** Returns a function that unsubscribes. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
