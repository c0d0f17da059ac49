/** The root of queries. */
import { invalidArgument, providerCallId, providerId, type CallId, type CommandId } from '@sidetone/core';
import { NEWEST_FIRST, type CallOrderField, type OrderDirection } from '../../history/call-order.ts';
import type { Builder, SchemaDeps } from '../builder.ts';
import { addEnum } from '../types/enums.ts';
import { toFilter } from '../lists/filter-input.ts';
import { callsIn } from '../lists/lists.ts';
import { nodeOf } from '../types/lookup.ts';
import { pageArguments, toPageRequest } from '../lists/paging.ts';
import type { Refs } from '../types/refs.ts';

const CALL_ORDER_FIELD = {
  CREATED_AT: 'When the call was created.',
  ENDED_AT: 'When the call ended. A live call has no value.',
  DURATION: 'The time from answer to end. A call that is live or was not answered has no value.',
} as const satisfies Record<CallOrderField, string>;

const ORDER_DIRECTION = {
  ASC: 'Smallest or oldest first. Calls without a value come first.',
  DESC: 'Largest or newest first. Calls without a value come last.',
} as const satisfies Record<OrderDirection, string>;

export function addQueries(builder: Builder, refs: Refs, deps: SchemaDeps): void {
  builder.queryType({ description: 'History and the current state.' });
  addNodeQueries(builder, refs, deps);
  addCallQueries(builder, refs, deps);
  addCallsQuery(builder, refs, deps);
  addOtherQueries(builder, refs, deps);
}

function addNodeQueries(builder: Builder, refs: Refs, deps: SchemaDeps): void {
  const { pageSize } = deps;
  refs.Node.implement({
    description: 'An object with a globally unique id.',
    fields: (t) => ({
      id: t.id({
        description: 'The id, unique across all types.',
        resolve: () => {
          throw new TypeError('every type of a node resolves its own id');
        },
      }),
    }),
  });
  builder.queryFields((t) => ({
    node: t.field({
      type: refs.Node,
      nullable: true,
      description: 'Returns an object by its id, or null if it does not exist.',
      args: { id: t.arg.id({ required: true, description: 'The id.' }) },
      resolve: (_root, { id }) => nodeOf(deps, id),
    }),
    nodes: t.field({
      type: [refs.Node],
      nullable: { list: false, items: true },
      description: 'Returns objects in the order of their ids, with null for each that does not exist.',
      args: { ids: t.arg.idList({ required: true, description: 'The ids, at most `limits.pageSize`.' }) },
      resolve: (_root, { ids }) => {
        if (ids.length > pageSize) {
          throw invalidArgument('ids', `expected at most ${pageSize} ids, received ${ids.length}`);
        }
        return Promise.all(ids.map((id) => nodeOf(deps, id)));
      },
    }),
  }));
}

function addCallQueries(builder: Builder, refs: Refs, { history }: SchemaDeps): void {
  builder.queryFields((t) => ({
    call: t.field({
      type: refs.Call,
      nullable: true,
      description: 'Returns a call by its id, or null if it does not exist.',
      args: { id: t.arg.id({ required: true, description: 'The id of the call.' }) },
      resolve: (_root, { id }) => history.call(id as CallId),
    }),
    callByProviderId: t.field({
      type: refs.Call,
      nullable: true,
      description: "Returns a call by the provider's id, or null if it does not exist.",
      args: {
        providerId: t.arg.id({ required: true, description: 'The id of the provider instance.' }),
        providerCallId: t.arg.string({ required: true, description: "The provider's id of the call." }),
      },
      resolve: (_root, args) =>
        history.callByProviderId(providerId(args.providerId), providerCallId(args.providerCallId)),
    }),
  }));
}

function addCallsQuery(builder: Builder, refs: Refs, { history, pageSize, countries }: SchemaDeps): void {
  const OrderField = addEnum(builder, 'CallOrderField', 'The sort key of calls.', CALL_ORDER_FIELD);
  const Direction = addEnum(builder, 'OrderDirection', 'The direction of an order.', ORDER_DIRECTION);
  const CallOrderInput = builder.inputType('CallOrder', {
    description:
      'The order of calls. Calls with equal keys are sorted by id. A cursor is valid only for the order of its page. If the key of a call changes between two pages, the call can appear again.',
    fields: (t) => ({
      field: t.field({ type: OrderField, required: true, description: 'The sort key.' }),
      direction: t.field({ type: Direction, required: true, description: 'The direction.' }),
    }),
  });
  builder.queryField('calls', (t) =>
    t.field({
      type: refs.CallConnection,
      description: 'Lists calls.',
      args: {
        filter: t.arg({
          type: refs.CallFilter,
          required: false,
          description: 'Returns only calls that match this filter.',
        }),
        orderBy: t.arg({ type: CallOrderInput, required: false, description: 'Default: newest first.' }),
        ...pageArguments(t),
      },
      resolve: async (_root, { filter: filterInput, orderBy, ...args }) => {
        const filter = toFilter(filterInput, countries);
        const order = orderBy ?? NEWEST_FIRST;
        const list = callsIn(order);
        const request = toPageRequest(list, args, pageSize);
        const page = await history.calls(filter, request, order);
        return { ...page, list, request, count: () => history.countCalls(filter) };
      },
    }),
  );
}

function addOtherQueries(builder: Builder, refs: Refs, deps: SchemaDeps): void {
  const { history, providers, latestPosition } = deps;
  builder.queryFields((t) => ({
    providers: t.field({
      type: [refs.Provider],
      description: 'The provider instances of the configuration.',
      resolve: () => [...providers.list()],
    }),
    provider: t.field({
      type: refs.Provider,
      nullable: true,
      description: 'Returns a provider instance by its id, or null if it is not configured.',
      args: {
        id: t.arg.id({ required: true, description: 'The key of the instance in the configuration.' }),
      },
      resolve: (_root, { id }) => providers.get(providerId(id)),
    }),
    command: t.field({
      type: refs.Command,
      nullable: true,
      description: 'Returns a command by its id, or null if it does not exist.',
      args: { id: t.arg.id({ required: true, description: 'The id of the command.' }) },
      resolve: (_root, { id }) => history.command(id as CommandId),
    }),
    latestCursor: t.field({
      type: 'Cursor',
      description: 'The newest position of the event log, from which a subscription can start.',
      resolve: () => latestPosition(),
    }),
  }));
}
