/**
 * The identity of a subscription: operations with the same key deliver the same results for the same events. Part of it are
 * the text, the name, the variables without the cursor, and the scopes of the viewer.
 */
import {
  getOperationAST,
  Kind,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type ArgumentNode,
  type DocumentNode,
  type ExecutionArgs,
  type GraphQLSchema,
} from 'graphql';
import type { Context } from '../context.ts';

/** The argument that says where a subscription starts. It does not affect the result of an event. */
const CURSOR_ARGUMENT = 'after';

/** The variables of a document that are used for the cursors of its subscriptions, and for nothing else. */
const CURSOR_VARIABLES = new WeakMap<DocumentNode, ReadonlySet<string>>();

/** Returns the key; undefined if the operation cannot be shared, because its text is not known. */
export function operationKey({
  schema,
  document,
  operationName,
  variableValues,
  contextValue,
}: ExecutionArgs): string | undefined {
  const text = document.loc?.source.body;
  const operation = getOperationAST(document, operationName);
  if (text === undefined || !operation) return undefined;
  const cursors = cursorVariables(schema, document);
  const variables = (operation.variableDefinitions ?? [])
    .map(({ variable }) => variable.name.value)
    .filter((name) => !cursors.has(name) && variableValues?.[name] !== undefined)
    .toSorted()
    .map((name) => [name, variableValues![name]]);
  const { scopes } = (contextValue as Context).viewer;
  return JSON.stringify([text, operation.name?.value, variables, [...scopes].toSorted()], sortKeys);
}

function cursorVariables(schema: GraphQLSchema, document: DocumentNode): ReadonlySet<string> {
  const known = CURSOR_VARIABLES.get(document);
  if (known) return known;
  const cursors = new Set<string>();
  const others = new Set<string>();
  const typeInfo = new TypeInfo(schema);
  const isCursor = (argument: ArgumentNode): boolean =>
    argument.name.value === CURSOR_ARGUMENT && typeInfo.getParentType() === schema.getSubscriptionType();
  visit(
    document,
    visitWithTypeInfo(typeInfo, {
      VariableDefinition: () => false,
      Argument(argument) {
        if (argument.value.kind !== Kind.VARIABLE || !isCursor(argument)) return undefined;
        cursors.add(argument.value.name.value);
        return false;
      },
      Variable: ({ name }) => void others.add(name.value),
    }),
  );
  const found = new Set([...cursors].filter((name) => !others.has(name)));
  CURSOR_VARIABLES.set(document, found);
  return found;
}

/** Makes the order of the fields of input objects irrelevant. */
function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
