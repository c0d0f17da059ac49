/** A collector of OpenTelemetry traces on loopback. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { until } from './daemon.ts';

export interface CollectedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly status: { readonly code?: number };
  readonly attributes: Readonly<Record<string, unknown>>;
}

export interface Collector {
  readonly url: string;
  /** The requests that arrived. */
  readonly requests: {
    readonly path: string;
    readonly headers: Record<string, unknown>;
    readonly text: string;
  }[];
  /** The response to further requests. */
  respond: { status: number; body: string };
  spans(): readonly CollectedSpan[];
  /** Returns the spans of a name, once there are that many. */
  named(name: string, count?: number): Promise<readonly CollectedSpan[]>;
}

/** The path of OTLP. Requests to others are those of plugins under test. */
const TRACES = '/v1/traces';

export async function startCollector(): Promise<Collector> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { url = '', headers } = request;
      collector.requests.push({ path: url, headers, text: Buffer.concat(chunks).toString() });
      response.writeHead(collector.respond.status).end(collector.respond.body);
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const collector: Collector = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    respond: { status: 200, body: '{}' },
    spans: () =>
      collector.requests.filter(({ path }) => path === TRACES).flatMap(({ text }) => spansOf(text)),
    async named(name, count = 1) {
      const found = () => collector.spans().filter((span) => span.name === name);
      await until(() => found().length >= count, `${count} spans named ${name}`);
      return found();
    },
  };
  return collector;
}

interface Encoded extends Omit<CollectedSpan, 'attributes'> {
  readonly attributes: readonly { readonly key: string; readonly value: Record<string, unknown> }[];
}

function spansOf(text: string): readonly CollectedSpan[] {
  const { resourceSpans } = JSON.parse(text) as {
    resourceSpans: readonly { scopeSpans: readonly { spans: readonly Encoded[] }[] }[];
  };
  return resourceSpans
    .flatMap(({ scopeSpans }) => scopeSpans)
    .flatMap(({ spans }) => spans)
    .map((span) => ({
      ...span,
      attributes: Object.fromEntries(span.attributes.map(({ key, value }) => [key, Object.values(value)[0]])),
    }));
}
