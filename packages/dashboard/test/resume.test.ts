import { expect, test } from 'vitest';
import { resumable } from '../page/api/resume.ts';

const EVENTS = 'subscription E($after: Cursor) { callEvents(after: $after) { cursor } }';
const LIVE = 'subscription L { liveCalls { ... on LiveCallChanged { cursor } } }';
const item = (field: string, value: unknown) => ({ data: { [field]: value } });

function follow(query: string, variables?: Record<string, unknown>) {
  const given: unknown[] = [];
  const sink = { next: (result: unknown) => void given.push(result), error() {}, complete() {} };
  return { given, ...resumable({ query, ...(variables && { variables }) }, sink) };
}

test('after a drop, a subscription is asked for behind the last cursor that it gave', () => {
  const { payload, sink, given } = follow(EVENTS, { after: '1' });
  sink.next(item('callEvents', { cursor: '7' }));
  sink.next(item('callEvents', { cursor: '9' }));
  expect(payload.variables).toEqual({ after: '9' });
  expect(given).toHaveLength(2);
});

test('what has no cursor, as a partial or an error, leaves the place as it was', () => {
  const { payload, sink } = follow(EVENTS);
  sink.next(item('callEvents', { cursor: '7' }));
  sink.next(item('callEvents', { cursor: null }));
  sink.next({ errors: [] });
  sink.next({ data: null });
  expect(payload.variables).toEqual({ after: '7' });
});

test('one that cannot be resumed begins anew with its own variables', () => {
  const { payload, sink } = follow(LIVE, { filter: {} });
  sink.next(item('liveCalls', { cursor: '7' }));
  expect(payload.variables).toEqual({ filter: {} });
});

test('the variables of whoever asked are left alone', () => {
  const own = { after: '1' };
  const { sink } = follow(EVENTS, own);
  sink.next(item('callEvents', { cursor: '7' }));
  expect(own).toEqual({ after: '1' });
});
