import { describe, expect, test } from 'vitest';
import { isSampled, parentOf, startSpan } from '../../src/tracing/span.ts';
import { TraceClock } from '../../src/tracing/trace-clock.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

describe('parentOf', () => {
  test.each([`00-${TRACE}-${SPAN}-01`, `00-${TRACE}-${SPAN}-00`, `01-${TRACE}-${SPAN}-01-future`])(
    'reads %s',
    (header) => expect(parentOf(header)).toEqual({ traceId: TRACE, spanId: SPAN }),
  );

  test.each([
    undefined,
    ['two'],
    '',
    `ff-${TRACE}-${SPAN}-01`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE}-${SPAN}`,
    `00-${TRACE}-${SPAN}-01x`,
    `${'0'.repeat(100_000)}-`,
  ])('ignores an invalid header: %s', (header) => expect(parentOf(header)).toBeUndefined());
});

test('a span without a parent begins a trace', () => {
  const start = { name: 'a', kind: 'internal', startedAt: 0, attributes: {} } as const;
  const [first, second] = [startSpan(start), startSpan(start)];
  expect(first.traceId).not.toBe(second.traceId);
  expect(startSpan({ ...start, parent: first })).toMatchObject({
    traceId: first.traceId,
    parentId: first.spanId,
  });
});

test('0 and 1 are no and all traces', () => {
  const highest = { traceId: 'f'.repeat(32) };
  const lowest = { traceId: '0'.repeat(32) };
  expect([isSampled(lowest, 0), isSampled(highest, 1)]).toEqual([false, true]);
});

test('the clock has the resolution of the monotonic one, and follows a wall clock that is set', () => {
  const times = { now: 1000, elapsed: 5.25 };
  const clock = new TraceClock({ now: () => times.now, elapsed: () => times.elapsed });
  expect(clock.time()).toBe(1000);
  Object.assign(times, { now: 1001, elapsed: 6.75 });
  expect(clock.time()).toBe(1001.5);
  times.now += 60_000;
  expect(clock.time()).toBe(61_001);
});
