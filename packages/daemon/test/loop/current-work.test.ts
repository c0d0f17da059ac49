/** The units of work that a daemon names, for the loop monitor. */
import { expect, test } from 'vitest';
import { listenToWork } from '../../src/loop/current-work.ts';
import { BLOCKED_MS } from '../../src/loop/loop-monitor.ts';
import * as tokens from '../../src/tokens.ts';
import { nextOf, startTestDaemon, until } from '../support/daemon.ts';
import { numberedUtterance } from '../support/harness.ts';
import { tempDir } from '../support/temp-dir.ts';

test('a daemon names its units of work, without the contents of events', async () => {
  const it = await startTestDaemon(tempDir());
  const labels = new Set<string>();
  const stopListening = listenToWork((label) => labels.add(label));
  try {
    await it.query('query ListCalls { calls { nodes { id } } }');
    const iterator = it.subscribe('subscription { callEvents { type } }');
    const first = nextOf(iterator);
    await until(() => it.readers() === 1, 'subscribed');
    it.emit(numberedUtterance(1));
    await first;
    await fetch(it.url('providers/test/events'), { method: 'POST', body: '{}' });
    it.script.host.clock.schedule(1, () => undefined);
    await until(() => labels.has('timer of test'), 'a timer of the plugin');
    expect([...labels].toSorted()).toEqual([
      // Between pieces of work of plugins.
      'other',
      'parse query',
      'publish events',
      'query ListCalls',
      'store commit',
      'subscription callEvents',
      'timer of test',
      'webhook test',
    ]);
  } finally {
    stopListening();
  }
});

test('the monitor of a daemon names a plugin that blocks the event loop, and ends with it', async () => {
  const it = await startTestDaemon(tempDir());
  const monitor = it.daemon.parts.resolve(tokens.LOOP_MONITOR);
  it.script.host.clock.schedule(1, () => {
    const until = performance.now() + BLOCKED_MS;
    while (performance.now() < until);
  });
  await until(() => monitor.slow.has('timer of test'), 'the slow turn is counted');
  const line = it.lines.find(({ message }) => message === 'event loop blocked');
  expect(line).toMatchObject({ level: 'warn', fields: { work: 'timer of test' } });
  const { notices } = (await it.query('{ providers { notices { code message } } }')).data![
    'providers'
  ][0] as { notices: readonly object[] };
  expect(notices).toEqual([
    {
      code: 'PLUGIN_BLOCKED',
      message: expect.stringMatching(/^timer of test blocked the event loop for \d+ ms\./),
    },
  ]);
});
