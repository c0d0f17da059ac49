import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { belongsToTarget, createMatcher, SEQUENCE_MS, SHORTCUTS } from '../page/shortcuts/shortcuts.ts';

describe('the shortcuts', () => {
  test('are found by one key, or by two keys in time', () => {
    const match = createMatcher();
    expect(match('?', 0)).toBe('help');
    expect(match(' ', 0)).toBe('playPause');
    expect([match('g', 0), match('h', 100)]).toEqual([undefined, 'goHistory']);
    expect([match('g', 0), match('l', 100)]).toEqual([undefined, 'goLive']);
    // Without the first key, or too late after it, the second one is its own shortcut.
    expect(match('l', 200)).toBe('listen');
    expect([match('g', 0), match('l', SEQUENCE_MS)]).toEqual([undefined, 'listen']);
    expect([match('g', 0), match('z', 100), match('h', 200)]).toEqual([undefined, undefined, undefined]);
  });

  test('have different keys, and no key alone is the first one of a sequence', () => {
    const keys = Object.values(SHORTCUTS).map((shortcut) => shortcut.keys as string);
    expect(new Set(keys).size).toBe(keys.length);
    const first = keys.filter((each) => each.includes(' ')).map((each) => each.split(' ')[0]!);
    expect(keys.filter((each) => first.includes(each))).toEqual([]);
  });

  test('are all handled on some page', () => {
    const folder = join(import.meta.dirname, '../page');
    const handlers = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.tsx?$/.test(file))
      .flatMap((file) => [
        ...readFileSync(join(folder, file), 'utf8').matchAll(/useShortcuts\(\{(.*?)\}\);/gs),
      ])
      .map(([, text]) => text!)
      .join();
    const missing = Object.keys(SHORTCUTS).filter((id) => !new RegExp(`\\b${id}\\b`).test(handlers));
    expect(missing).toEqual([]);
  });
});

describe('a key press', () => {
  test.each([
    ['x', { tagName: 'INPUT', type: 'search' }],
    ['x', { tagName: 'INPUT', type: 'number' }],
    ['x', { tagName: 'TEXTAREA' }],
    ['x', { tagName: 'SELECT' }],
    ['x', { tagName: 'DIV', isContentEditable: true }],
    [' ', { tagName: 'BUTTON' }],
    [' ', { tagName: 'INPUT', type: 'checkbox' }],
    [' ', { tagName: 'SUMMARY' }],
  ])('%j belongs to %j', (key, target) => expect(belongsToTarget(key, target)).toBe(true));

  test.each([
    ['x', { tagName: 'INPUT', type: 'checkbox' }],
    ['x', { tagName: 'A' }],
    ['x', { tagName: 'BUTTON' }],
    [' ', { tagName: 'BODY' }],
    [' ', { tagName: 'DIV' }],
  ])('%j is a shortcut in %j', (key, target) => expect(belongsToTarget(key, target)).toBe(false));
});
