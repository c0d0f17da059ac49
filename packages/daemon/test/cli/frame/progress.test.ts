import { describe, expect, test } from 'vitest';
import { createProgressLine } from '../../../src/cli/frame/progress.ts';

/** Returns what is written for updates and an end. */
function written(isTTY: boolean, updates: readonly string[], end: string): string {
  let text = '';
  const write = (chunk: string | Uint8Array): boolean => ((text += String(chunk)), true);
  const line = createProgressLine({ isTTY, write });
  for (const update of updates) line.update(update);
  line.end(end);
  return text;
}

describe('the progress of a command', () => {
  test('is one line on a terminal, without remains of longer texts', () => {
    expect(written(true, ['12 calls, back to 2026', '13 calls'], 'done')).toBe(
      '\r12 calls, back to 2026\r13 calls              \rdone                  \n',
    );
  });

  test('is lines without carriage returns in a file, and not one for each update', () => {
    const updates = Array.from({ length: 61 }, (_, n) => `${n} calls`);
    expect(written(false, updates, 'done: 61 calls')).toBe('0 calls\n30 calls\n60 calls\ndone: 61 calls\n');
  });
});
