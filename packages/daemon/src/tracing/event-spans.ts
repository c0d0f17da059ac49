/**
 * The spans of events: from the arrival of what an event is derived from, over its commit, until the last client is sent it. One
 * span for each event, with the number of clients.
 */
import type { CallFact, CallRecord, ProviderId } from '@sidetone/core';
import { BoundedMap } from '@sidetone/plugin-kit';
import { startSpan, type Span, type SpanContext } from './span.ts';

/** How long the span of an event waits for its clients, ms. Clients that receive it later are not counted. */
export const EVENT_HOLD_MS = 5000;
/** The maximum number of such spans. The oldest is ended early. */
export const MAX_HELD_EVENTS = 2048;

interface Arrival {
  readonly at: number;
  readonly cause: SpanContext | undefined;
}

interface Held {
  readonly span: Span;
  readonly publishedAt: number;
  clients: number;
}

interface EventSpansDeps {
  readonly end: (span: Span) => void;
  readonly isSampled: (span: SpanContext) => boolean;
}

export class EventSpans {
  readonly #arrivals = new WeakMap<CallFact, Arrival>();
  readonly #deps: EventSpansDeps;
  readonly #held = new BoundedMap<number, Held>(MAX_HELD_EVENTS, (_position, held) => this.#endOf(held));

  constructor(deps: EventSpansDeps) {
    this.#deps = deps;
  }

  get size(): number {
    return this.#held.size;
  }

  accepted(fact: CallFact, arrival: Arrival): void {
    this.#arrivals.set(fact, arrival);
  }

  /** Starts the span of an event. Returns undefined if its trace is not exported. */
  published(
    { fact, callId, position }: CallRecord,
    { at, providerId, readers }: { at: number; providerId: ProviderId | undefined; readers: number },
  ): Span | undefined {
    const arrival = this.#arrivals.get(fact);
    if (arrival?.cause && !this.#deps.isSampled(arrival.cause)) return undefined;
    const span = startSpan({
      name: `event ${fact.type}`,
      kind: 'internal',
      startedAt: arrival?.at ?? at,
      attributes: {
        'sidetone.event.type': fact.type,
        'sidetone.event.position': position,
        'sidetone.call.id': callId,
        'sidetone.provider.id': providerId,
        'sidetone.subscriptions': readers,
        'sidetone.commit_ms': round(at - (arrival?.at ?? at)),
      },
      parent: arrival?.cause,
    });
    span.endedAt = at;
    if (this.#deps.isSampled(span)) this.#held.set(position, { span, publishedAt: at, clients: 0 });
    return span;
  }

  delivered(position: number, at: number): void {
    const held = this.#held.get(position);
    if (!held) return;
    held.clients++;
    held.span.endedAt = at;
  }

  /** Ends the spans that have waited long enough. */
  endBefore(now: number): void {
    for (const [position, held] of this.#held) {
      if (now - held.publishedAt < EVENT_HOLD_MS) return;
      this.#held.delete(position);
      this.#endOf(held);
    }
  }

  #endOf({ span, clients }: Held): void {
    span.attributes = { ...span.attributes, 'sidetone.clients': clients };
    this.#deps.end(span);
  }
}

const round = (ms: number): number => Math.round(ms * 1000) / 1000;
