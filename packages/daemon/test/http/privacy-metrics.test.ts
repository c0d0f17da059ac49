/** The metrics of redaction, pauses and retention, of a whole daemon. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import * as tokens from '../../src/tokens.ts';
import { startTestDaemon, type TestDaemon } from '../support/daemon.ts';
import { event } from '../support/harness.ts';
import { parseMetrics, type ScrapedMetrics } from '../support/metrics.ts';
import { tempDir } from '../support/temp-dir.ts';

const DAY_MS = 24 * 60 * 60_000;
const root = tempDir();

async function start(name: string, settings: Record<string, unknown>): Promise<TestDaemon> {
  const dir = join(root, name);
  mkdirSync(dir);
  return startTestDaemon(dir, settings);
}

const scrape = async (it: TestDaemon): Promise<ScrapedMetrics> =>
  parseMetrics(await (await fetch(it.url('metrics'))).text());

test('redacted parts are counted by kind, not by the name that an operator chose', async () => {
  const it = await start('redaction', {
    redaction: { card: true, patterns: [{ name: 'policy', pattern: 'POL-\\d{6}' }] },
  });
  await it.aCall();
  it.emit(event('utterance.final', { party: 'CUSTOMER', text: '4111 1111 1111 1111 and POL-123456' }));
  await it.committed();
  const metrics = await scrape(it);
  const counts = ['card', 'email', 'pattern', 'policy'].map((kind) =>
    metrics.value('sidetone_redactions_total', { kind }),
  );
  expect(counts).toEqual([1, 0, 1, undefined]);
});

test('paused calls are a gauge', async () => {
  const it = await start('pause', {});
  const callId = await it.aCall();
  expect((await scrape(it)).value('sidetone_capture_pauses')).toBe(0);
  await it.query(
    'mutation ($callId: ID!) { pauseCapture(input: { callId: $callId }) { command { status } } }',
    { callId },
  );
  expect((await scrape(it)).value('sidetone_capture_pauses')).toBe(1);
  await it.query(
    'mutation ($callId: ID!) { resumeCapture(input: { callId: $callId }) { command { status } } }',
    { callId },
  );
  expect((await scrape(it)).value('sidetone_capture_pauses')).toBe(0);
});

test('removals are counted by kind and reason, and failed sweeps', async () => {
  const it = await start('retention', { retention: { transcriptDays: 2 } });
  const at = Date.now() - 3 * DAY_MS;
  it.emit(event('call.started', {}, { at }));
  it.emit(event('utterance.final', { party: 'CUSTOMER', text: 'long ago' }, { at }));
  it.emit(event('call.ended', { end: { category: 'BUSY' } }, { at }));
  await it.committed();
  const retention = it.daemon.parts.resolve(tokens.RETENTION);
  const store = it.daemon.parts.resolve(tokens.LEDGER).retention;
  vi.spyOn(store, 'endedCalls').mockImplementationOnce(() => {
    throw new Error('disk failed');
  });
  await retention.sweep();
  expect((await scrape(it)).value('sidetone_retention_failures_total')).toBe(1);
  await retention.sweep();
  const metrics = await scrape(it);
  expect(metrics.value('sidetone_retention_failures_total')).toBe(1);
  expect(metrics.value('sidetone_retention_calls_total', { kind: 'TRANSCRIPT', reason: 'AGE' })).toBe(1);
  expect(metrics.value('sidetone_recording_space_missing_bytes')).toBe(0);
});
