/**
 * An async iterator over something that is polled. A consumer uses either `next`, or `poll` and `onWake`, which need no promise
 * for an item that is available.
 */

export type MaybePromise<Value> = Value | Promise<Value>;

export abstract class PollIterator<Item> implements AsyncIterableIterator<Item> {
  #turn: Promise<unknown> = Promise.resolve();
  #isWoken = false;
  #onWake: (() => void) | undefined;

  /**
   * Returns the next item; undefined if there is none yet, or none any more. Not to be called before an earlier promise has
   * settled. A wake-up while a promise is pending means that it has to be polled again.
   */
  abstract poll(): MaybePromise<Item | undefined>;

  /** Whether there will be no further item. */
  abstract readonly isEnded: boolean;

  /** Ends it and releases everything. Calling it again has no effect. */
  protected abstract close(): void;

  /** Calls the listener, instead of an earlier one, whenever there may be a further item. */
  onWake(listener: () => void): void {
    this.#onWake = listener;
  }

  /** Returns items in order, also if called concurrently. A rejection ends the iteration. */
  next(): Promise<IteratorResult<Item, undefined>> {
    const result = this.#turn.then(() => this.#take());
    this.#turn = result.catch(() => this.close());
    return result;
  }

  /** Ends the iteration and resolves a waiting `next`. */
  return(): Promise<IteratorResult<Item, undefined>> {
    this.close();
    return Promise.resolve(DONE);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** To be called when there may be a further item, and when it has ended. */
  protected wake(): void {
    this.#isWoken = true;
    this.#onWake?.();
  }

  async #take(): Promise<IteratorResult<Item, undefined>> {
    let wakeSleeper = (): void => undefined;
    this.onWake(() => wakeSleeper());
    while (!this.isEnded) {
      this.#isWoken = false;
      const item = await this.poll();
      if (this.isEnded) break;
      if (item !== undefined) return { done: false, value: item };
      if (!this.#isWoken) await new Promise<void>((resolve) => (wakeSleeper = resolve));
    }
    return DONE;
  }
}

const DONE: IteratorResult<never, undefined> = { done: true, value: undefined };
