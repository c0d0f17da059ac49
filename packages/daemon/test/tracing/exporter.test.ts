import { describe, expect, test } from 'vitest';
import { MAX_BATCH_SPANS, MAX_QUEUED_SPANS, SpanExporter } from '../../src/tracing/exporter.ts';
import { startSpan, type Span } from '../../src/tracing/span.ts';
import { createTestLog } from '../support/silent-log.ts';

const span = (): Span => startSpan({ name: 'a', kind: 'internal', startedAt: 0, attributes: {} });

/** An exporter to a collector that answers with the next of these; the last one is repeated. */
function exporterTo(...answers: readonly (() => Promise<Response>)[]) {
  const sizes: number[] = [];
  const aborted: unknown[] = [];
  const { log, lines } = createTestLog();
  const exporter = new SpanExporter({
    url: new URL('http://127.0.0.1:4318/v1/traces'),
    headers: {},
    encode: (spans) => spans.length,
    log: log('tracing'),
    fetch: async (_url, init) => {
      const answer = answers[Math.min(sizes.length, answers.length - 1)]!;
      sizes.push(Number(init?.body));
      init?.signal?.addEventListener('abort', () => aborted.push(init.signal?.reason));
      return answer();
    },
  });
  const add = (count: number): void =>
    Array.from({ length: count }, span).forEach((each) => exporter.add(each));
  return { exporter, aborted, sizes, lines, add };
}

const answer =
  (status: number, body = '{}') =>
  async () =>
    new Response(body, { status });
const unreachable = async (): Promise<Response> => {
  throw new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') });
};

describe('SpanExporter', () => {
  test('sends batches of limited size', async () => {
    const { exporter, sizes, add } = exporterTo(answer(200));
    add(2 * MAX_BATCH_SPANS + 1);
    await exporter.flush();
    expect(sizes).toEqual([MAX_BATCH_SPANS, MAX_BATCH_SPANS, 1]);
    expect(exporter.counts).toEqual({ exported: 2 * MAX_BATCH_SPANS + 1, rejected: 0, dropped: 0 });
  });

  test.each([
    ['is not reachable', unreachable],
    ['answers 503', answer(503)],
    ['answers 429', answer(429)],
  ])('keeps spans while the collector %s, and reports it once', async (_what, failure) => {
    const { exporter, sizes, lines, add } = exporterTo(failure, failure, answer(200));
    add(3);
    await exporter.flush();
    await exporter.flush();
    expect([exporter.queued, exporter.counts.exported]).toEqual([3, 0]);
    await exporter.flush();
    expect(sizes).toEqual([3, 3, 3]);
    expect([exporter.queued, exporter.counts.exported]).toEqual([0, 3]);
    expect(lines.map(({ message }) => message)).toEqual([
      'trace export failed, retrying',
      'trace export works again',
    ]);
  });

  test('drops and counts spans that exceed the queue', async () => {
    const { exporter, add } = exporterTo(unreachable);
    add(MAX_QUEUED_SPANS + 5);
    await exporter.flush();
    expect([exporter.queued, exporter.counts.dropped]).toEqual([MAX_QUEUED_SPANS, 5]);
  });

  test('ends the current request when it is closed, and reports what is lost', async () => {
    const { exporter, aborted, lines, add } = exporterTo(() => new Promise(() => undefined));
    add(1);
    void exporter.flush();
    exporter.close();
    expect(aborted).toHaveLength(1);
    expect(exporter.counts.dropped).toBe(1);
    expect(lines).toMatchObject([{ level: 'warn', fields: { spans: 1 } }]);
  });

  test('counts spans that the collector rejects, and does not repeat them', async () => {
    const partial = JSON.stringify({ partialSuccess: { rejectedSpans: '2' } });
    const { exporter, sizes, add } = exporterTo(answer(400), answer(200, partial));
    add(3);
    await exporter.flush();
    add(3);
    await exporter.flush();
    expect(sizes).toEqual([3, 3]);
    expect(exporter.counts).toEqual({ exported: 1, rejected: 5, dropped: 0 });
  });
});
