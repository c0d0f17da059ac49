/**
 * Traces: what a webhook, an event and a command caused, as spans for a collector. Exists only if `tracing.url` is configured.
 * No span has a transcript, a number, a path or a secret.
 */
import type { CallFact, CallId, CallRecord, Clock, Command, Failure, ProviderId } from '@sidetone/core';
import { CommandSpans } from './command-spans.ts';
import { CurrentSpan } from './current-span.ts';
import { EventSpans } from './event-spans.ts';
import type { SpanExporter } from './exporter.ts';
import { describeRequest, traceRequest } from './request-span.ts';
import { isSampled, parentOf, traceparentOf, startSpan, type Span, type SpanStart } from './span.ts';
import { TraceClock } from './trace-clock.ts';
import { webhookResult } from './webhook-result.ts';

/** How often spans are sent, ms. */
export const EXPORT_INTERVAL_MS = 5000;
/** How long the daemon waits for the collector when it stops, ms. */
export const FINAL_EXPORT_MS = 2000;

export interface TracingDeps {
  readonly exporter: SpanExporter;
  /** The share of traces that are exported, 0 to 1. */
  readonly sample: number;
  readonly clock: Clock;
}

/** The span of a webhook. */
export interface WebhookSpan {
  /** Runs the handling of the webhook. Events that it causes are children of the span. */
  run<Result>(handle: () => Result): Result;
  end(result: { readonly status?: number; readonly code?: string }): void;
}

/** The feed of stored events. */
interface Hub {
  readonly notifier: { readonly listeners: number };
  publish(records: readonly CallRecord[]): void;
}

interface Closable {
  once(event: 'close', listener: () => void): unknown;
}

interface Outcome {
  readonly command?: Command;
  readonly failure?: Failure;
}

const ROUTE = '/providers/{id}/*';

export class Tracing {
  readonly #deps: TracingDeps;
  readonly #clock: TraceClock;
  readonly #current = new CurrentSpan();
  readonly #events: EventSpans;
  readonly #commands: CommandSpans;
  #cancelExport: (() => void) | undefined;

  constructor(deps: TracingDeps) {
    this.#deps = deps;
    this.#clock = new TraceClock(deps.clock);
    const end = (span: Span): void => this.#end(span);
    this.#events = new EventSpans({ end, isSampled: (span) => isSampled(span, deps.sample) });
    this.#commands = new CommandSpans({ end, clock: this.#clock });
  }

  /** What became of spans since the start. */
  get counts(): SpanExporter['counts'] {
    return this.#deps.exporter.counts;
  }

  /** Starts the span of a webhook, which continues the trace of its sender if it has one. */
  webhook(providerId: ProviderId, method: string, traceparent: unknown): WebhookSpan {
    const span = this.#start({
      name: `${method} ${ROUTE}`,
      kind: 'server',
      attributes: {
        'http.request.method': method,
        'http.route': ROUTE,
        'sidetone.provider.id': providerId,
      },
      parent: parentOf(traceparent),
    });
    const scope = this.#current.scope(span);
    return {
      run: scope.run,
      end: (result) => {
        scope.close();
        Object.assign(span, webhookResult(span, result));
        this.#end(span);
      },
    };
  }

  /** Runs the handling of a client's request: its commands and events continue the trace of the client if it has one. */
  clientRequest(traceparent: unknown, response: Closable, handle: () => void): void {
    const parent = parentOf(traceparent);
    if (!parent) return handle();
    const scope = this.#current.scope(parent);
    response.once('close', scope.close);
    scope.run(handle);
  }

  /** The `traceparent` of requests to other nodes; undefined if no trace belongs to the current work. */
  current(): string | undefined {
    const span = this.#current.get();
    return span && traceparentOf(span);
  }

  /** Runs the handling of a request of another node, whose commands and events continue its trace if it has one. */
  run<Result>(traceparent: string | undefined, work: () => Result): Result {
    const parent = parentOf(traceparent);
    if (!parent) return work();
    const scope = this.#current.scope(parent);
    const result = scope.run(work);
    if (result instanceof Promise) void result.then(scope.close, scope.close);
    else scope.close();
    return result;
  }

  /** Executes a command in a span, which lasts until an event confirms the command. */
  async command<Result extends Outcome>(
    command: Command,
    target: { readonly callId?: CallId | undefined; readonly providerId?: ProviderId | undefined },
    execute: () => Promise<Result>,
  ): Promise<Result> {
    const span = this.#start({
      name: `command ${command.kind}`,
      kind: 'internal',
      attributes: {
        'sidetone.command.id': command.id,
        'sidetone.command.kind': command.kind,
        'sidetone.provider.id': target.providerId,
        'sidetone.call.id': target.callId,
      },
      parent: this.#current.get(),
    });
    const scope = this.#current.scope(span);
    return this.#commands.execute(command.id, span, () => scope.run(execute).finally(scope.close));
  }

  /** Returns a `fetch` with a span for each request that a webhook or a command causes. */
  access(owner: string, send: typeof fetch): typeof fetch {
    return async (input, init) => {
      const parent = this.#current.get();
      if (!parent) return send(input, init);
      const span = this.#start({ ...describeRequest({ owner, input, init }), kind: 'client', parent });
      return traceRequest(span, () => send(input, init)).finally(() => this.#end(span));
    };
  }

  /** Notes what causes events that are not stored yet. */
  accepted(facts: readonly CallFact[]): void {
    const cause = this.#current.get();
    const at = this.#clock.time();
    for (const fact of facts) this.#events.accepted(fact, { at, cause });
  }

  /** Returns a feed that starts the spans of events before it publishes them: readers read while it does. */
  feed(hub: Hub, providerOf: (callId: CallId) => ProviderId | undefined): Pick<Hub, 'publish'> {
    return {
      publish: (records) => {
        const at = this.#clock.time();
        for (const record of records) {
          const providerId = providerOf(record.callId);
          const span = this.#events.published(record, { at, providerId, readers: hub.notifier.listeners });
          if (record.fact.type === 'COMMAND_CHANGED') this.#commands.changed(record.fact.command, span, at);
        }
        this.#schedule();
        hub.publish(records);
      },
    };
  }

  /** Notes that a client is sent an event. @param position that of its record */
  delivered(position: number): void {
    this.#events.delivered(position, this.#clock.time());
  }

  /** Ends all spans and sends them, within a limited time. */
  async stop(): Promise<void> {
    this.#cancelExport?.();
    this.#endHeld(Infinity);
    const timeout = new AbortController();
    await Promise.race([
      this.#deps.exporter.flush(),
      this.#deps.clock.delay(FINAL_EXPORT_MS, timeout.signal),
    ]);
    timeout.abort();
    this.#deps.exporter.close();
  }

  #start(start: Omit<SpanStart, 'startedAt'>): Span {
    return startSpan({ ...start, startedAt: this.#clock.time() });
  }

  #end(span: Span): void {
    span.endedAt ??= this.#clock.time();
    if (!isSampled(span, this.#deps.sample)) return;
    this.#deps.exporter.add(span);
    this.#schedule();
  }

  #endHeld(now: number): void {
    this.#events.endBefore(now);
    this.#commands.endBefore(now);
  }

  #schedule(): void {
    this.#cancelExport ??= this.#deps.clock.schedule(EXPORT_INTERVAL_MS, () => {
      this.#endHeld(this.#clock.time());
      this.#cancelExport = undefined;
      if (this.#events.size + this.#commands.size + this.#deps.exporter.queued > 0) this.#schedule();
      void this.#deps.exporter.flush();
    });
  }
}
