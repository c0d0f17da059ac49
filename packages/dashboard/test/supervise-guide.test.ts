/** Compares the guide for supervisors with what the page offers. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { DEFAULT_THRESHOLDS, RULE_IDS, RULES } from '../page/attention/rules.ts';
import { SHORTCUTS } from '../page/shortcuts/shortcuts.ts';

const GUIDE = new URL('../../../docs/guide/supervise.md', import.meta.url);
const rows = readFileSync(GUIDE, 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('|') && !line.startsWith('| -'))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
const below = (title: string, count: number): string[][] => {
  const head = rows.findIndex(([first]) => first === title);
  return rows.slice(head + 1, head + 1 + count);
};

test('the guide lists every shortcut', () => {
  const listed = below('Keys', rows.length);
  expect(listed).toEqual(
    Object.values(SHORTCUTS).map(({ keys, text, group }) => [
      keys
        .split(' ')
        .map((key) => `\`${key}\``)
        .join(' '),
      text,
      group,
    ]),
  );
});

test('the guide lists every rule of attention with its first threshold', () => {
  expect(below('Rule', RULE_IDS.length)).toEqual(
    RULE_IDS.map((id) => {
      const { isOn, value } = DEFAULT_THRESHOLDS[id];
      const { label, unit } = RULES[id];
      return [label, isOn ? `${value} ${unit}` : `off (${value} ${unit})`];
    }),
  );
});
