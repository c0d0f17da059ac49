/**
 * Measures a selection of the schema exactly: its lists are as long as those of the schema. A selection set is measured
 * once for each element of the schema, however often a fragment is spread, and only once if it has neither lists nor
 * objects. Every field that is visited adds to the cost, so the number of steps is bounded by the largest permitted cost: the
 * measurement of a larger query stops there.
 */
import {
  getNamedType,
  getNullableType,
  isCompositeType,
  isListType,
  Kind,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

export interface IntrospectionSize {
  /** The depth of nested fields in the result. */
  readonly depth: number;
  /** The number of fields in the result; Infinity if it exceeds the largest permitted cost. */
  readonly cost: number;
}

/** Spreads and inline fragments are steps too, without a field of their own. */
const STEPS_PER_COST = 2;
const NOTHING: IntrospectionSize = { depth: 0, cost: 0 };
const LEAF: IntrospectionSize = { depth: 1, cost: 1 };
const TOO_LARGE: IntrospectionSize = { depth: 0, cost: Infinity };

export class IntrospectionWalk {
  readonly #schema: GraphQLSchema;
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #info: GraphQLResolveInfo;
  readonly #measured = new Map<SelectionSetNode, Map<unknown, IntrospectionSize>>();
  /** The sizes of selections without lists and objects, which are the same for each element; undefined for others. */
  readonly #flat = new Map<SelectionSetNode, IntrospectionSize | undefined>();
  #stepsLeft: number;

  /** @param maxCost the cost at which the measurement stops. */
  constructor(
    schema: GraphQLSchema,
    fragments: ReadonlyMap<string, FragmentDefinitionNode>,
    maxCost: number,
  ) {
    this.#schema = schema;
    this.#fragments = fragments;
    // The resolvers of the introspection types read nothing else of it.
    this.#info = { schema } as GraphQLResolveInfo;
    this.#stepsLeft = STEPS_PER_COST * maxCost;
  }

  /** The number of fields that may still be visited; negative once the measurement has stopped. */
  get stepsLeft(): number {
    return this.#stepsLeft;
  }

  /** @param element the element of the schema that the selection is executed on: null for a type that does not exist. */
  measure(
    selections: SelectionSetNode,
    typeName: '__Schema' | '__Type',
    element: unknown,
  ): IntrospectionSize {
    const type = this.#schema.getType(typeName);
    if (!isCompositeType(type) || !element) return NOTHING;
    const size = this.#selections(selections, type, element);
    return this.#stepsLeft < 0 ? TOO_LARGE : size;
  }

  #selections(set: SelectionSetNode, type: GraphQLCompositeType, element: unknown): IntrospectionSize {
    const flat = this.#flatSize(set);
    if (flat) return flat;
    const sizes = this.#measured.get(set) ?? new Map<unknown, IntrospectionSize>();
    this.#measured.set(set, sizes);
    const known = sizes.get(element);
    if (known) return known;
    let [depth, cost] = [0, 0];
    for (const selection of set.selections) {
      if (--this.#stepsLeft < 0) return TOO_LARGE;
      const size = this.#selection(selection, type, element);
      depth = Math.max(depth, size.depth);
      cost += size.cost;
    }
    const size = { depth, cost };
    sizes.set(element, size);
    return size;
  }

  /** Returns the size of a selection that is the same for every element. Each set is visited once. */
  #flatSize(set: SelectionSetNode): IntrospectionSize | undefined {
    if (this.#flat.has(set)) return this.#flat.get(set);
    const sizes = set.selections.map((selection) => this.#flatSizeOf(selection));
    const isFlat = sizes.every((size) => size !== undefined);
    const size = isFlat ? { depth: 1, cost: sizes.reduce((sum, { cost }) => sum + cost, 0) } : undefined;
    this.#flat.set(set, size);
    return size;
  }

  #flatSizeOf(selection: SelectionNode): IntrospectionSize | undefined {
    if (selection.kind === Kind.FIELD) return selection.selectionSet ? undefined : LEAF;
    if (selection.kind === Kind.INLINE_FRAGMENT) return this.#flatSize(selection.selectionSet);
    const fragment = this.#fragments.get(selection.name.value);
    return fragment ? this.#flatSize(fragment.selectionSet) : NOTHING;
  }

  /** Type conditions always apply: no introspection type has an interface. */
  #selection(selection: SelectionNode, type: GraphQLCompositeType, element: unknown): IntrospectionSize {
    if (selection.kind === Kind.FIELD) return this.#field(selection, type, element);
    if (selection.kind === Kind.INLINE_FRAGMENT)
      return this.#selections(selection.selectionSet, type, element);
    const fragment = this.#fragments.get(selection.name.value);
    return fragment ? this.#selections(fragment.selectionSet, type, element) : NOTHING;
  }

  #field(node: FieldNode, type: GraphQLCompositeType, element: unknown): IntrospectionSize {
    const field = 'getFields' in type ? type.getFields()[node.name.value] : undefined;
    const inner = field && getNamedType(field.type);
    if (!field || !node.selectionSet || !isCompositeType(inner)) return { depth: 1, cost: 1 };
    let [depth, cost] = [0, 0];
    for (const item of this.#itemsOf(field, element)) {
      const size = this.#selections(node.selectionSet, inner, item);
      depth = Math.max(depth, size.depth);
      cost += size.cost;
      if (this.#stepsLeft < 0) return TOO_LARGE;
    }
    return { depth: 1 + depth, cost: 1 + cost };
  }

  /** Returns the selected elements of the schema, deprecated ones included. */
  #itemsOf(field: GraphQLField<unknown, unknown>, element: unknown): readonly unknown[] {
    const value: unknown = field.resolve?.(element, { includeDeprecated: true }, undefined, this.#info);
    if (value === null || value === undefined) return [];
    return isListType(getNullableType(field.type)) ? [...(value as Iterable<unknown>)] : [value];
  }
}
