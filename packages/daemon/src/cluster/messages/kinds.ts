/** The kinds of requests between nodes, as a table: the types of requests and replies, and how long a reply may take. */

export interface Kind<Request, Reply> {
  /** How long a reply may take unless the request says otherwise, ms. */
  readonly deadlineMs: number;
  /** Only for the compiler. */
  readonly types?: (request: Request) => Reply;
}

export const kind = <Request, Reply>(deadlineMs: number): Kind<Request, Reply> => ({ deadlineMs });

export type Kinds = Readonly<Record<string, Kind<never, unknown>>>;
export type RequestOf<Each> = Each extends Kind<infer Request, unknown> ? Request : never;
export type ReplyOf<Each> = Each extends Kind<never, infer Reply> ? Reply : never;

export interface RequestContext {
  /** When the sender stops to wait, by the monotonic clock of this node. */
  readonly deadlineAt: number;
}

/** Every kind is answered. The part before the first `await` runs in the order in which requests were sent. */
export type Handlers<Table extends Kinds> = {
  readonly [Name in keyof Table]: (
    request: RequestOf<Table[Name]>,
    context: RequestContext,
  ) => ReplyOf<Table[Name]> | Promise<ReplyOf<Table[Name]>>;
};

/** Carries the current span from node to node, if there are traces. */
export interface TraceContext {
  /** Returns the `traceparent` of the current work. */
  current(): string | undefined;
  run<Result>(traceparent: string | undefined, work: () => Result): Result;
}
