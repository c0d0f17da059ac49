/** The metrics of providers and transcribers. */
import { PROVIDER_STATES, type ProviderState } from '@sidetone/core';
import type { Readers, Sample } from '../../metrics/catalogue.ts';
import type { IsolationCounts } from '../../plugins/isolation/isolation-counts.ts';
import type { ProviderTraffic } from '../../plugins/provider/provider-traffic.ts';
import * as tokens from '../../tokens.ts';
import type { Get } from '../registration.ts';

export function pluginReaders(get: Get) {
  const providers = () => get(tokens.PROVIDERS).list();
  /** Returns a sample of each provider that has the value. */
  const times = (valueOf: (traffic: ProviderTraffic) => number | undefined) =>
    providers().flatMap(({ id, traffic }): Sample<'sidetone_last_event_timestamp_seconds'>[] => {
      const at = valueOf(traffic);
      return at === undefined ? [] : [[{ provider: id }, at / 1000]];
    });
  /** Returns a sample of each isolated provider. */
  const isolated = (valueOf: (counts: IsolationCounts) => number) =>
    providers().flatMap(({ id, isolation }): Sample<'sidetone_isolated_threads_total'>[] =>
      isolation ? [[{ provider: id }, valueOf(isolation)]] : [],
    );
  return {
    sidetone_provider_state: () =>
      providers().flatMap(({ id, state }) =>
        statesOf(state).map(([name, value]) => [{ provider: id, state: name }, value] as const),
      ),
    sidetone_transcriber_state: () =>
      get(tokens.TRANSCRIBERS)
        .list()
        .flatMap(({ id, state }) =>
          statesOf(state).map(([name, value]) => [{ transcriber: id, state: name }, value] as const),
        ),
    sidetone_webhooks_total: () =>
      providers().flatMap(({ id, traffic }) =>
        traffic.webhooks
          .entries()
          .map(([[result, code], count]) => [{ provider: id, result, code }, count] as const),
      ),
    sidetone_last_webhook_timestamp_seconds: () => times(({ lastWebhookAt }) => lastWebhookAt),
    sidetone_last_event_timestamp_seconds: () => times(({ lastEventAt }) => lastEventAt),
    sidetone_plugin_request_failures_total: () =>
      providers().map(({ id, failedRequests }) => [{ provider: id }, failedRequests] as const),
    sidetone_plugin_events_rejected_total: () =>
      providers().map(({ id, rejectedEvents }) => [{ provider: id }, rejectedEvents] as const),
    sidetone_plugin_blocked_total: () =>
      providers().map(({ id, blocks }) => [{ provider: id }, blocks.count] as const),
    sidetone_plugin_blocked_longest_seconds: () =>
      providers().map(({ id, blocks }) => [{ provider: id }, blocks.longestMs / 1000] as const),
    sidetone_isolated_threads_total: () => isolated(({ threads }) => threads),
    sidetone_isolated_socket_pauses_total: () => isolated(({ pauses }) => pauses),
    sidetone_isolated_messages_dropped_total: () =>
      providers().flatMap(({ id, isolation }) =>
        isolation
          ? [
              [{ provider: id, direction: 'to_thread' }, isolation.droppedToThread] as const,
              [{ provider: id, direction: 'to_daemon' }, isolation.droppedToDaemon] as const,
            ]
          : [],
      ),
    sidetone_plugin_events_dropped_total: () =>
      providers().flatMap(({ id, traffic }) =>
        traffic.droppedEvents
          .entries()
          .map(([[reason], count]) => [{ provider: id, reason }, count] as const),
      ),
    sidetone_capture_lines_total: () =>
      providers().flatMap(({ id, capture }) =>
        capture
          ? [
              [{ provider: id, result: 'written' }, capture.written] as const,
              [{ provider: id, result: 'dropped' }, capture.dropped] as const,
            ]
          : [],
      ),
    sidetone_capture_on: () =>
      providers().flatMap(({ id, capture }) =>
        capture ? [[{ provider: id }, Number(capture.isOn)] as const] : [],
      ),
  } as const satisfies Partial<Readers>;
}

const statesOf = (current: ProviderState): readonly (readonly [state: ProviderState, value: number])[] =>
  PROVIDER_STATES.map((state) => [state, Number(state === current)]);
