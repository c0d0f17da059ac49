/** Generates the table of `sidetone control` from the printed schema: every mutation that requires the scope control. */
import {
  buildSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLOutputType,
} from 'graphql';
import { format } from 'prettier';
import type { ControlMutation, ControlOption } from '../../packages/daemon/src/cli/controls/mutation.ts';
import { scopeOf } from '../../packages/daemon/src/graphql/guard/access.ts';
import { read } from './documents.ts';

/** The fields of inner objects that a command prints. */
const SHOWN = new Set(['id', 'status', 'code', 'message', 'retryable', 'state', 'cursor']);
/** A token without the scope read may only see the id of a call. */
const isShown = (type: string, field: string): boolean =>
  type === 'Call' ? field === 'id' : SHOWN.has(field);

const HEAD = `/** The control mutations, generated from the schema: \`npx vitest run test/control-mutations -u\`. */
import type { ControlMutation } from './mutation.ts';

export const CONTROL_MUTATIONS: readonly ControlMutation[] = `;

/** Returns the source of the table. */
export function controlMutations(): Promise<string> {
  const schema = buildSchema(read('docs/reference/schema.graphql'));
  const fields = Object.values(schema.getMutationType()!.getFields());
  const table = fields.filter(({ name }) => scopeOf('Mutation', name) === 'CONTROL').map(mutationOf);
  return format(`${HEAD}${JSON.stringify(table)};`, {
    parser: 'typescript',
    singleQuote: true,
    printWidth: 110,
  });
}

function mutationOf({ name, description, args, type }: GraphQLField<unknown, unknown>): ControlMutation {
  const [argument] = args;
  const input = argument && getNamedType(argument.type);
  const isInput = args.length === 1 && isInputObjectType(input);
  return {
    name,
    description: firstSentence(description),
    inputType: isInput ? input.name : null,
    selection: selectionOf(type),
    options: (isInput ? Object.values(input.getFields()) : args).map(optionOf),
  };
}

function optionOf(field: GraphQLInputField | GraphQLArgument): ControlOption {
  const type = isNonNullType(field.type) ? field.type.ofType : field.type;
  const named = getNamedType(type);
  return {
    name: field.name,
    description: firstSentence(field.description),
    type: named.name,
    declared: field.type.toString(),
    isRequired: isNonNullType(field.type) && field.defaultValue === undefined,
    isList: isListType(type),
    ...(field.defaultValue !== undefined && { initial: field.defaultValue as string | boolean }),
    ...(isEnumType(named) && { choices: named.getValues().map((value) => value.name) }),
  };
}

function selectionOf(type: GraphQLOutputType): string {
  const named = getNamedType(type);
  if (!isObjectType(named)) return '';
  const fields = Object.values(named.getFields()).filter((field) => field.args.length === 0);
  // A payload is shown as a whole, an entity by a few fields.
  const isPayload = named.name.endsWith('Payload');
  const parts = fields.flatMap((field) => {
    const inner = getNamedType(field.type);
    if (isLeafType(inner)) return isPayload || isShown(named.name, field.name) ? [field.name] : [];
    if (!isPayload || !isObjectType(inner)) return [];
    const names = Object.keys(inner.getFields()).filter((each) => isShown(inner.name, each));
    return names.length === 0 ? [] : [`${field.name} { ${names.join(' ')} }`];
  });
  return `{ ${parts.join(' ')} }`;
}

const firstSentence = (text: string | null | undefined): string => (text ?? '').split(/\.(?:\s|$)/)[0]!;
