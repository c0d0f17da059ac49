/** The colours of texts have enough contrast on every background that they can have, in both themes. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const css = readFileSync(new URL('../page/styles/tokens.css', import.meta.url), 'utf8');

type Colours = Readonly<Record<string, string>>;
const coloursIn = (block: string): Colours =>
  Object.fromEntries(
    [...block.matchAll(/--([\w-]+): (#[\da-f]{6});/g)].map(([, name, value]) => [name, value]),
  );
const [light, systemDark, dark] = css
  .split(/:root[^{]*\{/)
  .slice(1)
  .map(coloursIn) as [Colours, Colours, Colours];

function luminanceOf(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((i) => {
    const value = Number.parseInt(colour.slice(i, i + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [low, high] = [luminanceOf(one), luminanceOf(other)].toSorted((a, b) => a - b) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

const TEXTS = ['ink', 'ink-2', 'ink-3', 'accent', 'customer', 'assistant', 'good', 'bad', 'warn'];
const BACKGROUNDS = ['ground', 'surface', 'surface-2'];
/** Texts on a background of their own. */
const PAIRS = [
  ...['accent', 'customer', 'assistant', 'good', 'bad', 'warn'].map(
    (name) => [name, `${name}-soft`] as const,
  ),
  ['accent-ink', 'accent'],
  ['ink', 'mark'],
  ['ink-2', 'surface-3'],
] as const;

test.each([
  ['light', light],
  ['dark', dark],
])('texts have a contrast of 4.5 in the %s theme', (_name, colours) => {
  const pairs = [...TEXTS.flatMap((text) => BACKGROUNDS.map((back) => [text, back] as const)), ...PAIRS];
  const low = pairs
    .map(([text, back]) => [text, back, contrast(colours[text]!, colours[back]!).toFixed(2)] as const)
    .filter(([, , ratio]) => !(Number(ratio) >= 4.5));
  expect(low).toEqual([]);
});

test('the dark theme is the same if the user or the system chose it', () => {
  expect(systemDark).toEqual(dark);
});
