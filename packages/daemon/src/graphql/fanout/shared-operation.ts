/** One subscription operation and all clients that have it. Each event is executed for one of them, and shared. */
import { execute, type ExecutionArgs } from 'graphql';
import type { Context } from '../context.ts';
import type { EventSource } from '../guard/deliveries/delivery-iterator.ts';
import type { MaskError } from '../guard/errors.ts';
import { EventResult } from './event-result.ts';
import { ResultWindow, type Execution, type ResultMemory } from './result-window.ts';
import { SharedContext } from './shared-context.ts';
import type { NowOrLater } from '../../now-or-later.ts';

export interface SharedOperationDeps {
  readonly memory: ResultMemory;
  readonly mask: MaskError;
  readonly counts: Counts;
}

/** How often an event was executed, and how often the result of another client was used. */
export interface Counts {
  executed: number;
  shared: number;
}

/** An event of a client. */
export interface ClientEvent {
  readonly event: unknown;
  /** The subscription of the client. */
  readonly owner: unknown;
  readonly source: Pick<EventSource, 'keyOf' | 'version'>;
  readonly context: Context;
  /** The version of the newest state that the client has received: it must not go back. */
  readonly seenVersion: number;
}

export class SharedOperation {
  readonly key: string;
  readonly #args: ExecutionArgs;
  readonly #deps: SharedOperationDeps;
  readonly #window: ResultWindow;
  #clients = 0;

  /** @param args the arguments of one of the clients: the others differ only in what results do not depend on */
  constructor(key: string, args: ExecutionArgs, deps: SharedOperationDeps) {
    const { schema, document, operationName, variableValues } = args;
    this.key = key;
    // Without the context, which holds the request of a client that may leave.
    this.#args = { schema, document, operationName, variableValues };
    this.#deps = deps;
    this.#window = new ResultWindow(deps.memory);
  }

  get clients(): number {
    return this.#clients;
  }

  join(): void {
    this.#clients++;
  }

  leave(): void {
    if (--this.#clients <= 1) this.#window.clear();
  }

  /** Removes all results from memory. */
  clear(): void {
    this.#window.clear();
  }

  /** Returns the execution of an event for a client: a kept one, or a new one. */
  execute({ event, owner, source, context, seenVersion }: ClientEvent): Execution {
    const { counts, memory } = this.#deps;
    const key = source.keyOf(event);
    const known = this.#clients > 1 ? this.#window.take(key, seenVersion) : undefined;
    if (known) {
      counts.shared++;
      return known;
    }
    counts.executed++;
    const shared = new SharedContext(context);
    const execution: Execution = {
      version: source.version,
      at: memory.clock.elapsed(),
      client: context.client,
      owner,
      context: shared,
      clients: this.#clients - 1,
      result: this.#resultOf(event, shared),
    };
    if (execution.result instanceof Promise)
      void execution.result.then(
        (result) => (execution.result = result),
        () => undefined,
      );
    if (execution.clients > 0) this.#window.add(key, execution);
    return execution;
  }

  #resultOf(rootValue: unknown, contextValue: SharedContext): NowOrLater<EventResult> {
    const { schema, document, operationName, variableValues } = this.#args;
    const { mask } = this.#deps;
    const executed = execute({ schema, document, operationName, variableValues, rootValue, contextValue });
    return executed instanceof Promise
      ? executed.then((result) => new EventResult(result, mask))
      : new EventResult(executed, mask);
  }
}
