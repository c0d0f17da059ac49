/** Conformance with the GraphQL over HTTP specification, by the audits of graphql-http. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { serverAudits } from 'graphql-http';
import { expect, test } from 'vitest';
import { startTestDaemon } from '../support/daemon.ts';
import { tempDir } from '../support/temp-dir.ts';

test('passes every audit', { timeout: 60_000 }, async () => {
  const dir = join(tempDir(), 'audits');
  mkdirSync(dir);
  const it = await startTestDaemon(dir);
  const audits = serverAudits({ url: it.url('graphql'), fetchFn: fetch });
  const results = await Promise.all(audits.map((audit) => audit.fn()));
  expect(results.length).toBeGreaterThan(50);
  const failed = results.filter(({ status }) => status !== 'ok');
  expect(
    failed.map((result) => `${result.id} ${result.name}: ${'reason' in result ? result.reason : ''}`),
  ).toEqual([]);
});
