/** The metrics of providers and transcribers. */
import { PROVIDER_STATES, type ProviderState } from '@sidetone/core';
import type { Readers, Sample } from '../../metrics/catalogue.ts';
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
