/** Errors of providers, of their messages, and of plugins. */
import type { CatalogueEntry } from './entry.ts';

export const PROVIDER_FAULTS = {
  PROVIDER_REFUSED: {
    kind: 'provider',
    retryable: false,
    remedy: "Read the provider's reason in the message; the same command will be rejected again.",
  },
  PROVIDER_UNREACHABLE: {
    kind: 'provider',
    retryable: true,
    remedy: 'Check the network and the configured base URL; the command was not carried out.',
  },
  PROVIDER_TIMEOUT: {
    kind: 'provider',
    retryable: false,
    remedy: 'Check the call before repeating the command: the provider may have carried it out.',
  },
  PROVIDER_RATE_LIMITED: { kind: 'provider', retryable: true, remedy: 'Wait a few seconds, then retry.' },
  PROVIDER_ID_INVALID: {
    kind: 'provider',
    retryable: false,
    remedy: 'Check where the id comes from: the provider has no such id. No request was sent.',
  },
  WIRE_MALFORMED: {
    kind: 'wire',
    retryable: false,
    remedy: 'Check that only the provider sends requests to this URL, in its documented format.',
  },
  WIRE_TOO_LARGE: {
    kind: 'wire',
    retryable: false,
    remedy: 'Send a smaller message, or raise the limit that the message names.',
  },
  WIRE_TOO_SLOW: {
    kind: 'wire',
    retryable: true,
    remedy: 'Send the body without pauses, over a faster connection.',
  },
  WEBHOOK_UNAUTHENTICATED: {
    kind: 'wire',
    retryable: false,
    remedy: "Use the same webhook secret in the configuration and in the provider's settings.",
  },
  WEBHOOK_PATH_UNKNOWN: {
    kind: 'wire',
    retryable: false,
    remedy: "Enter the URLs of `Provider.webhookUrls` in the provider's settings, with their method.",
  },
  STREAM_TOKEN_UNKNOWN: {
    kind: 'wire',
    retryable: false,
    remedy: 'Use the stream URL from the answer to this call; it is valid for one call and a short time.',
  },
  PLUGIN_NOT_FOUND: {
    kind: 'plugin',
    retryable: false,
    remedy:
      'Install the package in one of the folders that the message names, or correct the package name or path in `plugin`.',
  },
  PLUGIN_LOAD_FAILED: {
    kind: 'plugin',
    retryable: false,
    remedy: 'Read the message of the exception that the module threw while it was loaded.',
  },
  PLUGIN_INVALID: {
    kind: 'plugin',
    retryable: false,
    remedy:
      'Export an object made by `defineProvider` or `defineTranscriber` as the default export of the module.',
  },
  PLUGIN_CONTRACT_UNSUPPORTED: {
    kind: 'plugin',
    retryable: false,
    remedy: 'Install a release of the plugin for the contract version of this daemon.',
  },
  PLUGIN_START_FAILED: {
    kind: 'plugin',
    retryable: true,
    remedy: 'Read the reason in the message; most often, a credential or URL in the options is wrong.',
  },
  PLUGIN_START_TIMEOUT: {
    kind: 'plugin',
    retryable: true,
    remedy: 'Check whether the provider is reachable from this machine.',
  },
  PLUGIN_STOP_TIMEOUT: {
    kind: 'plugin',
    retryable: false,
    remedy: 'Report it to the author of the plugin; anything that the old instance still does is ignored.',
  },
  PLUGIN_EVENT_INVALID: {
    kind: 'plugin',
    retryable: false,
    remedy:
      'Report it to the author of the plugin; the event was dropped, and other events are not affected.',
  },
  PLUGIN_EVENT_FLOOD: {
    kind: 'plugin',
    retryable: false,
    remedy:
      'Raise the limit that the message names, `limits.eventsPerSecond` or `limits.liveCalls`, or find out why the provider sends so much. Requests with events above the limit are answered with 429; ends of live calls are always accepted.',
  },
  PLUGIN_EXCEPTION: {
    kind: 'plugin',
    retryable: true,
    remedy:
      'Report it to the author of the plugin; a plugin that throws often is restarted a limited number of times.',
  },
  PLUGIN_REQUEST_FAILED: {
    kind: 'plugin',
    retryable: true,
    remedy:
      'Report it to the author of the plugin with the stack trace in the log; only this request is affected.',
  },
  PLUGIN_ISOLATION_UNSUPPORTED: {
    kind: 'plugin',
    retryable: false,
    remedy: 'Read the reason in the message, or remove `isolate` from the provider in the configuration.',
  },
  PLUGIN_THREAD_ENDED: {
    kind: 'plugin',
    retryable: true,
    remedy:
      'Report it to the author of the plugin with the stack trace in the log; a new thread is started by itself.',
  },
  PLUGIN_OUT_OF_MEMORY: {
    kind: 'plugin',
    retryable: true,
    remedy:
      'Raise `limits.isolatedPluginBytes` if the plugin needs so much; otherwise report the leak to its author. A new thread is started by itself.',
  },
  PLUGIN_UNRESPONSIVE: {
    kind: 'plugin',
    retryable: true,
    remedy:
      'Report it to the author of the plugin: code that never returns to the event loop. A new thread is started by itself.',
  },
  PLUGIN_BLOCKED: {
    kind: 'plugin',
    retryable: true,
    remedy:
      'Report it to the author of the plugin: it computed or waited without returning to the event loop. With `isolate: true`, only this provider waits for it.',
  },
} as const satisfies Record<string, CatalogueEntry>;
