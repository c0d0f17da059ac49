import { expect, test } from 'vitest';
import { quoteUnknown } from '../../src/events/nearest-name.ts';

const KNOWN = ['call.started', 'call.ended', 'dtmf', 'notice'];

test.each([
  ['call.strated', ' "call.strated", did you mean "call.started"?'],
  ['Call.Ended', ' "Call.Ended", did you mean "call.ended"?'],
  ['call_ended', ' "call_ended", did you mean "call.ended"?'],
  ['dtfm', ' "dtfm", did you mean "dtmf"?'],
  ['x', ' "x"'],
  ['speech', ' "speech"'],
  ['', ''],
  ['a text of a caller', ''],
  ['x'.repeat(41), ''],
  [42, ''],
])('%j becomes %j', (name, expected) => {
  expect(quoteUnknown(name, KNOWN)).toBe(expected);
});

test('nothing is suggested without known names', () => {
  expect(quoteUnknown('name', [])).toBe(' "name"');
});
