/** Who asks, as they see themselves. */
import { SCOPES, type Scope } from '../../access/viewer.ts';
import type { Builder } from '../builder.ts';

const DESCRIPTIONS = {
  READ: 'Calls, their words and events, and how providers are doing.',
  LISTEN: 'What is heard: levels, waveforms, recordings and live audio.',
  CONTROL: 'Placing calls, steering live ones, and adding words, notes and tags to them.',
  ADMIN: 'All of it, and what cannot be undone or costs much: erasing calls, taking in past ones.',
} as const satisfies Record<Scope, string>;

export function addViewer(builder: Builder): void {
  const ScopeEnum = builder.enumType('Scope', {
    description: 'What an access token allows.',
    values: Object.fromEntries(
      SCOPES.map((scope) => [scope, { description: DESCRIPTIONS[scope] }]),
    ) as Record<Scope, { description: string }>,
  });
  const ViewerType = builder.objectRef<{ name: string; scopes: ReadonlySet<Scope> }>('Viewer').implement({
    description: 'Who asks.',
    fields: (t) => ({
      name: t.exposeString('name', {
        description: 'The name of the access token; `local` while the daemon has none.',
      }),
      scopes: t.field({
        type: [ScopeEnum],
        description: 'What may be done with it, whatever it was given by: ADMIN brings all the others.',
        resolve: ({ scopes }) => [...scopes],
      }),
    }),
  });
  builder.queryField('viewer', (t) =>
    t.field({
      type: ViewerType,
      description: 'Who asks, and what they may do. Needs no scope.',
      resolve: (_root, _args, { viewer }) => viewer,
    }),
  );
}
