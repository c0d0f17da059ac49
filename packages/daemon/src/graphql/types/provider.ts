/** Provider instances. */
import { FaultError, type ProviderId } from '@sidetone/core';
import type { ProviderDirectory, ProviderView } from '../../plugins/ports.ts';
import type { SchemaDeps } from '../builder.ts';
import type { Enums } from './enums.ts';
import type { Refs } from './refs.ts';

/** The provider of a call; a stand-in for one that is no longer configured, since its calls are still there. */
export function providerOf(providers: ProviderDirectory, id: ProviderId): ProviderView {
  return providers.get(id) ?? removed(id);
}

const notConfigured = (id: ProviderId): FaultError =>
  new FaultError('PROVIDER_NOT_RUNNING', `the provider ${id} is not configured`);

function removed(id: ProviderId): ProviderView {
  return {
    id,
    plugin: '',
    displayName: id,
    state: 'STOPPED',
    stateMessage: 'It is no longer in the configuration.',
    capabilities: [],
    providesTranscript: false,
    capabilitiesFor: () => [],
    control: () => Promise.reject(notConfigured(id)),
    placeCall: () => Promise.reject(notConfigured(id)),
  };
}

export function addProvider(refs: Refs, enums: Enums, { registry }: SchemaDeps): void {
  refs.Provider.implement({
    description: 'A provider instance of the configuration.',
    interfaces: [refs.Node],
    isTypeOf: (value) => typeof value === 'object' && value !== null && 'stateMessage' in value,
    fields: (t) => ({
      id: t.exposeID('id', { description: 'Its key in the configuration.' }),
      plugin: t.exposeString('plugin', { description: 'The package or path that it was loaded from.' }),
      displayName: t.exposeString('displayName', { description: 'For people.' }),
      capabilities: t.field({
        type: [enums.Capability],
        description: 'What it can do at all; a call tells what can be done to it now.',
        resolve: ({ capabilities }) => [...capabilities],
      }),
      state: t.expose('state', { type: enums.ProviderState, description: 'How it is doing.' }),
      stateMessage: t.string({
        nullable: true,
        description: 'Why it is not RUNNING, in words an operator can act on, and when it is tried again.',
        resolve: ({ stateMessage }) => stateMessage,
      }),
      liveCallCount: t.int({
        description: 'How many of its calls are live.',
        resolve: ({ id }) => registry.liveCount(id),
      }),
    }),
  });
}
