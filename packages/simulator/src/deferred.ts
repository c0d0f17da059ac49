/** A promise with the function that settles it, which Node 20 does not bring along. */
export interface Deferred<Value> {
  readonly promise: Promise<Value>;
  readonly resolve: (value: Value) => void;
}

/** A promise that is settled from outside. */
export function createDeferred<Value>(): Deferred<Value> {
  const settlers: ((value: Value) => void)[] = [];
  const promise = new Promise<Value>((resolve) => settlers.push(resolve));
  return { promise, resolve: (value) => settlers.forEach((settle) => settle(value)) };
}
