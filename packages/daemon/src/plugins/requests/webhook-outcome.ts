/** What the response to a webhook says about it. Pure. */
import { isFault, type FaultCode } from '@sidetone/core';
import type { ProviderTraffic } from '../provider/provider-traffic.ts';

export type WebhookOutcome =
  | { readonly result: 'accepted' }
  | { readonly result: 'rejected' | 'failed'; readonly code: FaultCode; readonly reason: string };

const REJECTION_CODES: Readonly<Record<number, FaultCode>> = {
  401: 'WEBHOOK_UNAUTHENTICATED',
  403: 'WEBHOOK_UNAUTHENTICATED',
  404: 'WEBHOOK_PATH_UNKNOWN',
  405: 'WEBHOOK_PATH_UNKNOWN',
};
const TOO_MANY_REQUESTS = 429;
const NOT_IMPLEMENTED = 501;

/**
 * Judges a webhook by the status of its response. Failures of the daemon, and limits, say nothing about the setup of the provider,
 * and are retried.
 * @param error why it was not handled
 */
export function outcomeOf(status: number, error?: unknown): WebhookOutcome {
  if (error === undefined && (status < 400 || status === NOT_IMPLEMENTED)) return { result: 'accepted' };
  const isRejected = status >= 400 && status < 500 && status !== TOO_MANY_REQUESTS;
  const result = isRejected ? 'rejected' : 'failed';
  if (isFault(error)) return { result, code: error.code, reason: error.message };
  const code = isRejected ? (REJECTION_CODES[status] ?? 'WIRE_MALFORMED') : 'INTERNAL';
  return { result, code, reason: `status ${status}` };
}

export function countOutcome(traffic: ProviderTraffic, outcome: WebhookOutcome): void {
  if (outcome.result === 'accepted') traffic.webhookAccepted();
  else if (outcome.result === 'rejected') traffic.webhookRejected(outcome.code, outcome.reason);
  else traffic.webhookFailed(outcome.code);
}
