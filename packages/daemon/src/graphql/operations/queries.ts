/** Queries: history, and where to subscribe from. */
import { invalidArgument, providerCallId, providerId, type CallId, type CommandId } from '@sidetone/core';
import { NEWEST_FIRST, type CallOrderField, type OrderDirection } from '../../history/call-order.ts';
import type { Builder, SchemaDeps } from '../builder.ts';
import type { Enums } from '../types/enums.ts';
import { addCallFilter, toFilter } from '../types/filter.ts';
import { callsIn } from '../types/lists.ts';
import { nodeOf } from '../types/lookup.ts';
import { pageArguments, toWindow } from '../types/paging.ts';
import type { Refs } from '../types/refs.ts';
import { addSearch } from './search.ts';
import { addStats } from '../types/stats.ts';

export function addQueries(builder: Builder, refs: Refs, enums: Enums, deps: SchemaDeps): void {
  const { history, providers, eventLog, pageSize } = deps;

  refs.Node.implement({
    description: 'Anything with an id.',
    fields: (t) => ({
      id: t.id({
        description: 'Unique over all types.',
        resolve: () => {
          throw new TypeError('each type tells its own id');
        },
      }),
    }),
  });

  addCallFilter(refs, enums);
  const OrderField = builder.enumType('CallOrderField', {
    description: 'What calls can be sorted by.',
    values: {
      CREATED_AT: { description: 'When it came to be.' },
      ENDED_AT: { description: 'When it ended. A live call has not.' },
      DURATION: { description: 'From answer to end. A call that is live, or was never answered, has none.' },
    } satisfies Record<CallOrderField, object>,
  });
  const Direction = builder.enumType('OrderDirection', {
    description: 'Which end of an order comes first.',
    values: {
      ASC: { description: 'The smallest, or oldest; before them, what has no such value.' },
      DESC: { description: 'The largest, or newest; behind all others, what has no such value.' },
    } satisfies Record<OrderDirection, object>,
  });
  const CallOrderInput = builder.inputType('CallOrder', {
    description:
      'How calls are sorted; those that are alike, by id. Cursors hold for the order of the page that they are from. A call whose value changes meanwhile may be met at its new place too.',
    fields: (t) => ({
      field: t.field({ type: OrderField, required: true, description: 'By what.' }),
      direction: t.field({ type: Direction, required: true, description: 'Which end comes first.' }),
    }),
  });

  builder.queryType({
    description: 'History and what there is now.',
    fields: (t) => ({
      node: t.field({
        type: refs.Node,
        nullable: true,
        description: 'Anything by its id.',
        args: { id: t.arg.id({ required: true, description: 'The id.' }) },
        resolve: (_root, { id }) => nodeOf(deps, id),
      }),
      nodes: t.field({
        type: [refs.Node],
        nullable: { list: false, items: true },
        description: 'Many things by their ids, in that order; null for each that is not there.',
        args: {
          ids: t.arg.idList({ required: true, description: 'The ids: at most `limits.pageSize`.' }),
        },
        resolve: (_root, { ids }) => {
          if (ids.length > pageSize) throw invalidArgument('ids', `expected at most ${pageSize} ids`);
          return Promise.all(ids.map((id) => nodeOf(deps, id)));
        },
      }),
      call: t.field({
        type: refs.Call,
        nullable: true,
        description: 'A call by our id.',
        args: { id: t.arg.id({ required: true, description: 'The id of the call.' }) },
        resolve: (_root, { id }) => history.call(id as CallId),
      }),
      callByProviderId: t.field({
        type: refs.Call,
        nullable: true,
        description: "A call by the provider's id.",
        args: {
          providerId: t.arg.id({ required: true, description: 'The provider instance.' }),
          providerCallId: t.arg.string({ required: true, description: "The provider's id of the call." }),
        },
        resolve: (_root, args) =>
          history.callByProviderId(providerId(args.providerId), providerCallId(args.providerCallId)),
      }),
      calls: t.field({
        type: refs.CallConnection,
        description: 'Calls, newest first unless `orderBy` says otherwise.',
        args: {
          filter: t.arg({ type: refs.CallFilter, required: false, description: 'Only these.' }),
          orderBy: t.arg({ type: CallOrderInput, required: false, description: 'In this order.' }),
          ...pageArguments(t),
        },
        resolve: async (_root, { filter, orderBy, ...page }) => {
          const wanted = toFilter(filter);
          const order = orderBy ?? NEWEST_FIRST;
          const list = callsIn(order);
          const window = toWindow(list, page, pageSize);
          const slice = await history.calls(wanted, window, order);
          return { ...slice, list, window, count: () => history.countCalls(wanted) };
        },
      }),
      providers: t.field({
        type: [refs.Provider],
        description: 'The configured provider instances.',
        resolve: () => [...providers.list()],
      }),
      provider: t.field({
        type: refs.Provider,
        nullable: true,
        description: 'A provider instance by its id.',
        args: { id: t.arg.id({ required: true, description: 'Its key in the configuration.' }) },
        resolve: (_root, { id }) => providers.get(providerId(id)),
      }),
      command: t.field({
        type: refs.Command,
        nullable: true,
        description: 'A command by its id.',
        args: { id: t.arg.id({ required: true, description: 'The id of the command.' }) },
        resolve: (_root, { id }) => history.command(id as CommandId),
      }),
      latestCursor: t.field({
        type: 'Cursor',
        description: 'Newest position in the event log: a place to subscribe from.',
        resolve: () => eventLog.latest(),
      }),
    }),
  });
  addSearch(builder, refs, deps);
  addStats(builder, refs, enums, deps);
}
