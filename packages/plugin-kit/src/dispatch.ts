/** Typed dispatch of a discriminated union over a table of handlers. The only cast that it needs is here. */

/** A union that is discriminated by `type`. */
type Tagged = { readonly type: string };

/** One handler for each member of a union, by its `type`. A missing or surplus handler does not compile. */
export type HandlerTable<Union extends Tagged, Args extends readonly unknown[] = [], Result = void> = {
  readonly [Type in Union['type']]: (
    message: Extract<Union, { readonly type: Type }>,
    ...args: Args
  ) => Result;
};

/** Calls the handler for the type of `message` and returns its result. */
export function dispatch<Union extends Tagged, Args extends readonly unknown[], Result>(
  handlers: HandlerTable<Union, Args, Result>,
  message: Union,
  ...args: Args
): Result {
  const handler = handlers[message.type as Union['type']] as (message: Union, ...args: Args) => Result;
  return handler(message, ...args);
}
