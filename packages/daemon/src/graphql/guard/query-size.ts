/**
 * Measures a query before it is executed, in one walk over a valid document. A fragment is measured once for each page
 * size at which it is used, however often it is spread, so a query cannot make the measurement slow.
 */
import {
  getNamedType,
  getOperationAST,
  isCompositeType,
  isListType,
  getNullableType,
  isLeafType,
  isUnionType,
  Kind,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql';
import { IntrospectionWalk } from './introspection-size.ts';

/** The number of nodes on a page if neither `first` nor `last` is given. */
export const DEFAULT_PAGE_SIZE = 50;

export interface QuerySize {
  /** The depth of nested fields. */
  readonly depth: number;
  /** The number of aliases; those of a fragment count each time it is spread. */
  readonly aliases: number;
  /** The number of fields in the largest possible result. */
  readonly cost: number;
}

export interface Measured extends QuerySize {
  /** Whether it selects the schema. */
  readonly introspects: boolean;
}

export interface Measurable {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
  readonly variableValues?: Readonly<Record<string, unknown>> | null | undefined;
}

/** The assumed length of a list without paging arguments, such as the streams of a call or the providers. */
const LIST_LENGTH = 10;
const NOTHING: QuerySize = { depth: 0, aliases: 0, cost: 0 };

/**
 * Returns undefined if the document has no such operation: nothing is executed then.
 *
 * @param maxCost the cost above which a selection of the schema is not measured further: its cost is Infinity then.
 */
export function measure(query: Measurable, pageSize: number, maxCost = Infinity): Measured | undefined {
  const operation = getOperationAST(query.document, query.operationName);
  const root = operation && query.schema.getRootType(operation.operation);
  if (!operation || !root) return undefined;
  return new QueryWalk(query, operation, pageSize, maxCost).measure(operation.selectionSet, root);
}

class QueryWalk {
  readonly #query: Measurable;
  readonly #operation: OperationDefinitionNode;
  readonly #pageSize: number;
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #measured = new Map<string, QuerySize>();
  readonly #introspection: IntrospectionWalk;
  #introspects = false;

  constructor(query: Measurable, operation: OperationDefinitionNode, pageSize: number, maxCost: number) {
    this.#query = query;
    this.#operation = operation;
    this.#pageSize = pageSize;
    const fragments = query.document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
    this.#fragments = new Map(
      (fragments as FragmentDefinitionNode[]).map((fragment) => [fragment.name.value, fragment]),
    );
    this.#introspection = new IntrospectionWalk(query.schema, this.#fragments, maxCost);
  }

  measure(selections: SelectionSetNode, root: GraphQLCompositeType): Measured {
    const size = this.#selections(selections, root, LIST_LENGTH);
    return { ...size, introspects: this.#introspects };
  }

  /** @param page the length of lists in this selection: the page size within a connection. */
  #selections({ selections }: SelectionSetNode, parent: GraphQLCompositeType, page: number): QuerySize {
    let [depth, aliases, cost] = [0, 0, 0];
    for (const selection of selections) {
      const size = this.#selection(selection, parent, page);
      depth = Math.max(depth, size.depth);
      aliases += size.aliases;
      cost += size.cost;
    }
    return { depth, aliases, cost };
  }

  #selection(selection: SelectionNode, parent: GraphQLCompositeType, page: number): QuerySize {
    if (selection.kind === Kind.FIELD) return this.#field(selection, parent, page);
    if (selection.kind === Kind.FRAGMENT_SPREAD) return this.#spread(selection.name.value, page);
    return this.#selections(
      selection.selectionSet,
      this.#typeNamed(selection.typeCondition?.name.value) ?? parent,
      page,
    );
  }

  #spread(name: string, page: number): QuerySize {
    const key = `${name} ${page}`;
    const known = this.#measured.get(key);
    if (known) return known;
    const fragment = this.#fragments.get(name);
    const type = this.#typeNamed(fragment?.typeCondition.name.value);
    const size = fragment && type ? this.#selections(fragment.selectionSet, type, page) : NOTHING;
    this.#measured.set(key, size);
    return size;
  }

  #field(node: FieldNode, parent: GraphQLCompositeType, page: number): QuerySize {
    const name = node.name.value;
    const aliases = node.alias ? 1 : 0;
    const field = isUnionType(parent) ? undefined : parent.getFields()[name];
    if (!field) return this.#metaField(node, aliases, page);
    const type = getNamedType(field.type);
    const inner =
      node.selectionSet && isCompositeType(type)
        ? this.#selections(node.selectionSet, type, this.#pageOf(node, field))
        : NOTHING;
    const isList = isListType(getNullableType(field.type)) && !isLeafType(type);
    const count = isList ? this.#lengthOf(node, page) : 1;
    return {
      depth: 1 + inner.depth,
      aliases: aliases + inner.aliases,
      cost: count * (1 + inner.cost),
    };
  }

  /** Measures `__typename`, `__schema` and `__type`. */
  #metaField(node: FieldNode, aliases: number, page: number): QuerySize {
    const name = node.name.value;
    if (name === '__typename' || !node.selectionSet) return { depth: 1, aliases, cost: 1 };
    this.#introspects = true;
    const { schema } = this.#query;
    const [typeName, element] =
      name === '__schema'
        ? (['__Schema', schema] as const)
        : (['__Type', schema.getType(String(this.#argument(node, 'name')))] as const);
    const { depth, cost } = this.#introspection.measure(node.selectionSet, typeName, element);
    const type = this.#typeNamed(typeName);
    const inner = type ? this.#selections(node.selectionSet, type, page) : NOTHING;
    return { depth: 1 + depth, aliases: aliases + inner.aliases, cost: 1 + cost };
  }

  #pageOf(node: FieldNode, field: GraphQLField<unknown, unknown>): number {
    if (!field.args.some(({ name }) => name === 'first' || name === 'last')) return LIST_LENGTH;
    const size = this.#argument(node, 'first') ?? this.#argument(node, 'last') ?? DEFAULT_PAGE_SIZE;
    // A page size above the limit is rejected later, by the resolver.
    return typeof size === 'number' ? Math.min(Math.max(size, 0), this.#pageSize) : this.#pageSize;
  }

  #lengthOf(node: FieldNode, page: number): number {
    const ids = this.#argument(node, 'ids');
    return Array.isArray(ids) ? ids.length : page;
  }

  #argument(node: FieldNode, name: string): unknown {
    const value = node.arguments?.find((argument) => argument.name.value === name)?.value;
    return value && this.#valueOf(value);
  }

  /** Returns a number, a string, a list of which only the length is used, or undefined. */
  #valueOf(value: ValueNode): unknown {
    if (value.kind === Kind.INT) return Number(value.value);
    if (value.kind === Kind.STRING) return value.value;
    if (value.kind === Kind.LIST) return value.values;
    if (value.kind !== Kind.VARIABLE) return undefined;
    const name = value.name.value;
    const given = this.#query.variableValues?.[name];
    if (given !== undefined) return given ?? undefined;
    const definition = this.#operation.variableDefinitions?.find(
      ({ variable }) => variable.name.value === name,
    );
    return definition?.defaultValue && this.#valueOf(definition.defaultValue);
  }

  #typeNamed(name: string | undefined): GraphQLCompositeType | undefined {
    const type = name === undefined ? undefined : this.#query.schema.getType(name);
    return isCompositeType(type) ? type : undefined;
  }
}
