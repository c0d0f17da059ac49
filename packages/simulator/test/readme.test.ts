import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DEEPGRAM_BEHAVIOUR, DEEPGRAM_CHOICES } from '../src/deepgram/behaviour.ts';
import { VAPI_BEHAVIOUR, VAPI_CHOICES } from '../src/vapi/behaviour.ts';
import { VOBIZ_BEHAVIOUR, VOBIZ_CHOICES } from '../src/vobiz/behaviour.ts';

const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

/** The rows of the table under a heading: a dial, its default as JSON, and what it does. */
function tableUnder(heading: string): Record<string, { value: unknown; text: string }> {
  const section = README.split(/^#+ /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  const rows = [...section.matchAll(/^\| `(\w+)`\s*\| `(.+?)`\s*\| (.+?)\s*\|$/gm)];
  return Object.fromEntries(
    rows.map(([, name = '', value = '', text = '']) => [name, { value: JSON.parse(value), text }]),
  );
}

describe('the README', () => {
  it.each([
    ['Dials of Vapi', VAPI_BEHAVIOUR],
    ['Dials of Vobiz', VOBIZ_BEHAVIOUR],
    ['Dials of Deepgram', DEEPGRAM_BEHAVIOUR],
  ])('lists under "%s" every dial with its default, and no other', (heading, behaviour) => {
    const listed = Object.entries(tableUnder(heading)).map(([name, { value }]) => [name, value]);
    expect(listed).toEqual(Object.entries(behaviour));
  });

  it.each([
    ['Dials of Vapi', VAPI_CHOICES],
    ['Dials of Vobiz', VOBIZ_CHOICES],
    ['Dials of Deepgram', DEEPGRAM_CHOICES],
  ])('names under "%s" every value of a dial that has few', (heading, choices) => {
    const table = tableUnder(heading);
    for (const [dial, values] of Object.entries(choices)) {
      for (const value of values) expect(`${dial}: ${table[dial]?.text}`).toContain(`\`${value}\``);
    }
  });
});
