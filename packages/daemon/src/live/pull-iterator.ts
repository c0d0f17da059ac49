/**
 * The iterator of all subscriptions: it pulls items from a source that wakes it when there may be new ones.
 * A class and not an `async function*`: a waiting generator does not run its `finally` block when `return` is called.
 */
import { PollIterator } from './poll-iterator.ts';
import type { NowOrLater } from '../now-or-later.ts';

export interface PullSource<Item> {
  /** Returns the next item; undefined if there is none yet. Never called concurrently. */
  pull(): NowOrLater<Item | undefined>;
  /** Registers the function that wakes the iterator, and returns a function that removes it. Called once. */
  subscribe(wake: () => void): () => void;
  /** Returns whether an item that was pulled earlier must not be delivered any more. Default: false. */
  isStale?(item: Item): boolean;
  /** Returns the identity of an item: equal for items of several readers that are the same. Default: the item. */
  keyOf?(item: Item): unknown;
  /** Returns a number that increases whenever the state of calls changes. Default: 0. */
  version?(): number;
}

export class PullIterator<Item> extends PollIterator<Item> {
  readonly #source: PullSource<Item>;
  readonly #unsubscribe: () => void;
  #isClosed = false;
  #idles = 0;
  #onWake = (): void => undefined;

  constructor(source: PullSource<Item>) {
    super();
    this.#source = source;
    this.#unsubscribe = source.subscribe(() => this.#onWake());
  }

  /** How often there was no further item. */
  get idles(): number {
    return this.#idles;
  }

  get isEnded(): boolean {
    return this.#isClosed;
  }

  /** The version of the state of calls that an item is now resolved with. */
  get version(): number {
    return this.#source.version?.() ?? 0;
  }

  isStale(item: Item): boolean {
    return this.#source.isStale?.(item) ?? false;
  }

  keyOf(item: Item): unknown {
    return this.#source.keyOf ? this.#source.keyOf(item) : item;
  }

  onWake(listener: () => void): void {
    this.#onWake = listener;
  }

  poll(): NowOrLater<Item | undefined> {
    if (this.#isClosed) return undefined;
    const item = this.#source.pull();
    return item instanceof Promise ? item.then((pulled) => this.#count(pulled)) : this.#count(item);
  }

  protected close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#unsubscribe();
    this.#onWake();
  }

  #count(item: Item | undefined): Item | undefined {
    if (item === undefined) this.#idles++;
    return item;
  }
}

/** Returns a PullIterator over any async iterator, which wakes by itself. */
export function pullFrom<Item>(items: AsyncIterator<Item>): PullIterator<Item> {
  const iterator: PullIterator<Item> = new PullIterator<Item>({
    async pull() {
      const { done, value } = await items.next();
      if (!done) return value;
      await iterator.return();
      return undefined;
    },
    subscribe: () => () => void items.return?.(),
  });
  return iterator;
}
