import { expect, test } from 'vitest';
import { linkTarget, positionOf } from '../page/call/call-link.ts';

const SPANS = [
  { id: 'a', fromMs: 0, toMs: 900 },
  { id: 'b', fromMs: 2500, toMs: 4000 },
];

test.each([
  ['line=b', 2500],
  ['line=missing', undefined],
  ['at=90', 90_000],
  ['at=0', 0],
  ['at=-1', undefined],
  ['at=1e9', undefined],
  ['line=b&at=90', 2500],
  ['', undefined],
])('a link with %j leads to %s ms', (search, ms) => {
  expect(positionOf(linkTarget(search), SPANS)).toBe(ms);
});
