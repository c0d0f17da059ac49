/**
 * The iterator of all subscriptions: it pulls items from a source and, if there is none, waits until the source wakes it.
 * A class and not an `async function*`: a waiting generator does not run its `finally` block when `return` is called.
 */
export interface PullSource<Item> {
  /** Returns the next item; undefined if there is none yet. Never called concurrently. */
  pull(): Promise<Item | undefined>;
  /** Registers the function that wakes the iterator, and returns a function that removes it. Called once. */
  subscribe(wake: () => void): () => void;
  /** Returns whether an item that was pulled earlier must not be delivered any more. Default: false. */
  isStale?(item: Item): boolean;
}

export class PullIterator<Item> implements AsyncIterableIterator<Item> {
  readonly #source: PullSource<Item>;
  readonly #unsubscribe: () => void;
  #turn: Promise<unknown> = Promise.resolve();
  #isWoken = true;
  #isClosed = false;
  #idles = 0;
  #wakeSleeper: (() => void) | undefined;

  constructor(source: PullSource<Item>) {
    this.#source = source;
    this.#unsubscribe = source.subscribe(() => this.#wake());
  }

  /** How often there was no further item. */
  get idles(): number {
    return this.#idles;
  }

  isStale(item: Item): boolean {
    return this.#source.isStale?.(item) ?? false;
  }

  /** Returns items in order, also if called concurrently. A rejected pull ends the iteration. */
  next(): Promise<IteratorResult<Item, undefined>> {
    const result = this.#turn.then(() => this.#take());
    this.#turn = result.catch(() => this.#close());
    return result;
  }

  /** Ends the iteration and resolves a waiting `next`. */
  return(): Promise<IteratorResult<Item, undefined>> {
    this.#close();
    return Promise.resolve(DONE);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #take(): Promise<IteratorResult<Item, undefined>> {
    while (!this.#isClosed) {
      this.#isWoken = false;
      const item = await this.#source.pull();
      if (this.#isClosed) break;
      if (item !== undefined) return { done: false, value: item };
      this.#idles++;
      if (!this.#isWoken) await new Promise<void>((resolve) => (this.#wakeSleeper = resolve));
    }
    return DONE;
  }

  #wake(): void {
    this.#isWoken = true;
    const wakeSleeper = this.#wakeSleeper;
    this.#wakeSleeper = undefined;
    wakeSleeper?.();
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#unsubscribe();
    this.#wake();
  }
}

const DONE: IteratorResult<never, undefined> = { done: true, value: undefined };
