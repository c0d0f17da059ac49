/** `/metrics` of a whole daemon. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '@sidetone/core';
import { createFakeClock } from '@sidetone/testkit';
import { expect, test, vi } from 'vitest';
import { METRICS } from '../../src/metrics/catalogue.ts';
import * as tokens from '../../src/tokens.ts';
import { startTestDaemon, type TestDaemon } from '../support/daemon.ts';
import { event } from '../support/harness.ts';
import { parseMetrics, type ScrapedMetrics } from '../support/metrics.ts';
import { tempDir } from '../support/temp-dir.ts';

const root = tempDir();
let count = 0;

async function start(settings: Record<string, unknown> = {}, clock?: Clock): Promise<TestDaemon> {
  const dir = join(root, String(count++));
  mkdirSync(dir);
  return startTestDaemon(dir, settings, clock);
}

async function scrape(it: TestDaemon): Promise<ScrapedMetrics> {
  const response = await fetch(it.url('metrics'));
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  return parseMetrics(await response.text());
}

test('has every metric of the catalogue with its type and help, and those of the process', async () => {
  const { definitions } = await scrape(await start());
  for (const [name, { type, help }] of Object.entries(METRICS))
    expect([name, definitions.get(name)]).toEqual([name, { type, help }]);
  expect([...definitions.keys()]).toEqual(
    expect.arrayContaining([
      'process_cpu_seconds_total',
      'process_resident_memory_bytes',
      'nodejs_eventloop_lag_p99_seconds',
    ]),
  );
});

test('has only labels of the catalogue', async () => {
  const it = await start();
  await it.aCall();
  const { samples } = await scrape(it);
  const own = samples.filter(({ name }) => name in METRICS);
  expect(own.length).toBeGreaterThan(50);
  for (const { name, labels } of own)
    expect([name, Object.keys(labels)]).toEqual([name, METRICS[name as keyof typeof METRICS].labels]);
});

test('counts calls and events, and the state of the provider', async () => {
  const it = await start();
  const before = await scrape(it);
  expect(before.value('sidetone_live_calls', { provider: 'test', status: 'IN_PROGRESS' })).toBe(0);
  expect(before.value('sidetone_last_event_timestamp_seconds', { provider: 'test' })).toBeUndefined();
  await it.aCall();
  const live = await scrape(it);
  expect(live.value('sidetone_live_calls', { provider: 'test', status: 'IN_PROGRESS' })).toBe(1);
  expect(live.value('sidetone_calls_started_total', { provider: 'test' })).toBe(1);
  expect(live.value('sidetone_events_stored_total', { type: 'CALL_STARTED' })).toBe(1);
  expect(live.value('sidetone_commit_duration_seconds_bucket', { le: '+Inf' })).toBe(1);
  expect(live.value('sidetone_commit_duration_seconds_count')).toBe(1);
  expect(live.value('sidetone_provider_state', { provider: 'test', state: 'RUNNING' })).toBe(1);
  expect(live.value('sidetone_provider_state', { provider: 'test', state: 'FAILED' })).toBe(0);
  expect(live.value('sidetone_last_event_timestamp_seconds', { provider: 'test' })).toBeGreaterThan(1e9);
  expect(live.value('sidetone_ready')).toBe(1);
  it.emit(event('call.ended', { end: { category: 'BUSY' } }, { at: Date.now() }));
  await it.committed();
  const ended = await scrape(it);
  expect(ended.value('sidetone_live_calls', { provider: 'test', status: 'IN_PROGRESS' })).toBe(0);
  expect(ended.value('sidetone_calls_ended_total', { provider: 'test', category: 'BUSY' })).toBe(1);
});

test('has the size of the store and the free space of its disk', async () => {
  const metrics = await scrape(await start());
  expect(metrics.value('sidetone_store_bytes', { file: 'database' })).toBeGreaterThan(4096);
  expect(metrics.value('sidetone_store_bytes', { file: 'wal' })).toBeGreaterThanOrEqual(0);
  expect(metrics.value('sidetone_disk_free_bytes', { folder: 'database' })).toBeGreaterThan(0);
});

test('counts webhooks by result and code', async () => {
  const it = await start();
  const { script } = it;
  script.answer = async () => ({ status: 200 });
  await fetch(it.url('providers/test/hook'), { method: 'POST', body: '{}' });
  script.answer = async () => ({ status: 401 });
  await fetch(it.url('providers/test/hook'), { method: 'POST', body: '{}' });
  const metrics = await scrape(it);
  const webhooks = (result: string, code: string) =>
    metrics.value('sidetone_webhooks_total', { provider: 'test', result, code });
  expect(webhooks('accepted', '')).toBe(1);
  expect(webhooks('rejected', 'WEBHOOK_UNAUTHENTICATED')).toBe(1);
  expect(metrics.value('sidetone_last_webhook_timestamp_seconds', { provider: 'test' })).toBeGreaterThan(1e9);
});

test('the alert for a quiet provider fires when no event has arrived for its time', async () => {
  const rule = readFileSync(new URL('../../../../deploy/prometheus/alerts.yaml', import.meta.url), 'utf8');
  const [, metric, seconds] = /'time\(\) - (\w+) > (\d+)'/.exec(rule)!;
  const clock = createFakeClock();
  const it = await start({}, clock);
  const fires = async (): Promise<boolean> =>
    clock.now() / 1000 - (await scrape(it)).value(metric!, { provider: 'test' })! > Number(seconds);
  it.emit(event('call.started', {}, { at: clock.now() }));
  await clock.advance(Number(seconds) * 1000);
  expect(await fires()).toBe(false);
  await clock.advance(1000);
  expect(await fires()).toBe(true);
  it.emit(event('call.ended', { end: { category: 'BUSY' } }, { at: clock.now() }));
  expect(await fires()).toBe(false);
});

test('counts the limits that a plugin reports', async () => {
  const it = await start();
  it.script.host.limitReached?.('MAX_SOMETHING', 3);
  it.script.host.limitReached?.('MAX_SOMETHING');
  it.script.host.limitReached?.('NOTHING', 0);
  it.script.host.limitReached?.('4155550123');
  const reached = (await scrape(it)).samples.filter(
    ({ name }) => name === 'sidetone_plugin_limit_reached_total',
  );
  expect(reached.map(({ labels, value }) => [labels, value])).toEqual([
    [{ plugin: 'test', limit: 'MAX_SOMETHING' }, 4],
  ]);
});

const FAILING = {
  LIMIT_QUERY_COST: '{ calls(first: 200) { nodes { utterances(first: 200) { nodes { id } } } } }',
  LIMIT_QUERY_TOKENS: `{ ${'__typename '.repeat(3000)} }`,
  INPUT_INVALID: '{ calls(first: 5000) { nodes { id } } }',
  GRAPHQL_INVALID: '{ nothing }',
};

test('counts the errors of operations once, on each transport', async () => {
  const it = await start();
  for (const query of Object.values(FAILING)) {
    await it.query(query);
    await Promise.allSettled([it.subscribe(query).next()]);
  }
  const counted = (await scrape(it)).samples.filter(({ name }) => name === 'sidetone_operation_errors_total');
  expect(Object.fromEntries(counted.map(({ labels, value }) => [labels['code'], value]))).toEqual(
    Object.fromEntries(Object.keys(FAILING).map((code) => [code, 2])),
  );
});

test('counts notices of calls by their codes, and other texts together', async () => {
  const it = await start();
  for (const code of ['VAPI_SOMETHING', '4155550123', 'a sentence'])
    it.emit(event('notice', { code, message: 'x' }, { at: Date.now() }));
  await it.committed();
  const metrics = await scrape(it);
  const counts = ['VAPI_SOMETHING', 'other', '4155550123'].map((code) =>
    metrics.value('sidetone_call_notices_total', { provider: 'test', code }),
  );
  expect(counts).toEqual([1, 2, undefined]);
});

test('has no name that a client chose', async () => {
  const it = await start();
  const slow = ['query Of4155550123', 'query OfAda', 'store commit'].map(
    (label) => [label, { turns: 2, longestMs: 60 }] as const,
  );
  vi.spyOn(it.daemon.parts.resolve(tokens.LOOP_MONITOR), 'slow', 'get').mockReturnValue(new Map(slow));
  const metrics = await scrape(it);
  expect(metrics.value('sidetone_slow_turns_total', { work: 'query' })).toBe(4);
  expect(metrics.value('sidetone_slow_turns_total', { work: 'store commit' })).toBe(2);
  expect(JSON.stringify(metrics.samples)).not.toMatch(/Ada|4155550123/);
});

test('shows the lag of a subscription that is not read', async () => {
  const it = await start();
  const own = (await scrape(it)).value('sidetone_subscriptions')!;
  const feed = it.daemon.parts.resolve(tokens.FEEDS).records({});
  await it.aCall();
  const lagging = await scrape(it);
  expect(lagging.value('sidetone_subscriptions')).toBe(own + 1);
  expect(lagging.value('sidetone_subscription_lag_events', { statistic: 'max' })).toBe(1);
  await feed.next();
  expect((await scrape(it)).value('sidetone_subscription_lag_events', { statistic: 'max' })).toBe(0);
  await feed.return?.();
  expect((await scrape(it)).value('sidetone_subscriptions')).toBe(own);
});

test('values do not add up when several clients read at once', async () => {
  const it = await start();
  await it.aCall();
  const scrapes = await Promise.all([scrape(it), scrape(it), scrape(it)]);
  for (const metrics of scrapes)
    expect(metrics.value('sidetone_calls_started_total', { provider: 'test' })).toBe(1);
});

test('is served in the OpenMetrics format on request', async () => {
  const it = await start();
  await it.aCall();
  const response = await fetch(it.url('metrics'), {
    headers: { accept: 'application/openmetrics-text;version=1.0.0' },
  });
  expect(response.headers.get('content-type')).toBe(
    'application/openmetrics-text; version=1.0.0; charset=utf-8',
  );
  const text = await response.text();
  expect(text).toMatch(/^# TYPE sidetone_calls_started counter$/m);
  expect(text).toMatch(/^sidetone_calls_started_total\{provider="test"\} 1$/m);
  expect(text.endsWith('# EOF\n')).toBe(true);
});

const TOKEN = 'a-reader-with-a-long-token';
const WITH_TOKEN = { auth: { tokens: [{ name: 'reader', token: TOKEN, scopes: ['read'] }] } };

test('requires the scope read, and counts rejected requests', async () => {
  const it = await start(WITH_TOKEN);
  const get = (token?: string) =>
    fetch(it.url('metrics'), { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } });
  expect((await get()).status).toBe(401);
  expect((await get('wrong-token-xxxxxxxxxxxx')).status).toBe(401);
  const metrics = parseMetrics(await (await get(TOKEN)).text());
  expect(
    metrics.value('sidetone_rejected_requests_total', { entrance: 'GRAPHQL', code: 'AUTH_REQUIRED' }),
  ).toBe(2);
  expect(metrics.value('sidetone_failed_sign_ins_total', { entrance: 'GRAPHQL' })).toBe(1);
});

test('is served without a token at metrics.port, and nothing else is', async () => {
  const it = await start({ ...WITH_TOKEN, metrics: { port: 0 } });
  const url = it.daemon.metricsUrl!;
  expect(it.lines.find(({ message }) => message === 'sidetone is ready')!.fields).toMatchObject({
    metrics: new URL('metrics', url).href,
  });
  expect(await (await fetch(new URL('metrics', url))).text()).toContain('sidetone_build_info{');
  for (const path of ['', 'graphql', 'readyz', 'metrics/x'])
    expect([path, (await fetch(new URL(path, url))).status]).toEqual([path, 404]);
});
