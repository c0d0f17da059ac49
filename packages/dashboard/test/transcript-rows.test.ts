import { expect, test } from 'vitest';
import type { Line } from '../page/call/call-timeline.ts';
import { estimatedPx, findLines, rowsOf, TURN_PAUSE_MS } from '../page/call/transcript/rows.ts';

const line = (id: string, change: Partial<Line> = {}): Line => ({
  id,
  party: 'CUSTOMER',
  text: id,
  at: '2026-01-05T09:00:00.000Z',
  startMs: null,
  endMs: null,
  confidence: null,
  addedBy: null,
  ...change,
});

/** Whether each line starts a turn; lines take a second each, one after the other. */
function startsOf(...lines: Line[]): boolean[] {
  const spans = lines.map(({ id, startMs }, i) => {
    const fromMs = startMs ?? i * 1000;
    return { id, fromMs, toMs: fromMs + 1000 };
  });
  return rowsOf(lines, spans).map(({ isFirst }) => isFirst);
}

test('consecutive lines of one party are a turn', () => {
  expect(startsOf(line('a'), line('b'), line('c', { party: 'ASSISTANT' }), line('d'))).toEqual([
    true,
    false,
    true,
    true,
  ]);
});

test('lines of another source are another turn', () => {
  expect(startsOf(line('a'), line('b', { addedBy: 'bot' }), line('c'))).toEqual([true, true, true]);
});

test('a speaker who continues after a pause starts a new turn', () => {
  const after = (pauseMs: number) => line('b', { startMs: 1000 + pauseMs });
  expect(startsOf(line('a'), after(TURN_PAUSE_MS - 1))).toEqual([true, false]);
  expect(startsOf(line('a'), after(TURN_PAUSE_MS))).toEqual([true, true]);
});

test('the estimated height grows with the text and includes the name of the speaker', () => {
  const px = (text: string, isFirst = false) =>
    estimatedPx({ line: line('a', { text }), fromMs: 0, isFirst });
  expect(px('x'.repeat(300))).toBeGreaterThan(px('x'));
  expect(px('x', true)).toBeGreaterThan(px('x'));
});

test('finds lines in any case, in their order', () => {
  const lines = [line('Ärger'), line('b'), line('ärgerlich')];
  expect(findLines(lines, ' ÄRGER ')).toEqual(['Ärger', 'ärgerlich']);
  expect(findLines(lines, ' ')).toEqual([]);
});
