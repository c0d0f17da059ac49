/** Attacks from the network on the built daemon: its memory stays limited, its providers stay available. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  flood,
  hostileWebhook,
  largeWebhook,
  partialWebhooks,
  pipelinedReaders,
  postWebhook,
  SECRET,
  unreadPages,
  writeAttackedConfig,
  type Attack,
} from './support/attacks.ts';
import { query, startDaemon, tempDir, until, type DaemonRun } from './support/daemon.ts';

const MEMORY_LIMIT_MIB = 400;

const anyDaemon = (): Promise<DaemonRun> => startDaemon(writeAttackedConfig(tempDir()));

/** The most resident memory that a process has used, MiB. */
function peakMemory({ pid }: DaemonRun): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024;
}

async function expectServing(daemon: DaemonRun): Promise<void> {
  const [{ state }] = (await query(daemon.url, '{ providers { state } }')).providers;
  // No provider answers its health check, and all webhooks of the attack are rejected.
  expect(state).toMatch(/^(STARTING|RUNNING|DEGRADED)$/);
  expect(peakMemory(daemon)).toBeLessThan(MEMORY_LIMIT_MIB);
}

test('connections that read no response or complete no body leave memory limited and others served', async () => {
  const daemon = await anyDaemon();
  const attacks: Attack[] = [
    await unreadPages(daemon.url, 300),
    await partialWebhooks(daemon.url, 300, 10_000_000),
    await pipelinedReaders(daemon.url, 5, 3000),
  ];
  await until(() => attacks[1]!.rejected() === 300, 'all webhooks with a wrong secret are closed');
  await until(
    () => daemon.stderr().includes('too many pipelined requests'),
    'pipelined connections are closed',
  );
  await expectServing(daemon);
  for (const attack of attacks) attack.release();
});

test('webhooks of 9.5 MB with the right secret leave memory limited, and none is lost', async () => {
  const daemon = await anyDaemon();
  const statuses = await flood(40, (index) =>
    postWebhook(daemon.url, largeWebhook(index, 9_500_000), SECRET),
  );
  expect(Object.keys(statuses).every((status) => ['200', '503', '429', '0'].includes(status))).toBe(true);
  await expectServing(daemon);
  const { calls } = await query(daemon.url, '{ calls { totalCount } }');
  expect(calls.totalCount).toBe(statuses[200]);
});

test('hostile webhooks cost only themselves', async () => {
  const daemon = await anyDaemon();
  const statuses = await flood(3000, (index) => postWebhook(daemon.url, hostileWebhook(index), SECRET));
  expect(Object.keys(statuses)).toEqual(['200', '400']);
  await expectServing(daemon);
});
