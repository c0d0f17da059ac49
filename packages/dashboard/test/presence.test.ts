import { expect, test } from 'vitest';
import { namesText, othersOf } from '../page/presence/presence.ts';

const named = (...names: string[]) => names.map((name) => ({ name }));
const none = { name: 'ana', isListening: false, isViewing: false };

test('does not list what the user of the page does', () => {
  const attendance = { listeners: named('ana', 'ben'), viewers: named('ana', 'cem') };
  const own = { ...none, isListening: true, isViewing: true };
  expect(othersOf(attendance, own)).toEqual({ listeners: ['ben'], viewers: ['cem'] });
});

test('lists a second person with the same token', () => {
  const attendance = { listeners: [], viewers: named('ana', 'ana') };
  expect(othersOf(attendance, { ...none, isViewing: true }).viewers).toEqual(['ana']);
  expect(othersOf(attendance, none).viewers).toEqual(['ana', 'ana']);
});

test('lists a listener once', () => {
  const attendance = { listeners: named('ben'), viewers: named('ben', 'cem') };
  expect(othersOf(attendance, none)).toEqual({ listeners: ['ben'], viewers: ['cem'] });
});

test.each([
  [['ana'], 'ana'],
  [['ana', 'ben', 'ana'], 'ana (2), ben'],
  [['a', 'b', 'c', 'd', 'e'], 'a, b, c and 2 more'],
])('names %j as %s', (names, text) => expect(namesText(names)).toBe(text));
