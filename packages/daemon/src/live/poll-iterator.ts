/**
 * An async iterator over something that is polled. A consumer uses either `next`, or `poll` and `onWake`, which need no promise
 * for an item that is available.
 */
import type { NowOrLater } from '../now-or-later.ts';

export abstract class PollIterator<Item> implements AsyncIterableIterator<Item> {
  #turn: Promise<unknown> = Promise.resolve();

  /**
   * Returns the next item; undefined if there is none yet, or none any more. Not to be called before an earlier promise has
   * settled. A wake-up while a promise is pending means that it has to be polled again.
   */
  abstract poll(): NowOrLater<Item | undefined>;

  /** Whether there will be no further item. */
  abstract readonly isEnded: boolean;

  /** Calls the listener, instead of an earlier one, whenever there may be a further item, and when it has ended. */
  abstract onWake(listener: () => void): void;

  /** Ends it and releases everything. Calling it again has no effect. */
  protected abstract close(): void;

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

  async #take(): Promise<IteratorResult<Item, undefined>> {
    let isWoken = false;
    let wakeSleeper = (): void => undefined;
    this.onWake(() => {
      isWoken = true;
      wakeSleeper();
    });
    while (!this.isEnded) {
      isWoken = false;
      const item = await this.poll();
      if (this.isEnded) break;
      if (item !== undefined) return { done: false, value: item };
      // A listener changes it.
      if (!(isWoken as boolean)) await new Promise<void>((resolve) => (wakeSleeper = resolve));
    }
    // If what is polled has ended by itself.
    this.close();
    return DONE;
  }
}

const DONE: IteratorResult<never, undefined> = { done: true, value: undefined };
