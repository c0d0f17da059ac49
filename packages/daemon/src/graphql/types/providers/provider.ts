/** Provider instances. */
import { addDiagnostics } from './diagnostics.ts';
import { addProviderRequest, checkedCount } from './provider-request.ts';
import type { SchemaDeps } from '../../builder.ts';
import type { Enums } from '../enums.ts';
import type { Refs } from '../refs.ts';

export function addProvider(refs: Refs, enums: Enums, { calls, pageSize }: SchemaDeps): void {
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
      stateSince: t.field({
        type: 'DateTime',
        nullable: true,
        description:
          'Since when it has this state. A plugin that is retried has failed since its first failure. Null if it is not configured.',
        resolve: ({ stateSince }) => stateSince,
      }),
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
      rejectedWebhooks: t.int({
        description:
          'The number of webhooks since the daemon started that were rejected, for example because of a wrong secret or path. If none is accepted, the state is DEGRADED.',
        resolve: ({ traffic }) => traffic.rejectedWebhooks,
      }),
      lastRejectedWebhookAt: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'When the last webhook was rejected. Null if none was since the daemon started.',
        resolve: ({ traffic }) => traffic.lastRejectedWebhook?.at,
      }),
      lastWebhookAt: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'When the last webhook was accepted. Null if none was since the daemon started.',
        resolve: ({ traffic }) => traffic.lastWebhookAt,
      }),
      lastEventAt: t.field({
        type: 'DateTime',
        nullable: true,
        description:
          'When the last event was accepted, of a webhook, a socket or a request to the provider. Null if none was since the daemon started.',
        resolve: ({ traffic }) => traffic.lastEventAt,
      }),
      webhookUrls: t.field({
        type: [refs.WebhookUrl],
        description: 'The URLs that the operator enters at the provider.',
        resolve: ({ webhookUrls }) => [...webhookUrls],
      }),
      notices: t.field({
        type: [refs.ProviderNotice],
        description:
          'What the operator should know although the provider runs: webhooks that are rejected or do not arrive, and settings of the provider that keep data away. A notice is listed for an hour after its last occurrence.',
        resolve: ({ notices }) => [...notices],
      }),
      diagnostics: t.field({
        type: refs.ProviderDiagnostics,
        nullable: true,
        description:
          'Checks of the configuration at the provider, such as its credentials and URLs. They send requests to the provider, which change nothing; a result is used again for 10 s. Null if the plugin has no checks. Requires the scope ADMIN.',
        resolve: ({ diagnostics }) => diagnostics?.(),
      }),
      recentRequests: t.field({
        type: [refs.ProviderRequest],
        description:
          'The last requests and sockets between the provider and the daemon, newest first; `limits.recentRequests` of those that failed, and as many others, and as many in progress. They are kept in memory only. Requires the scope ADMIN.',
        args: {
          first: t.arg.int({
            required: false,
            description: 'The maximum number of requests. Default 50, at most `limits.pageSize`.',
          }),
        },
        resolve: ({ recentRequests }, { first }) =>
          recentRequests.list().slice(0, checkedCount(first, pageSize)),
      }),
      liveCallCount: t.int({
        description: 'The number of live calls of this provider.',
        resolve: ({ id }) => calls.liveCount(id),
      }),
    }),
  });
  addProviderRequest(refs, enums);
  addDiagnostics(refs, enums);
  addSetup(refs);
}

/** What an operator enters at a provider, and should know about it. */
function addSetup(refs: Refs): void {
  refs.WebhookUrl.implement({
    description: 'A URL that the operator enters at a provider.',
    fields: (t) => ({
      setting: t.exposeString('setting', { description: 'The name of the setting at the provider.' }),
      url: t.exposeString('url', { description: 'The URL.' }),
    }),
  });
  refs.ProviderNotice.implement({
    description: 'A notice about a provider that runs.',
    fields: (t) => ({
      code: t.exposeString('code', { description: 'The kind of notice, for programs.' }),
      message: t.exposeString('message', {
        description: 'The notice and what to do about it, for people. Never contains transcripts or numbers.',
      }),
      count: t.exposeInt('count', {
        description: 'The number of occurrences since the daemon started.',
      }),
      lastAt: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'When it occurred last. Null if it is a state.',
        resolve: ({ lastAt }) => lastAt,
      }),
    }),
  });
}
