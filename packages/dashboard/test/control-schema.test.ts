/** Every mutation of the schema that acts on a call, and each of its arguments, can be reached from the page. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, getNamedType, isInputObjectType, print, type GraphQLField } from 'graphql';
import { expect, test } from 'vitest';
import {
  captureControl,
  controlOf,
  CONTROLS,
  PAUSE_CONTROL,
  type Capability,
  type Control,
} from '../page/call/controls/control-table.ts';
import type { Field } from '../page/ui/form/fields.ts';

const schema = buildSchema(
  readFileSync(join(import.meta.dirname, '../../../docs/reference/schema.graphql'), 'utf8'),
);
const mutations = Object.values(schema.getMutationType()!.getFields());

/** Mutations that the page does not offer, and why. */
const NOT_OFFERED: Readonly<Record<string, string>> = {
  addUtterance: 'for voice agents with a speech recogniser of their own',
  deleteCall: 'replaced by eraseCall',
  eraseCommand: 'for commands without a call, on the command line',
};

/** Arguments with a default that the page always uses. */
const DEFAULTS = new Set(['eraseNumber.limit']);

const CALL = { direction: null, from: null, to: null, assistant: null } as const;
const CALLS = [[], ['ASSISTANT']].map((mutedParties) => ({ ...CALL, mutedParties: mutedParties as never[] }));
const CONTROL_LIST: readonly Control[] = [
  ...CALLS.flatMap((call) =>
    (Object.keys(CONTROLS) as Capability[]).flatMap((capability) => controlOf(capability, call) ?? []),
  ),
  captureControl({ capturePause: null }),
  captureControl({ capturePause: {} }),
  PAUSE_CONTROL,
];

/** Values of fields that are sent as one argument or another, by what they are. */
const SAMPLES: Readonly<Record<string, readonly string[]>> = {
  destination: ['+15005550001', 'sip:desk@example.com'],
  target: ['asst_1', 'wss://example.com/agent', '{"model":"x"}'],
};
const samplesOf = ({ name, kind }: Field): readonly (string | boolean)[] =>
  kind === 'check'
    ? [true]
    : (SAMPLES[name] ?? [kind === 'json' ? '{"a":1}' : kind === 'number' ? '60' : 'x']);

/** The arguments that a control sends, over all ways to fill its fields. */
function argumentsOf({ fields, request }: Control): string[] {
  const rounds = Math.max(1, ...fields.map((field) => samplesOf(field).length));
  return Array.from({ length: rounds }, (_, i) => {
    const values = fields.map((field) => {
      const samples = samplesOf(field);
      return [field.name, samples[Math.min(i, samples.length - 1)]!] as const;
    });
    return Object.keys(request(Object.fromEntries(values)).input);
  }).flat();
}

/** The mutation of a control, and the arguments that all controls of it send. */
const sent = new Map<string, Set<string>>();
for (const control of CONTROL_LIST) {
  const document = print(control.request({ maxSeconds: '', assistant: '' }).document);
  const name = /outcome: (\w+)/.exec(document)![1]!;
  sent.set(name, new Set([...(sent.get(name) ?? []), ...argumentsOf(control)]));
}

/** Arguments that the page adds itself. */
const ADDED = new Set(['callId', 'idempotencyKey']);

const inputsOf = (field: GraphQLField<unknown, unknown>): string[] => {
  const input = getNamedType(field.args.find(({ name }) => name === 'input')!.type);
  return isInputObjectType(input) ? Object.keys(input.getFields()) : [];
};

const isControl = ({ name, type }: GraphQLField<unknown, unknown>): boolean =>
  getNamedType(type).name === 'CommandPayload' && name !== 'placeCall';

test.each(mutations.filter(isControl).map((field) => [field.name, field] as const))(
  'every argument of %s can be entered',
  (name, field) => {
    const missing = inputsOf(field).filter((input) => !ADDED.has(input) && !sent.get(name)?.has(input));
    expect(missing).toEqual([]);
  },
);

/** The text of all documents of the page. */
const PAGE = join(import.meta.dirname, '../page');
const documents = readdirSync(PAGE, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('documents.ts'))
  .map((file) => readFileSync(join(PAGE, file), 'utf8'))
  .join('\n');

/** Returns the text of the mutation in the documents of the page, or undefined if none uses it. */
const useOf = (name: string): string | undefined =>
  new RegExp(`mutation \\w+(?:\\([^)]*\\))? \\{\\s*(?:\\w+: )?${name}\\b[^{]*`).exec(documents)?.[0];

test('every mutation is used by a page, or is listed with the reason why not', () => {
  const unused = mutations.map(({ name }) => name).filter((name) => useOf(name) === undefined);
  expect(unused.filter((name) => !(name in NOT_OFFERED))).toEqual([]);
  expect(Object.keys(NOT_OFFERED).filter((name) => useOf(name) !== undefined)).toEqual([]);
});

test('every argument of the mutations that are used is used', () => {
  const missing = mutations.flatMap(({ name, args }) => {
    const text = useOf(name);
    return args
      .filter((argument) => text !== undefined && !new RegExp(`\\b${argument.name}: \\$`).test(text))
      .map((argument) => `${name}.${argument.name}`)
      .filter((argument) => !DEFAULTS.has(argument));
  });
  expect(missing).toEqual([]);
});
