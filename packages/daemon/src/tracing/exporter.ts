/**
 * Sends spans to a collector, in batches. The queue is bounded: while the collector is not available, the spans wait for the next
 * attempt, and further ones are dropped and counted.
 */
import { messageOf, type Logger } from '@sidetone/core';
import type { Span } from './span.ts';

/** The maximum number of spans that wait for the collector. Further ones are dropped and counted. */
export const MAX_QUEUED_SPANS = 8192;
/** The maximum number of spans in a request. */
export const MAX_BATCH_SPANS = 512;
/** The timeout of a request to the collector, ms. */
export const EXPORT_TIMEOUT_MS = 10_000;

/** Responses after which OTLP permits to send the same spans again. */
const RETRIED: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** What became of spans since the start. */
export interface SpanCounts {
  exported: number;
  /** Not accepted by the collector. */
  rejected: number;
  /** Lost because {@link MAX_QUEUED_SPANS} was reached. */
  dropped: number;
}

export interface ExporterDeps {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly encode: (spans: readonly Span[]) => unknown;
  readonly log: Logger;
  /** Default: that of Node.js. */
  readonly fetch?: typeof fetch;
}

export class SpanExporter {
  readonly counts: SpanCounts = { exported: 0, rejected: 0, dropped: 0 };
  readonly #deps: ExporterDeps;
  #queue: Span[] = [];
  #sending: Promise<void> | undefined;
  readonly #closing = new AbortController();
  #isFailing = false;

  constructor(deps: ExporterDeps) {
    this.#deps = deps;
  }

  /** The number of spans that wait. */
  get queued(): number {
    return this.#queue.length;
  }

  /** Adds a span that has ended. */
  add(span: Span): void {
    if (this.#queue.length >= MAX_QUEUED_SPANS) {
      this.counts.dropped++;
      return;
    }
    this.#queue.push(span);
    if (this.#queue.length >= MAX_BATCH_SPANS && !this.#isFailing) void this.flush();
  }

  /** Sends everything that waits, until a request fails. Resolves then; never rejects. */
  flush(): Promise<void> {
    this.#sending ??= this.#sendAll().finally(() => (this.#sending = undefined));
    return this.#sending;
  }

  /** Ends the current request. What was not sent is lost. */
  close(): void {
    this.#closing.abort();
    const spans = this.#queue.length;
    this.counts.dropped += spans;
    if (spans > 0) this.#deps.log.warn('spans dropped: the collector did not accept them in time', { spans });
  }

  async #sendAll(): Promise<void> {
    while (this.#queue.length > 0) {
      const batch = this.#queue.slice(0, MAX_BATCH_SPANS);
      const result = await this.#send(batch);
      if (result === 'retry') return;
      this.#queue = this.#queue.slice(batch.length);
      this.counts.rejected += result.rejected;
      this.counts.exported += batch.length - result.rejected;
    }
  }

  async #send(batch: readonly Span[]): Promise<'retry' | { readonly rejected: number }> {
    const { url, headers, encode, fetch: send = fetch } = this.#deps;
    try {
      const response = await send(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(encode(batch)),
        redirect: 'error',
        signal: AbortSignal.any([AbortSignal.timeout(EXPORT_TIMEOUT_MS), this.#closing.signal]),
      });
      const text = await response.text();
      if (response.ok) {
        this.#recover();
        return { rejected: Math.min(rejectedSpans(text), batch.length) };
      }
      this.#fail({ status: response.status });
      return RETRIED.has(response.status) ? 'retry' : { rejected: batch.length };
    } catch (error) {
      const { cause } = error as { readonly cause?: unknown };
      this.#fail({ reason: messageOf(cause ?? error) });
      return 'retry';
    }
  }

  /** Logged once: it would be repeated every few seconds. */
  #fail(fields: { readonly status?: number; readonly reason?: string }): void {
    if (!this.#isFailing && !this.#closing.signal.aborted)
      this.#deps.log.warn('trace export failed, retrying', { ...fields, collector: this.#deps.url.host });
    this.#isFailing = true;
  }

  #recover(): void {
    if (this.#isFailing) this.#deps.log.info('trace export works again', { dropped: this.counts.dropped });
    this.#isFailing = false;
  }
}

/** Returns the number of spans that a collector did not accept although it accepted the request. */
function rejectedSpans(text: string): number {
  try {
    const { partialSuccess } = JSON.parse(text) as { partialSuccess?: { rejectedSpans?: unknown } };
    return Number(partialSuccess?.rejectedSpans ?? 0) || 0;
  } catch {
    return 0;
  }
}
