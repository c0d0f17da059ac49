import { describe, expect, test } from 'vitest';
import { DEFAULT_VIEW, formatView, isWall, parseView, wallHref } from '../page/board/view/board-view.ts';
import { COLUMN_IDS, gridOf, orderedColumns } from '../page/board/view/columns.ts';
import { pageOf } from '../page/wall/wall-pages.ts';

describe('the view of the board', () => {
  test('is in the URL without what is the default', () => {
    expect(formatView(DEFAULT_VIEW)).toBe('');
    expect(parseView('')).toEqual(DEFAULT_VIEW);
  });

  test('returns from the URL as it was', () => {
    const view = parseView(
      'text=5550042&provider=vapi&assistant=Anna+B&status=RINGING&sort=attention&columns=call,tags&density=compact',
    );
    expect(view).toMatchObject({
      filter: {
        text: '5550042',
        provider: 'vapi',
        assistant: 'Anna B',
        status: 'RINGING',
        sort: 'attention',
      },
      columns: ['call', 'tags'],
      density: 'compact',
    });
    expect(parseView(formatView(view))).toEqual(view);
  });

  test('ignores values that are not valid', () => {
    expect(parseView('status=toString&sort=constructor&columns=x,y&density=1')).toEqual({
      ...DEFAULT_VIEW,
      columns: ['call'],
    });
  });

  test('is the same on the wall screen', () => {
    const search = wallHref('provider=vapi').slice(2);
    expect(isWall(search)).toBe(true);
    expect(isWall('provider=vapi')).toBe(false);
    expect(formatView(parseView(search))).toBe('provider=vapi');
    expect(wallHref('')).toBe('/?wall');
  });
});

describe('the columns', () => {
  test('have their own order, and the call is always shown', () => {
    expect(orderedColumns(['line', 'time'])).toEqual(['call', 'time', 'line']);
    expect(orderedColumns([])).toEqual(['call']);
  });

  test('have a track each, beside those of the selection and the actions', () => {
    expect(gridOf(COLUMN_IDS).match(/minmax\([^)]*\)|\S+/g)!.length).toBe(COLUMN_IDS.length + 2);
  });
});

describe('a wall screen', () => {
  const calls = ['a', 'b', 'c', 'd', 'e'];
  test.each([
    [0, ['a', 'b'], 1],
    [1, ['c', 'd'], 2],
    [2, ['e'], 3],
    [3, ['a', 'b'], 1],
  ])('shows the next page in turn %d', (turn, expected, page) => {
    expect(pageOf(calls, 2, turn)).toEqual({ calls: expected, page, pages: 3 });
  });

  test('has one page if all calls fit, and if there are none', () => {
    expect(pageOf(calls, 5, 7)).toMatchObject({ calls, pages: 1 });
    expect(pageOf([], 0, 7)).toEqual({ calls: [], page: 1, pages: 1 });
  });
});
