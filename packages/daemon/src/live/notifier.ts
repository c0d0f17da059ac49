/** Wakes whoever listens. It carries nothing: a listener looks for itself what is new. */
export class Bell {
  readonly #listeners = new Set<() => void>();

  /** How many listen: zero when every subscription has let go. */
  get listeners(): number {
    return this.#listeners.size;
  }

  ring(): void {
    for (const listener of this.#listeners) listener();
  }

  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
