import { expect, test } from 'vitest';
import { encodeSpans } from '../../src/tracing/otlp.ts';
import { startSpan } from '../../src/tracing/span.ts';

const LINK = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' };

/**
 * Written by `JsonTraceSerializer` of @opentelemetry/otlp-transformer 0.223.0 for a span with these properties, without the
 * optional counts of dropped items and flags, and with times in microseconds: it computes with floating-point nanoseconds.
 */
const OF_OPENTELEMETRY = {
  resourceSpans: [
    {
      resource: {
        attributes: [{ key: 'service.name', value: { stringValue: 'x' } }],
        droppedAttributesCount: 0,
      },
      scopeSpans: [
        {
          scope: { name: 'sidetone', version: '1' },
          spans: [
            {
              traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
              spanId: expect.stringMatching(/^[0-9a-f]{16}$/),
              name: 'a',
              kind: 2,
              startTimeUnixNano: '1700000000000123000',
              endTimeUnixNano: '1700000000001500000',
              attributes: [
                { key: 'a', value: { stringValue: 'b' } },
                { key: 'n', value: { intValue: 200 } },
                { key: 'f', value: { doubleValue: 1.5 } },
                { key: 'b', value: { boolValue: true } },
              ],
              status: { code: 2 },
              links: [{ attributes: [], ...LINK }],
            },
          ],
        },
      ],
    },
  ],
};

test('spans are encoded as by the library of OpenTelemetry', () => {
  const attributes = { a: 'b', n: 200, f: 1.5, b: true, missing: undefined };
  const span = startSpan({ name: 'a', kind: 'server', startedAt: 1_700_000_000_000.123, attributes });
  span.endedAt = 1_700_000_000_001.5;
  span.isFailed = true;
  span.links = [LINK];
  const scope = { name: 'sidetone', version: '1' };
  expect(encodeSpans({ 'service.name': 'x' }, scope, [span])).toEqual(OF_OPENTELEMETRY);
});

test('a span does not end before it starts', () => {
  const span = startSpan({ name: 'a', kind: 'internal', startedAt: 2, attributes: {} });
  span.endedAt = 1;
  const [encoded] = encodeSpans({}, { name: '', version: '' }, [span]).resourceSpans[0]!.scopeSpans[0]!.spans;
  expect(encoded!.endTimeUnixNano).toBe(encoded!.startTimeUnixNano);
});
