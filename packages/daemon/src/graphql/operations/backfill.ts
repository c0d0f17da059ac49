/** The import of past calls. */
import { providerId } from '@sidetone/core';
import type { BackfillState } from '../../backfill/backfill-service.ts';
import { invalidInput } from '../../commands/input-checks.ts';
import type { Builder, SchemaDeps } from '../builder.ts';
import { requesterOf } from '../context.ts';
import { addEnum } from '../types/enums.ts';
import { providerOf } from '../types/lookup.ts';
import type { Refs } from '../types/refs.ts';

const BACKFILL_STATE = {
  RUNNING: 'Calls are being imported.',
  DONE: 'All calls were imported.',
  FAILED: 'Ended by an error, which `message` describes. The same mutation continues it.',
  STOPPED: 'Interrupted by a stop of the daemon. The same mutation continues it.',
} as const satisfies Record<BackfillState, string>;

export function addBackfill(builder: Builder, refs: Refs, deps: SchemaDeps): void {
  addBackfillType(builder, refs, deps);
  const { backfills } = deps;
  const BackfillInput = builder.inputType('BackfillInput', {
    description: 'The calls to import.',
    fields: (t) => ({
      providerId: t.id({ required: true, description: 'The id of the provider instance.' }),
      since: t.field({
        type: 'DateTime',
        required: true,
        description: 'Imports calls that were created at or after this time.',
      }),
      until: t.field({
        type: 'DateTime',
        description: 'Imports calls that were created before this time. Default: now.',
      }),
    }),
  });

  builder.queryField('backfills', (t) =>
    t.field({
      type: [refs.Backfill],
      description: 'The latest backfill of each provider.',
      resolve: async () => [...(await backfills.list())],
    }),
  );
  builder.mutationField('backfill', (t) =>
    t.field({
      type: refs.Backfill,
      description:
        'Imports past calls of a provider into history, without duplicates. Continues an earlier backfill of the same time range that did not finish. Fails with INPUT_INVALID while another backfill of the provider is running.',
      args: { input: t.arg({ type: BackfillInput, required: true, description: 'The calls to import.' }) },
      resolve: (_root, { input }, context) => {
        const { since, until } = input;
        if (until != null && until <= since)
          throw invalidInput('until', 'until: expected a time after since');
        return backfills.start(providerId(input.providerId), since, until ?? undefined, requesterOf(context));
      },
    }),
  );
}

function addBackfillType(builder: Builder, refs: Refs, deps: SchemaDeps): void {
  const StateEnum = addEnum(builder, 'BackfillState', 'The progress of a backfill.', BACKFILL_STATE);
  refs.Backfill.implement({
    description: 'An import of past calls of a provider, newest first.',
    fields: (t) => ({
      provider: t.field({
        type: refs.Provider,
        description: 'The provider instance.',
        resolve: (backfill) => providerOf(deps, backfill.providerId),
      }),
      since: t.expose('since', {
        type: 'DateTime',
        description: 'Calls that were created at or after this time are imported.',
      }),
      until: t.expose('until', {
        type: 'DateTime',
        description: 'Calls that were created before this time are imported.',
      }),
      state: t.expose('state', { type: StateEnum, description: 'The progress.' }),
      calls: t.exposeInt('calls', {
        description: 'The number of calls processed so far, including those that were already stored.',
      }),
      reached: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'When the oldest call processed so far was created. Null before the first one.',
        resolve: ({ reached }) => reached,
      }),
      requestedBy: t.string({
        nullable: true,
        description:
          'The name of the access token of the client that started or last resumed it. Null if an earlier release did.',
        resolve: ({ requestedBy }) => requestedBy,
      }),
      message: t.string({
        nullable: true,
        description: 'Why the backfill failed. Null if it did not.',
        resolve: ({ message }) => message,
      }),
    }),
  });
}
