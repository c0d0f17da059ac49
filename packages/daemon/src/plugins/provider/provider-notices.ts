/** What an operator should know about a provider although it runs: about its setup, and about the webhooks that it receives. */
import { FAULTS, type Clock } from '@sidetone/core';
import { BoundedMap } from '@sidetone/plugin-kit';
import type { ProviderTraffic } from './provider-traffic.ts';

/** Most notices of a plugin that are remembered for each provider. */
export const MAX_NOTICES = 20;
/** How long a notice is shown after its last occurrence, ms. */
export const NOTICE_LIFETIME_MS = 60 * 60_000;

export interface ProviderNotice {
  readonly code: string;
  readonly message: string;
  /** Number of occurrences since the daemon started. */
  readonly count: number;
  /** Epoch ms; undefined for a state that has no time. */
  readonly lastAt: number | undefined;
}

/** A URL that the operator enters at the provider. */
export interface WebhookUrl {
  readonly setting: string;
  readonly url: string;
}

interface KeptNotice extends ProviderNotice {
  readonly lastElapsed: number;
}

/** The notices that a plugin emits about the setup of the provider, by their code. */
export class SetupNotices {
  readonly #clock: Pick<Clock, 'now' | 'elapsed'>;
  readonly #notices = new BoundedMap<string, KeptNotice>(MAX_NOTICES);

  constructor(clock: Pick<Clock, 'now' | 'elapsed'>) {
    this.#clock = clock;
  }

  add(code: string, message: string): void {
    const count = (this.#notices.get(code)?.count ?? 0) + 1;
    const lastElapsed = this.#clock.elapsed();
    this.#notices.set(code, { code, message, count, lastAt: this.#clock.now(), lastElapsed });
  }

  list(): readonly ProviderNotice[] {
    const now = this.#clock.elapsed();
    return [...this.#notices.values()]
      .filter(({ lastElapsed }) => now - lastElapsed < NOTICE_LIFETIME_MS)
      .map(({ code, message, count, lastAt }) => ({ code, message, count, lastAt }));
  }
}

/** Returns a notice about the webhooks of a provider, unless its state already says it. Pure but for the time. */
export function webhookNotices(
  traffic: Pick<
    ProviderTraffic,
    'problem' | 'isSilent' | 'hasRecentRejection' | 'lastRejectedWebhook' | 'rejectedWebhooks'
  >,
  urls: readonly WebhookUrl[],
): readonly ProviderNotice[] {
  const { lastRejectedWebhook: last, rejectedWebhooks: count } = traffic;
  if (last && traffic.hasRecentRejection && traffic.problem === undefined) {
    const message = `some webhooks were rejected, last reason: ${last.reason}. ${FAULTS[last.code].remedy}`;
    return [{ code: last.code, message, count, lastAt: last.at }];
  }
  if (!traffic.isSilent || urls.length === 0) return [];
  const entries = urls.map(({ setting, url }) => `${url} (${setting})`).join(', ');
  const message = `no webhook was received since the start. Enter at the provider: ${entries}.`;
  return [{ code: 'WEBHOOKS_NOT_RECEIVED', message, count: 1, lastAt: undefined }];
}
