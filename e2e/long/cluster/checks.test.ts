/** The checks of the cluster find what they look for. */
import { expect, test } from 'vitest';
import {
  checkCommands,
  checkSequence,
  checkStored,
  type CommandAnswer,
  type CommandStatus,
} from './support/checks.ts';

const LOG = ['a', 'b', 'c', 'd'];

test.each([
  ['all events in order', ['a', 'b', 'c', 'd'], []],
  ['a missing event', ['a', 'c', 'd'], ['1 events missed: b']],
  ['a missing end', ['a', 'b', 'c'], ['1 events missed: d']],
  ['an event twice', ['a', 'b', 'b', 'c', 'd'], ['1 events received twice: b']],
  ['another order', ['a', 'c', 'b', 'd'], ['1 events received out of order: b']],
  [
    'an event that was never stored',
    ['a', 'b', 'x', 'c', 'd'],
    ['1 events received that are not in the log: x'],
  ],
])('a sequence with %s', (_name, received, problems) => {
  expect(checkSequence(received, LOG)).toEqual(problems);
});

test('acknowledged webhooks are stored once', () => {
  expect(checkStored(['a', 'b'], ['b', 'c', 'a'])).toEqual([]);
  expect(checkStored(['a', 'b'], ['a'])).toEqual(['1 acknowledged and not stored: b']);
  expect(checkStored(['a'], ['a', 'b', 'b'])).toEqual(['1 stored twice: b']);
});

/** A command `x` with a status, and how often the provider executed it. */
const problemsOf = (status: CommandStatus, executed: number, answer?: CommandAnswer): string[] =>
  checkCommands(
    [{ commandId: '1', status, text: 'x' }],
    new Map(executed > 0 ? [['x', executed]] : []),
    new Map(answer ? [['x', answer]] : []),
  );

test.each<[CommandAnswer, number]>([
  ['ACCEPTED', 1],
  ['CONFIRMED', 1],
  ['REFUSED', 0],
  ['UNKNOWN', 0],
  ['UNKNOWN', 1],
])('a command that is %s and was executed %i times is true', (status, executed) => {
  expect(problemsOf(status, executed, status)).toEqual([]);
});

test.each<[CommandStatus, number, string]>([
  ['CONFIRMED', 0, '1 commands whose status is wrong: x (1, CONFIRMED)'],
  ['ACCEPTED', 0, '1 commands whose status is wrong: x (1, ACCEPTED)'],
  ['REFUSED', 1, '1 commands whose status is wrong: x (1, REFUSED)'],
  ['REQUESTED', 0, '1 commands without an outcome: x (1, REQUESTED)'],
  ['UNKNOWN', 2, '1 executed twice: x'],
])('a command that is %s and was executed %i times is not', (status, executed, problem) => {
  expect(problemsOf(status, executed)).toEqual([problem]);
});

test('what senders were answered is true and stored', () => {
  expect(problemsOf('UNKNOWN', 0, 'CONFIRMED')).toEqual(['1 wrong answers: x (CONFIRMED)']);
  expect(problemsOf('UNKNOWN', 1, 'REFUSED')).toEqual(['1 wrong answers: x (REFUSED)']);
  expect(checkCommands([], new Map([['x', 1]]), new Map())).toEqual([
    '1 executed without a stored command: x',
  ]);
  expect(checkCommands([], new Map(), new Map([['x', 'UNKNOWN']]))).toEqual(['1 answered and not stored: x']);
  const twice = [1, 2].map((id) => ({ commandId: String(id), status: 'UNKNOWN' as const, text: 'x' }));
  expect(checkCommands(twice, new Map(), new Map())).toEqual(['1 stored twice: x']);
});
