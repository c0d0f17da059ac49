import { describe, expect, test } from 'vitest';
import type { Health } from '../page/notices/documents.ts';
import { noticesOf } from '../page/notices/notices.ts';

const NOW = Date.parse('2026-01-02T12:00:00Z');

const provider = (fields: Partial<Health['providers'][number]> = {}): Health['providers'][number] => ({
  id: 'vapi',
  displayName: 'Vapi',
  state: 'RUNNING',
  stateMessage: null,
  notices: [],
  ...fields,
});
const transcriber = (
  fields: Partial<Health['transcribers'][number]> = {},
): Health['transcribers'][number] => ({
  id: 'deepgram',
  displayName: 'Deepgram',
  state: 'RUNNING',
  stateMessage: null,
  ...fields,
});
const textsOf = (health: Health): readonly string[] =>
  noticesOf(health, NOW).map(({ name, text }) => `${name} ${text}`);

describe('notices', () => {
  test('are none while everything runs', () => {
    expect(textsOf({ providers: [provider()], transcribers: [transcriber()] })).toEqual([]);
  });

  test('name state and reason once, with one full stop', () => {
    const stateMessage = 'Health check failed: Vapi answered 401: the key is needed..';
    expect(textsOf({ providers: [provider({ state: 'DEGRADED', stateMessage })], transcribers: [] })).toEqual(
      ['Vapi is degraded: Health check failed: Vapi answered 401: the key is needed.'],
    );
  });

  test('include transcribers', () => {
    const ill = transcriber({ state: 'FAILED', stateMessage: 'the key was rejected.' });
    expect(textsOf({ providers: [provider()], transcribers: [ill] })).toEqual([
      'Deepgram has failed: the key was rejected.',
    ]);
  });

  test('include those of a provider that runs, after all states, with number and time', () => {
    const notices = [
      { code: 'A', message: 'some webhooks were rejected.', count: 12, lastAt: '2026-01-02T11:58:00Z' },
      { code: 'B', message: 'no webhook was received since the start', count: 1, lastAt: null },
    ];
    const health = {
      providers: [provider({ notices })],
      transcribers: [transcriber({ state: 'STOPPED' as const })],
    };
    const [state, first, second] = textsOf(health);
    expect(state).toBe('Deepgram is stopped.');
    expect(first).toMatch(/^Vapi: Some webhooks were rejected\. 12 since the start, the last one at .+\.$/);
    expect(second).toBe('Vapi: No webhook was received since the start.');
    expect(noticesOf(health, NOW).map(({ canHide }) => canHide)).toEqual([false, true, true]);
  });

  test('have different keys, also for a provider and a transcriber with the same id', () => {
    const same = { id: 'x', state: 'FAILED' as const };
    const keys = noticesOf({ providers: [provider(same)], transcribers: [transcriber(same)] }, NOW).map(
      ({ key }) => key,
    );
    expect(new Set(keys).size).toBe(2);
  });
});
