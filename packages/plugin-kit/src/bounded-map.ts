/**
 * A map with a maximum size. If a new key exceeds it, the entry that was set least recently is dropped. Use it for state
 * about calls, because their end may never be reported.
 */
export class BoundedMap<Key, Value> {
  readonly #entries = new Map<Key, Value>();
  readonly #limit: number;
  readonly #onDrop: ((key: Key, value: Value) => void) | undefined;
  #dropped = 0;

  /**
   * @param limit maximum number of entries, at least 1.
   * @param onDrop called with each entry that is dropped because of the limit.
   */
  constructor(limit: number, onDrop?: (key: Key, value: Value) => void) {
    this.#limit = limit;
    this.#onDrop = onDrop;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Number of entries that were dropped because of the limit. */
  get dropped(): number {
    return this.#dropped;
  }

  get(key: Key): Value | undefined {
    return this.#entries.get(key);
  }

  has(key: Key): boolean {
    return this.#entries.has(key);
  }

  /** Sets an entry and makes it the newest one, even if the key exists. */
  set(key: Key, value: Value): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size > this.#limit) this.#dropOldest();
  }

  /** Deletes an entry. Returns whether it existed. */
  delete(key: Key): boolean {
    return this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }

  keys(): MapIterator<Key> {
    return this.#entries.keys();
  }

  values(): MapIterator<Value> {
    return this.#entries.values();
  }

  [Symbol.iterator](): MapIterator<[Key, Value]> {
    return this.#entries[Symbol.iterator]();
  }

  #dropOldest(): void {
    const [oldest] = this.#entries;
    if (oldest === undefined) return;
    this.#entries.delete(oldest[0]);
    this.#dropped += 1;
    this.#onDrop?.(...oldest);
  }
}
