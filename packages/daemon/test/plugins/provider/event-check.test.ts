import { PROVIDER_EVENT_TYPES } from '@sidetone/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mistakeIn } from '../../../src/plugins/provider/event-check.ts';
import { event } from '../../support/harness.ts';

describe('what a plugin emits is taken', () => {
  test.each([
    event('call.started', {}),
    event('call.status', { status: 'RINGING' }),
    event('call.ended', { end: { category: 'BUSY' } }),
    event('call.report', { summary: 'x' }),
    event('utterance.partial', { party: 'CUSTOMER', text: '' }),
    event('utterance.final', { party: 'CUSTOMER', text: 'x', startMs: 1 }),
    event('speech.started', { party: 'UNKNOWN' }),
    event('dtmf', { digits: '1' }),
    event('assistant.changed', { assistant: {} }),
    event('transfer.started', {}),
    event('notice', { code: 'X', message: 'x' }),
  ])('when it is an event: $type', (told) => {
    expect(mistakeIn(told)).toBeUndefined();
  });
});

describe('what a plugin emits is dropped, with the reason,', () => {
  const good = event('utterance.final', { party: 'CUSTOMER', text: 'x' });
  test.each([
    [null, 'it is not an object'],
    [{ ...good, type: 'call.exploded' }, 'its type is unknown'],
    [{ ...good, type: 'toString' }, 'its type is unknown'],
    [{ ...good, providerCallId: '' }, 'providerCallId is missing'],
    [{ ...good, occurredAt: 'now' }, 'occurredAt is not epoch milliseconds'],
    [{ ...good, occurredAt: Number.NaN }, 'occurredAt is not epoch milliseconds'],
    [{ ...good, party: 'THE_DOG' }, 'party is none of the parties'],
    [{ ...good, text: 42 }, 'text is not a text'],
    [{ ...good, startMs: 'x' }, 'startMs is not a number'],
    [{ ...good, dedupeKey: 1 }, 'dedupeKey is not a text'],
    [event('call.status', { status: 'FLYING' as never }), 'status is no call status'],
    [event('call.ended', {} as never), 'end.category is no end category'],
  ])('when it is none: %#', (told, mistake) => {
    expect(mistakeIn(told)).toBe(mistake);
  });

  test('whatever it is, without throwing', () => {
    const nearly = fc.record({
      type: fc.constantFrom(...PROVIDER_EVENT_TYPES, 'x'),
      providerCallId: fc.anything(),
      occurredAt: fc.anything(),
      party: fc.anything(),
      end: fc.anything(),
      details: fc.anything(),
    });
    fc.assert(fc.property(fc.oneof(fc.anything(), nearly), (told) => void mistakeIn(told)));
  });
});
