/**
 * Finds tables that are indexed by a text that a stranger may choose. `TABLE[text]` also finds inherited names such as
 * `constructor`, so plugins and the packages they use look texts up with `getOwn` or after `Object.hasOwn`.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { filesBelow } from './support/files.ts';

const FOLDERS = [
  'packages/plugin-kit/src',
  'packages/plugin-deepgram/src',
  'packages/plugin-vapi/src',
  'packages/plugin-vobiz/src',
  'packages/testkit/src',
  'examples',
];

/** Lookups whose key cannot be chosen, with the reason. */
const SAFE: Readonly<Record<string, string>> = {
  'examples/echo-provider/index.js: HANDLERS[String(event)]': 'after Object.hasOwn',
  'packages/plugin-deepgram/src/channels.ts: counters[name]': 'a name of the plugin',
  'packages/testkit/src/speech/spoken-call.ts: words[party]': 'a party',
  'packages/plugin-kit/src/audio/wav.ts: READERS[`${kind}/${bits}`]': 'both are numbers',
  'packages/plugin-kit/src/request-provider.ts: STATUS_CODES[response.status]': 'a number',
  'packages/plugin-kit/src/tolerant-json.ts: table[key]': 'this is getOwn',
  'packages/plugin-vapi/src/control/control-messages.ts: HANDOFF_TARGETS[targets[0]!]': 'a key of the table',
  'packages/plugin-vapi/src/webhook/default-responses.ts: DEFAULT_RESPONSES[type]': 'after Object.hasOwn',
  'packages/plugin-vobiz/src/answer/answer-xml.ts: ENTITIES[character]': 'matched by a pattern of the keys',
  'packages/plugin-vobiz/src/ingress.ts: ROUTES[path]': 'after Object.hasOwn',
  'packages/plugin-vobiz/src/stream/inbound-stream.ts: ENCODINGS[encoding]': 'after Object.hasOwn',
};

/** A table with any text or number as its key, in TypeScript or as a JSDoc type of the next line. */
const TABLES = [
  /\b(\w+)\??: (?:Readonly<)?Record<(?:string|number),/g,
  /Record<string, [^\n]*\*\/\s*(?:export )?const (\w+) =/g,
];

function lookupsIn(file: string): readonly string[] {
  const text = readFileSync(file, 'utf8');
  const names = new Set(TABLES.flatMap((table) => [...text.matchAll(table)].map(([, name]) => name!)));
  return [...names].flatMap((name) =>
    [...text.matchAll(new RegExp(String.raw`\b${name}\[(?!['"\d])((?:[^\]\n[]|\[\d+\])+)\]`, 'g'))].map(
      ([lookup]) => `${file}: ${lookup}`,
    ),
  );
}

const sources = FOLDERS.flatMap((folder) => filesBelow(folder)).filter(
  (file) => /\.(ts|js|mjs)$/.test(file) && !/node_modules|\.test\./.test(file),
);

test('tables are read by own properties only', () => {
  expect(sources.length).toBeGreaterThan(100);
  const lookups = [...new Set(sources.flatMap(lookupsIn))];
  expect(lookups.filter((lookup) => !Object.hasOwn(SAFE, lookup))).toEqual([]);
  expect(Object.keys(SAFE).filter((lookup) => !lookups.includes(lookup))).toEqual([]);
});
