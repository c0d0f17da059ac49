import { expect, test } from 'vitest';
import { trafficText } from '../page/board/provider-traffic.ts';

const NOW = Date.parse('2026-01-05T09:30:00.000Z');
const AT = new Date(NOW - 60_000).toISOString();
const textOf = (lastWebhookAt: string | null, lastEventAt: string | null): string =>
  trafficText({ id: 'vapi', displayName: 'Vapi', lastWebhookAt, lastEventAt }, NOW);

test('a board without calls says what each provider sent last', () => {
  expect(textOf(AT, AT)).toMatch(/^last webhook Today \d/);
  expect(textOf(null, AT)).toMatch(/^no webhook since the daemon started, last event Today \d/);
  expect(textOf(null, null)).toBe('nothing received since the daemon started');
});
