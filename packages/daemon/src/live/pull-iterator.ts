/**
 * The shape of every subscription: a reader pulls; when there is nothing, it sleeps until it is woken.
 * A class and not an `async function*`: a generator that waits does not run its `finally` when its reader goes away.
 */
export interface PullSource<Item> {
  /** The next item, or nothing when the reader has all there is. Never called again before it settled. */
  pull(): Promise<Item | undefined>;
  /** Registers the reader's notifier; what comes back takes it off again. Called once. */
  subscribe(wake: () => void): () => void;
}

export class PullIterator<Item> implements AsyncIterableIterator<Item> {
  readonly #source: PullSource<Item>;
  readonly #unsubscribe: () => void;
  #turn: Promise<unknown> = Promise.resolve();
  #isNews = true;
  #isClosed = false;
  #wakeSleeper: (() => void) | undefined;

  constructor(source: PullSource<Item>) {
    this.#source = source;
    this.#unsubscribe = source.subscribe(() => this.#wake());
  }

  /** Items in order, also when asked for several at once. A failing pull ends the iteration. */
  next(): Promise<IteratorResult<Item, undefined>> {
    const result = this.#turn.then(() => this.#take());
    this.#turn = result.catch(() => this.#close());
    return result;
  }

  /** Ends the iteration, and with it a `next` that waits. */
  return(): Promise<IteratorResult<Item, undefined>> {
    this.#close();
    return Promise.resolve(DONE);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #take(): Promise<IteratorResult<Item, undefined>> {
    while (!this.#isClosed) {
      this.#isNews = false;
      const item = await this.#source.pull();
      if (this.#isClosed) break;
      if (item !== undefined) return { done: false, value: item };
      if (!this.#isNews) await new Promise<void>((resolve) => (this.#wakeSleeper = resolve));
    }
    return DONE;
  }

  #wake(): void {
    this.#isNews = true;
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
