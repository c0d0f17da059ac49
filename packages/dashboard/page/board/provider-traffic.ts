/** What a provider sent last, as a sentence: a board without calls may be a quiet day, or webhooks that do not arrive. Pure. */
import { dateTimeText } from '../ui/format.ts';
import type { BoardProvider } from './documents.ts';

export function trafficText({ lastWebhookAt, lastEventAt }: BoardProvider, now: number): string {
  if (lastWebhookAt !== null) return `last webhook ${dateTimeText(lastWebhookAt, now)}`;
  if (lastEventAt !== null)
    return `no webhook since the daemon started, last event ${dateTimeText(lastEventAt, now)}`;
  return 'nothing received since the daemon started';
}
