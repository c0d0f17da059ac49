import assert from 'node:assert/strict';
import { it } from 'node:test';
import { eventsOf } from './translate.js';

it('translates speech of the caller into a final utterance', () => {
  const message = {
    call: 'a-1',
    event: 'said',
    at: '2026-01-05T09:00:04Z',
    by: 'caller',
    text: 'Hi',
    line: 3,
  };
  assert.deepEqual(eventsOf(message, 0), [
    {
      providerCallId: 'a-1',
      occurredAt: Date.UTC(2026, 0, 5, 9, 0, 4),
      type: 'utterance.final',
      party: 'CUSTOMER',
      text: 'Hi',
      dedupeKey: 'line:3',
    },
  ]);
});

it('ignores an unknown message, and one without a call', () => {
  assert.deepEqual(eventsOf({ call: 'a-1', event: 'weather' }, 0), []);
  assert.deepEqual(eventsOf({ event: 'answered' }, 0), []);
});
