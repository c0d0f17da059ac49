/** Queries: history, and where to subscribe from. */
import { providerCallId, providerId, type CallId } from '@sidetone/core';
import type { CallFilter } from '../app/ports.ts';
import type { Builder, SchemaDeps } from './builder.ts';
import type { Enums } from './enums.ts';
import { nodeOf } from './lookup.ts';
import { pageArguments, toWindow } from './paging.ts';
import type { Refs } from './refs.ts';

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

  const CallFilterInput = builder.inputType('CallFilter', {
    description: 'Which calls. What is left out does not matter; all that is given must hold.',
    fields: (t) => ({
      providerIds: t.idList({ required: false, description: 'Of one of these providers.' }),
      statuses: t.field({
        type: [enums.CallStatus],
        required: false,
        description: 'In one of these states.',
      }),
      live: t.boolean({ required: false, description: 'Live, or over.' }),
      directions: t.field({
        type: [enums.CallDirection],
        required: false,
        description: 'In one of these directions.',
      }),
      createdAfter: t.field({ type: 'DateTime', required: false, description: 'From this moment on.' }),
      createdBefore: t.field({ type: 'DateTime', required: false, description: 'Before this moment.' }),
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
        description: 'Calls, newest first.',
        args: {
          filter: t.arg({ type: CallFilterInput, required: false, description: 'Only these.' }),
          ...pageArguments(t),
        },
        resolve: async (_root, { filter, ...page }) => {
          const wanted = toFilter(filter ?? {});
          const window = toWindow('Call', page, pageSize);
          return {
            ...(await history.calls(wanted, window)),
            window,
            count: () => history.countCalls(wanted),
          };
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
        resolve: (_root, { id }) => history.command(id as never),
      }),
      latestCursor: t.field({
        type: 'Cursor',
        description: 'Newest position in the event log: a place to subscribe from.',
        resolve: () => eventLog.latest(),
      }),
    }),
  });
}

/** The filter as a client may write it: an argument that is null means the same as one that is left out. */
type FilterInput = { readonly [Key in keyof CallFilter]?: Unbranded<CallFilter[Key]> | null | undefined };
type Unbranded<Value> = Value extends readonly string[] | undefined ? readonly string[] : Value;

function toFilter(input: FilterInput): CallFilter {
  return Object.fromEntries(
    Object.entries(input).filter(([, value]) => value !== null && value !== undefined),
  );
}
