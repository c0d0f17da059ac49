/** Past calls into history, on request. */
import { providerId } from '@sidetone/core';
import { BACKFILL_STATES } from '../../backfill/backfill-service.ts';
import type { Builder, SchemaDeps } from '../builder.ts';
import { invalidInput } from '../../commands/input-checks.ts';
import { providerOf } from '../types/provider.ts';
import type { Refs } from '../types/refs.ts';

export function addBackfill(builder: Builder, refs: Refs, { backfills, providers }: SchemaDeps): void {
  const BackfillState = builder.enumType('BackfillState', {
    description:
      'How a backfill is doing. One that FAILED or was STOPPED goes on when it is asked for again.',
    values: BACKFILL_STATES,
  });
  const BackfillInput = builder.inputType('BackfillInput', {
    description: 'Which past calls to take into history.',
    fields: (t) => ({
      providerId: t.id({ required: true, description: 'Whose calls.' }),
      since: t.field({ type: 'DateTime', required: true, description: 'Those created from this moment on.' }),
      until: t.field({
        type: 'DateTime',
        description: 'Those created before this moment; now, when left out.',
      }),
    }),
  });

  refs.Backfill.implement({
    description: "A provider's past calls on their way into history, newest first.",
    fields: (t) => ({
      provider: t.field({
        type: refs.Provider,
        description: 'Whose calls.',
        resolve: (backfill) => providerOf(providers, backfill.providerId),
      }),
      since: t.expose('since', { type: 'DateTime', description: 'Calls created from this moment on.' }),
      until: t.expose('until', { type: 'DateTime', description: 'Calls created before this moment.' }),
      state: t.expose('state', { type: BackfillState, description: 'How it is doing.' }),
      calls: t.exposeInt('calls', {
        description: 'Calls taken in so far; those that were known already count too.',
      }),
      reached: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'How far back it has come.',
        resolve: ({ reached }) => reached,
      }),
      message: t.string({ nullable: true, description: 'Why it failed.', resolve: ({ message }) => message }),
    }),
  });

  builder.queryField('backfills', (t) =>
    t.field({
      type: [refs.Backfill],
      description: 'The latest backfill of each provider.',
      resolve: () => [...backfills.list()],
    }),
  );
  builder.mutationField('backfill', (t) =>
    t.field({
      type: refs.Backfill,
      description:
        'Takes past calls into history, without doubles. Asked for again, it goes on where it stopped.',
      args: { input: t.arg({ type: BackfillInput, required: true, description: 'Which calls.' }) },
      resolve: (_root, { input }) => {
        const { since, until } = input;
        if (until != null && until <= since) throw invalidInput('until', '`until` is behind `since`');
        return backfills.start(providerId(input.providerId), since, until ?? undefined);
      },
    }),
  );
}
