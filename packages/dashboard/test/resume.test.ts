import { expect, test } from 'vitest';
import { resumable } from '../page/api/resume.ts';

const EVENTS = 'subscription E($after: Cursor) { callEvents(after: $after) { cursor } }';
const LIVE = 'subscription L { liveCalls { ... on LiveCallChanged { cursor } } }';
const item = (field: string, value: unknown) => ({ data: { [field]: value } });

function follow(query: string, variables?: Record<string, unknown>) {
  const received: unknown[] = [];
  const sink = { next: (result: unknown) => void received.push(result), error() {}, complete() {} };
  return { received, ...resumable({ query, ...(variables && { variables }) }, sink) };
}

test('resumes a subscription after the last cursor that it delivered', () => {
  const { payload, sink, received } = follow(EVENTS, { after: '1' });
  sink.next(item('callEvents', { cursor: '7' }));
  sink.next(item('callEvents', { cursor: '9' }));
  expect(payload.variables).toEqual({ after: '9' });
  expect(received).toHaveLength(2);
});

test('keeps the cursor when an item has none, such as a partial or an error', () => {
  const { payload, sink } = follow(EVENTS);
  sink.next(item('callEvents', { cursor: '7' }));
  sink.next(item('callEvents', { cursor: null }));
  sink.next({ errors: [] });
  sink.next({ data: null });
  expect(payload.variables).toEqual({ after: '7' });
});

test('restarts a subscription without $after with its original variables', () => {
  const { payload, sink } = follow(LIVE, { filter: {} });
  sink.next(item('liveCalls', { cursor: '7' }));
  expect(payload.variables).toEqual({ filter: {} });
});

test('does not change the variables of the caller', () => {
  const own = { after: '1' };
  const { sink } = follow(EVENTS, own);
  sink.next(item('callEvents', { cursor: '7' }));
  expect(own).toEqual({ after: '1' });
});
