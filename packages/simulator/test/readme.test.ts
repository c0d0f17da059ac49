import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DEEPGRAM_BEHAVIOUR, DEEPGRAM_CHOICES } from '../src/deepgram/behaviour.ts';
import { VAPI_BEHAVIOUR, VAPI_CHOICES } from '../src/vapi/behaviour.ts';
import { VOBIZ_BEHAVIOUR, VOBIZ_CHOICES } from '../src/vobiz/behaviour.ts';

const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

/** Returns the rows of the table under a heading: option, default as JSON, description. */
function tableUnder(heading: string): Record<string, { value: unknown; text: string }> {
  const section = README.split(/^#+ /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  const rows = [...section.matchAll(/^\| `(\w+)`\s*\| `(.+?)`\s*\| (.+?)\s*\|$/gm)];
  return Object.fromEntries(
    rows.map(([, name = '', value = '', text = '']) => [name, { value: JSON.parse(value), text }]),
  );
}

describe('the README', () => {
  it.each([
    ['Behaviour of Vapi', VAPI_BEHAVIOUR],
    ['Behaviour of Vobiz', VOBIZ_BEHAVIOUR],
    ['Behaviour of Deepgram', DEEPGRAM_BEHAVIOUR],
  ])('lists under "%s" every option with its default', (heading, behaviour) => {
    const listed = Object.entries(tableUnder(heading)).map(([name, { value }]) => [name, value]);
    expect(listed).toEqual(Object.entries(behaviour));
  });

  it.each([
    ['Behaviour of Vapi', VAPI_CHOICES],
    ['Behaviour of Vobiz', VOBIZ_CHOICES],
    ['Behaviour of Deepgram', DEEPGRAM_CHOICES],
  ])('lists under "%s" every value of an option with a fixed set of values', (heading, choices) => {
    const table = tableUnder(heading);
    for (const [option, values] of Object.entries(choices)) {
      for (const value of values) expect(`${option}: ${table[option]?.text}`).toContain(`\`${value}\``);
    }
  });
});
