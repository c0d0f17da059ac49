import { connectionFailure, NEVER } from '@sidetone/testkit';
import { describe, expect, it } from 'vitest';
import { settingsResults } from '../../src/rest/diagnostics.ts';
import { start } from '../harness.ts';

const API = 'https://api.vapi.ai';
const { signal } = new AbortController();
const webhookUrl = new URL('https://calls.example.com/providers/vapi/webhook');
const HERE = { server: { url: `${webhookUrl.href}/?tenant=1` } };
const ELSEWHERE = { server: { url: 'https://app.example.com/vapi' } };
const ALL = ['status-update', 'transcript[transcriptType="final"]', 'end-of-call-report'];
const GOOD = { name: 'Nova', ...HERE, serverMessages: ALL };

const resultsOf = (assistants: readonly object[], numbers: readonly object[] = [], hasPublicKey = false) =>
  settingsResults(assistants as never, numbers as never, { webhookUrl, hasPublicKey });
const statesOf = (...args: Parameters<typeof resultsOf>) =>
  resultsOf(...args).map(({ name, state }) => `${name}: ${state}`);

describe('settingsResults', () => {
  it('accepts an assistant that sends everything here, whatever slash or query its URL has', () => {
    expect(statesOf([GOOD])).toEqual(['server URL: OK', 'server messages: OK', 'live monitoring: OK']);
  });

  it('names the assistants that send their messages elsewhere, and does not check them further', () => {
    const [result, ...others] = resultsOf(
      ['A', 'B', 'C', 'D', 'E'].map((name) => ({ name, serverUrl: 'https://app.example.com/' })),
    );
    expect(result).toMatchObject({
      state: 'WARNING',
      message: 'another server receives the messages of A, B, C and 2 more',
      remedy: expect.stringContaining(webhookUrl.href),
    });
    expect(others).toEqual([]);
  });

  it('warns of a phone number with another server URL, without the number', () => {
    const results = resultsOf([], [{ number: '+15005550006', ...ELSEWHERE }]);
    expect(results).toMatchObject([
      { state: 'WARNING', message: 'another server receives the messages of 1 phone number' },
    ]);
    expect(JSON.stringify(results)).not.toContain('15005550006');
  });

  it('says that the URL of the organisation cannot be read, if no other is set', () => {
    expect(resultsOf([{ name: 'Nova', serverMessages: ALL }])[0]).toMatchObject({
      state: 'WARNING',
      message: expect.stringContaining('organisation cannot be read'),
    });
    expect(statesOf([{ name: 'Nova' }], [HERE])[0]).toBe('server URL: OK');
  });

  it.each([
    [undefined, 'WARNING', 'transcript is missing'],
    [['status-update', 'end-of-call-report'], 'WARNING', 'transcript is missing'],
    [['transcript'], 'FAILED', 'status-update or end-of-call-report is missing'],
  ])('checks the server messages %j', (serverMessages, state, message) => {
    const assistant = { name: 'Nova', ...HERE, serverMessages };
    expect(resultsOf([assistant])[1]).toMatchObject({ state, message: expect.stringContaining(message) });
  });

  it('checks that audio and commands are permitted', () => {
    const withPlan = (monitorPlan: object, hasPublicKey: boolean) =>
      resultsOf([{ ...GOOD, monitorPlan }], [], hasPublicKey)[2]?.state;
    expect(withPlan({ controlAuthenticationEnabled: true }, false)).toBe('FAILED');
    expect(withPlan({ controlAuthenticationEnabled: true }, true)).toBe('OK');
    expect(withPlan({ listenEnabled: false }, true)).toBe('WARNING');
  });
});

describe('diagnostics', () => {
  it('reads the key, the assistants and the phone numbers', async () => {
    const { host, provider } = await start();
    host.respond('GET', `${API}/call?limit=1`, { json: [] });
    host.respond('GET', `${API}/assistant?limit=100`, { json: [GOOD] });
    host.respond('GET', `${API}/phone-number?limit=100`, { json: [] });
    expect((await provider.diagnostics!(signal)).map(({ name }) => name)).toEqual(['API key', 'server URL']);
    expect(host.requests.map(({ method }) => method)).toEqual(['GET', 'GET', 'GET']);
  });

  it('only says that the key is rejected if it is', async () => {
    const { host, provider } = await start();
    host.respond('GET', /./, { status: 401, json: { message: 'Invalid key' } });
    expect(await provider.diagnostics!(signal)).toMatchObject([
      { name: 'API key', state: 'FAILED', message: expect.stringContaining('401') },
    ]);
  });

  it('skips what cannot be read', async () => {
    const { host, provider } = await start();
    host.respond('GET', `${API}/call?limit=1`, { json: [] });
    host.respond('GET', `${API}/assistant?limit=100`, { status: 403 });
    host.respond('GET', `${API}/phone-number?limit=100`, () => {
      throw connectionFailure('ECONNRESET');
    });
    expect(await provider.diagnostics!(signal)).toMatchObject([
      { state: 'OK' },
      { name: 'server URL', state: 'SKIPPED' },
    ]);
  });

  it('ends in time although Vapi does not answer', async () => {
    const { host, provider } = await start();
    host.respond('GET', /./, NEVER);
    const results = provider.diagnostics!(signal);
    await host.clock.advance(10_000);
    expect(await results).toMatchObject([{ name: 'API key', state: 'FAILED' }]);
  });
});
