/** Provider instances. */
import type { SchemaDeps } from '../builder.ts';
import type { Enums } from './enums.ts';
import type { Refs } from './refs.ts';

export function addProvider(refs: Refs, enums: Enums, { registry }: SchemaDeps): void {
  refs.Provider.implement({
    description: 'A provider instance of the configuration.',
    interfaces: [refs.Node],
    isTypeOf: (value) => typeof value === 'object' && value !== null && 'stateMessage' in value,
    fields: (t) => ({
      id: t.exposeID('id', { description: 'The key of the instance in the configuration.' }),
      plugin: t.exposeString('plugin', { description: 'The package name or path of the plugin.' }),
      displayName: t.exposeString('displayName', { description: 'The name of the provider, for people.' }),
      capabilities: t.field({
        type: [enums.Capability],
        description:
          'The actions that the provider supports. `Call.capabilities` lists those that are possible for a call.',
        resolve: ({ capabilities }) => [...capabilities],
      }),
      state: t.expose('state', { type: enums.ProviderState, description: 'The state of the instance.' }),
      stateMessage: t.string({
        nullable: true,
        description: 'Why the state is not RUNNING, and when the next attempt is made. Null while RUNNING.',
        resolve: ({ stateMessage }) => stateMessage,
      }),
      failedRequests: t.exposeInt('failedRequests', {
        description:
          'The number of requests since the daemon started whose handling threw an exception in the plugin. They are answered with 500 and do not change the state.',
      }),
      rejectedEvents: t.exposeInt('rejectedEvents', {
        description:
          'The number of events since the daemon started that were rejected because of a value that their sender chose, for example an id that is not one of the provider. They do not change the state.',
      }),
      liveCallCount: t.int({
        description: 'The number of live calls of this provider.',
        resolve: ({ id }) => registry.liveCount(id),
      }),
    }),
  });
}
