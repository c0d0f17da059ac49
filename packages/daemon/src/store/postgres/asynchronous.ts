/** A port whose methods return promises: what a store behind a network can implement. */

/** Returned as it is, not as a port. */
type Value = string | number | boolean | readonly unknown[];

/** The same port, except that every method returns a promise, also those of the ports in it. */
export type Asynchronous<Port> = {
  readonly [Name in keyof Port]: Port[Name] extends (
    ...args: infer Args extends readonly unknown[]
  ) => infer Result
    ? (...args: Args) => Promise<Awaited<Result>>
    : Port[Name] extends Value
      ? Port[Name]
      : Asynchronous<Port[Name]>;
};
