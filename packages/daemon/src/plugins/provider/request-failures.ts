/**
 * Connects the events that a plugin emits with the request of the provider that caused them, so that a request is not
 * acknowledged if one of its events was not accepted. An event that is emitted before the handler first waits belongs to
 * that request; which request a later event belongs to is not known, so its failure is that of every open request.
 */
import type { FaultError } from '@sidetone/core';
import type { Acceptance } from '../../calls/loading/acceptance.ts';

interface OpenRequest {
  failure: FaultError | undefined;
  readonly acceptance: Pick<Acceptance, 'waitFor'> | undefined;
}

export class RequestFailures {
  readonly #open = new Set<OpenRequest>();
  #current: OpenRequest | undefined;

  /** Runs the handler of a request. @param acceptance receives its events that wait for their calls @throws the first failure of its events, or what the handler throws. */
  async run<Result>(
    handler: () => Promise<Result>,
    acceptance?: Pick<Acceptance, 'waitFor'>,
  ): Promise<Result> {
    const request: OpenRequest = { failure: undefined, acceptance };
    this.#open.add(request);
    try {
      const result = await this.#start(request, handler);
      if (request.failure) throw request.failure;
      return result;
    } finally {
      this.#open.delete(request);
    }
  }

  /**
   * Returns a function that runs tasks as part of the request whose handler is being called, if there is one. For
   * handlers whose events arrive later, in messages.
   */
  attribute(): (task: () => void) => void {
    const request = this.#current;
    return (task) => {
      const outer = this.#current;
      this.#current = request;
      try {
        task();
      } finally {
        this.#current = outer;
      }
    };
  }

  /** Reports that an event was not accepted. */
  report(failure: FaultError): void {
    for (const request of this.#requests()) request.failure ??= failure;
  }

  /** Reports that an event waits for its call. */
  waitFor(work: Promise<void>): void {
    // Without a request, nobody waits.
    work.catch(() => undefined);
    for (const { acceptance } of this.#requests()) acceptance?.waitFor(work);
  }

  #requests(): Iterable<OpenRequest> {
    return this.#current ? [this.#current] : this.#open;
  }

  #start<Result>(request: OpenRequest, handler: () => Promise<Result>): Promise<Result> {
    const outer = this.#current;
    this.#current = request;
    try {
      return handler();
    } finally {
      this.#current = outer;
    }
  }
}
