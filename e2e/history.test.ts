/** History queries of the build, which run on reader threads. */
import { expect, test } from 'vitest';
import { query, startDaemon, tempDir, until, writeConfig } from './support/daemon.ts';
import { simulator } from './support/process.ts';

test('the build answers history, search and statistics, and stops immediately', async () => {
  const cloud = await simulator();
  const daemon = await startDaemon(writeConfig(tempDir(), cloud));
  await cloud.pointAt(daemon.url);
  await cloud.startCall('vapi', 'hello');
  const text = await until(async () => {
    const { calls } = await query(
      daemon.url,
      '{ calls(orderBy: { field: ENDED_AT, direction: DESC }) { totalCount nodes { id utterances { nodes { text } } } } }',
    );
    return calls.nodes[0]?.utterances.nodes[0]?.text as string | undefined;
  }, 'a transcript');
  const word = /\p{L}{3,}/u.exec(text)![0];
  const found = await query(
    daemon.url,
    'query ($query: String!) { searchTranscripts(query: $query) { nodes { snippet } } callStats(bucket: HOUR) { calls } }',
    { query: word.toUpperCase() },
  );
  expect(found.searchTranscripts.nodes[0].snippet).toContain(`[${word}`);
  expect(found.callStats.calls).toBe(1);
  expect(await daemon.end('SIGTERM')).toBe(0);
  expect(daemon.stdout() + daemon.stderr()).not.toContain('history thread failed');
});
