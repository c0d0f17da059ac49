/** Checks of the configuration of a provider. */
import type { Enums } from '../enums.ts';
import type { Refs } from '../refs.ts';

export function addDiagnostics(refs: Refs, enums: Enums): void {
  refs.ProviderDiagnostics.implement({
    description: 'Checks of the configuration at a provider.',
    fields: (t) => ({
      checkedAt: t.expose('checkedAt', { type: 'DateTime', description: 'When the checks ended.' }),
      results: t.field({
        type: [refs.Diagnostic],
        description: 'The results, at most 20, in the order in which the plugin reports them.',
        resolve: ({ results }) => [...results],
      }),
    }),
  });
  refs.Diagnostic.implement({
    description: 'The result of a check. It never contains secrets or telephone numbers.',
    fields: (t) => ({
      name: t.exposeString('name', { description: 'What was checked, for people.' }),
      state: t.expose('state', { type: enums.CheckState, description: 'The result.' }),
      message: t.exposeString('message', { description: 'What was found, for people.' }),
      remedy: t.exposeString('remedy', {
        nullable: true,
        description: 'What to do about it. Null if there is nothing to do, or it is not known.',
      }),
    }),
  });
}
