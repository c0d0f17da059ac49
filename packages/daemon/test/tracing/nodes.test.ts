/** Traces that continue at another node. */
import { createFakeClock } from '@sidetone/testkit';
import { expect, test } from 'vitest';
import type { SpanExporter } from '../../src/tracing/exporter.ts';
import { Tracing } from '../../src/tracing/tracing.ts';

const TRACEPARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

const create = (): Tracing =>
  new Tracing({ clock: createFakeClock(), exporter: {} as unknown as SpanExporter, sample: 0 });

test('a request carries the trace of its cause, which the other node continues until it has replied', async () => {
  const [one, other] = [create(), create()];
  expect(one.current()).toBeUndefined();
  const sent = one.run(TRACEPARENT, () => one.current());
  expect(sent).toBe(TRACEPARENT);
  let later: (() => string | undefined) | undefined;
  await other.run(sent, async () => {
    later = () => other.current();
    await Promise.resolve();
    expect(other.current()).toBe(TRACEPARENT);
  });
  expect(later?.()).toBeUndefined();
  expect(other.run(undefined, () => other.current())).toBeUndefined();
});
