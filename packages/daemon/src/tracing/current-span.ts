/**
 * The span of the work that runs now, carried by the asynchronous context. It counts only until its work is done: a socket that a
 * plugin opens while it handles a webhook keeps the context of that webhook for as long as it is open.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { SpanContext } from './span.ts';

interface Scope {
  run<Result>(work: () => Result): Result;
  /** Ends the work. */
  close(): void;
}

export class CurrentSpan {
  readonly #storage = new AsyncLocalStorage<{ span: SpanContext | undefined }>();

  get(): SpanContext | undefined {
    return this.#storage.getStore()?.span;
  }

  scope(span: SpanContext): Scope {
    const slot: { span: SpanContext | undefined } = { span };
    return {
      run: (work) => this.#storage.run(slot, work),
      close: () => void (slot.span = undefined),
    };
  }
}
