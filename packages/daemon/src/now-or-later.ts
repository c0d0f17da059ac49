/**
 * Values that some parts have at once and others later, and steps that use them. If all are there at once, nothing waits: no
 * other work comes between the steps.
 */

/** A value that is there, or will be. */
export type NowOrLater<Value> = Value | Promise<Value>;

/** A port whose methods answer at once. */
export type AtOnce<Port> = {
  readonly [Key in keyof Port]: Port[Key] extends (
    ...args: infer Args extends readonly unknown[]
  ) => infer Value
    ? (...args: Args) => Exclude<Value, Promise<unknown>>
    : AtOnce<Port[Key]>;
};

/** Steps that may wait: a generator that yields what it waits for. */
export type Steps<Value> = Generator<Promise<unknown>, Value, unknown>;

/** In a generator of steps, returns a value that may be a promise: `yield* settled(store.get(id))`. */
export function* settled<Value>(value: NowOrLater<Value>): Steps<Value> {
  return value instanceof Promise ? ((yield value) as Value) : value;
}

/** Runs steps to their end. Returns their value if none waited, or else a promise of it. Throws or rejects what they throw. */
export function runSteps<Value>(steps: Steps<Value>): NowOrLater<Value> {
  const first = steps.next();
  return first.done ? first.value : continueSteps(steps, first.value);
}

async function continueSteps<Value>(steps: Steps<Value>, first: Promise<unknown>): Promise<Value> {
  let awaited = first;
  for (;;) {
    const resume = await awaited.then(
      (value) => () => steps.next(value),
      (error: unknown) => () => steps.throw(error),
    );
    const next = resume();
    if (next.done) return next.value;
    awaited = next.value;
  }
}

/** Runs steps one after another: none begin before those that wait have ended. */
export class InOrder {
  #last: Promise<unknown> | undefined;

  /** Runs steps: at once, if none are waiting. Returns or throws as {@link runSteps}. */
  run<Value>(create: () => Steps<Value>): NowOrLater<Value> {
    const result = this.#last ? this.#last.then(() => runSteps(create())) : runSteps(create());
    if (!(result instanceof Promise)) return result;
    const settle = (): void => void (this.#last === last && (this.#last = undefined));
    const last: Promise<unknown> = result.then(settle, settle);
    this.#last = last;
    return result;
  }
}

/** Passes on a value: at once if it is there. */
export function mapNowOrLater<From, To>(value: NowOrLater<From>, map: (value: From) => To): NowOrLater<To> {
  return value instanceof Promise ? value.then(map) : map(value);
}
