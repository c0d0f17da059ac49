/** The spans of commands: from the request, over the answer of the provider, until an event confirms the command. */
import { isFault, type Command, type CommandId, type Failure } from '@sidetone/core';
import { BoundedMap } from '@sidetone/plugin-kit';
import type { Span } from './span.ts';
import type { TraceClock } from './trace-clock.ts';

/** How long the span of an accepted command waits for the confirmation, ms. Without one, it ends with the answer. */
export const COMMAND_HOLD_MS = 60_000;
/** The maximum number of open commands with a span. The oldest is ended early. */
export const MAX_HELD_COMMANDS = 1000;

interface Open {
  readonly span: Span;
  /** When the provider answered. */
  answeredAt?: number;
  confirmedAt?: number;
}

interface CommandSpansDeps {
  readonly end: (span: Span) => void;
  readonly clock: TraceClock;
}

interface Outcome {
  readonly command?: Command;
  readonly failure?: Failure;
}

export class CommandSpans {
  readonly #deps: CommandSpansDeps;
  readonly #open = new BoundedMap<CommandId, Open>(MAX_HELD_COMMANDS, (_id, open) => this.#endOf(open));

  constructor(deps: CommandSpansDeps) {
    this.#deps = deps;
  }

  get size(): number {
    return this.#open.size;
  }

  async execute<Result extends Outcome>(
    id: CommandId,
    span: Span,
    run: () => Promise<Result>,
  ): Promise<Result> {
    const { clock } = this.#deps;
    const open: Open = { span };
    this.#open.set(id, open);
    try {
      const outcome = await run();
      this.#answered(id, open, outcome, clock.time());
      return outcome;
    } catch (error) {
      fail(span, isFault(error) ? error.code : 'INTERNAL');
      this.#finish(id, open, clock.time());
      throw error;
    }
  }

  /** @param event the span of the event that changed the status; undefined if its trace is not exported */
  changed({ id, status }: Command, event: Span | undefined, at: number): void {
    const open = this.#open.get(id);
    if (!open || status !== 'CONFIRMED') return;
    open.confirmedAt = at;
    if (event && event.traceId !== open.span.traceId)
      open.span.links = [{ traceId: event.traceId, spanId: event.spanId }];
    if (open.answeredAt !== undefined) this.#finish(id, open, at);
  }

  /** Ends the spans that have waited for a confirmation long enough. */
  endBefore(now: number): void {
    for (const [id, open] of this.#open)
      if (now === Infinity || now - (open.answeredAt ?? now) >= COMMAND_HOLD_MS)
        this.#finish(id, open, open.answeredAt);
  }

  #answered(id: CommandId, open: Open, { command, failure }: Outcome, at: number): void {
    if (!this.#open.has(id)) return;
    open.answeredAt = at;
    if (failure) fail(open.span, failure.code);
    if (open.confirmedAt !== undefined || command?.status !== 'ACCEPTED')
      this.#finish(id, open, open.confirmedAt ?? at, command?.status);
  }

  #finish(id: CommandId, open: Open, at: number | undefined, status?: Command['status']): void {
    this.#open.delete(id);
    open.span.endedAt = at;
    this.#endOf(open, status);
  }

  #endOf({ span, answeredAt, confirmedAt }: Open, status?: Command['status']): void {
    const known = answeredAt === undefined ? undefined : 'ACCEPTED';
    span.attributes = {
      ...span.attributes,
      'sidetone.command.status': confirmedAt === undefined ? (status ?? known) : 'CONFIRMED',
    };
    this.#deps.end(span);
  }
}

function fail(span: Span, code: string): void {
  span.isFailed = true;
  span.attributes = { ...span.attributes, 'error.type': code };
}
