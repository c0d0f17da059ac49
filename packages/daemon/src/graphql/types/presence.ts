/** Who listens to a live call, and who watches it. */
import type { Builder, SchemaDeps } from '../builder.ts';
import { MAX_LISTED_VIEWERS } from '../../live/call-viewers.ts';
import type { Refs } from './refs.ts';

export function addPresence(builder: Builder, refs: Refs, { listening, viewers }: SchemaDeps): void {
  refs.CallPresence.implement({
    description: 'A client that listens to a call or watches it.',
    fields: (t) => ({
      name: t.exposeString('name', { description: 'The name of its access token.' }),
      since: t.expose('since', { type: 'DateTime', description: 'Since when.' }),
    }),
  });
  builder.objectFields(refs.Call, (t) => ({
    listeners: t.field({
      type: [refs.CallPresence],
      description:
        'Who listens to the live audio of the call now, one entry for each listener, the oldest first. `ListeningChanged` reports changes.',
      resolve: ({ id }) => [...listening.listenersOf(id)],
    }),
    viewers: t.field({
      type: [refs.CallPresence],
      description: `Who watches the call now: the clients with a subscription to \`transcript\` or \`callEvents\` of this call, also after its end. One entry for each access token at a network address, the oldest ${MAX_LISTED_VIEWERS} first. Changes are not reported.`,
      resolve: ({ id }) => [...viewers.viewersOf(id)],
    }),
  }));
}
