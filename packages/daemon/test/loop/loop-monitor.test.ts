import { createFakeClock, type FakeClock } from '@sidetone/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { beginWork, endWork } from '../../src/loop/current-work.ts';
import {
  BLOCKED_MS,
  DELAY_CHECK_MS,
  LoopMonitor,
  MAX_LABELS,
  SLOW_TURN_MS,
} from '../../src/loop/loop-monitor.ts';
import { createTestLog, type LogLine } from '../support/silent-log.ts';

let clock: FakeClock;
let elapsed: number;
let endTurn: () => void;
let delayMs: number;
let lines: LogLine[];
let monitor: LoopMonitor;
let blocks: string[];
beforeEach(() => {
  clock = createFakeClock();
  elapsed = 0;
  delayMs = 0;
  blocks = [];
  const testLog = createTestLog();
  lines = testLog.lines;
  monitor = new LoopMonitor({
    clock: { schedule: (ms, task) => clock.schedule(ms, task), elapsed: () => elapsed },
    log: testLog.log('loop'),
    atEndOfTurn: (task) => (endTurn = task),
    delays: { takeLongestMs: () => delayMs, close: () => undefined },
    onBlocked: (plugin, work, ms) => void blocks.push(`${plugin}: ${work} ${ms}`),
  });
  monitor.start();
});
afterEach(() => monitor.stop());

/** Runs a turn of these units. */
function turn(...units: readonly [label: string, ms: number][]): void {
  for (const [label, ms] of units) {
    beginWork(label);
    elapsed += ms;
  }
  endTurn();
}

test('names the longest unit of a slow turn', () => {
  turn(['provider vapi request', 5], ['store commit', 60], ['query Calls', 20]);
  expect(Object.fromEntries(monitor.slow)).toEqual({ 'store commit': { turns: 1, longestMs: 85 } });
  expect(lines).toEqual([
    {
      level: 'warn',
      message: 'event loop blocked',
      fields: { work: 'store commit', turnMs: 85, workMs: 60 },
    },
  ]);
});

test('names a plugin for the time of its own work, not for what follows it', () => {
  beginWork('socket message of vobiz', 'vobiz');
  elapsed += BLOCKED_MS;
  endWork();
  elapsed += 10;
  beginWork('socket message of bell', 'bell');
  elapsed += 1;
  endWork();
  elapsed += 2 * BLOCKED_MS;
  endTurn();
  expect(blocks).toEqual([`vobiz: socket message of vobiz ${BLOCKED_MS}`]);
});

test('says nothing about turns within the limit, however many', () => {
  for (let i = 0; i < 100; i++) turn(['query Calls', SLOW_TURN_MS]);
  expect([monitor.slow.size, lines]).toEqual([0, []]);
});

test('does not count a unit of one turn for the next', () => {
  turn(['a', 40]);
  elapsed += 1000;
  turn(['b', 30], ['c', 25]);
  expect([...monitor.slow.keys()]).toEqual(['b']);
});

test('counts every slow turn by label, and samples the log', () => {
  for (let i = 0; i < 10; i++) turn(['store commit', 100 + i]);
  turn(['query Calls', 70]);
  expect(monitor.slow.get('store commit')).toEqual({ turns: 10, longestMs: 109 });
  expect(lines.map(({ fields }) => fields['work'])).toEqual(['store commit', 'query Calls']);
});

test('limits the number of labels', () => {
  for (let i = 0; i < MAX_LABELS * 2; i++) turn([`query Q${i}`, 100]);
  expect(monitor.slow.size).toBe(MAX_LABELS + 1);
  expect(monitor.slow.get('other')?.turns).toBe(MAX_LABELS);
  expect(monitor.unlisted).toBe(MAX_LABELS);
});

test('reports a delay that no label explains, and not one that was reported with its label', async () => {
  delayMs = 300;
  turn(['store commit', 290]);
  await clock.advance(DELAY_CHECK_MS);
  expect([...monitor.slow.keys()]).toEqual(['store commit']);
  await clock.advance(DELAY_CHECK_MS);
  expect(monitor.slow.get('other')).toEqual({ turns: 1, longestMs: 300 });
});

test('leaves neither a listener nor a timer when it stops', () => {
  monitor.stop();
  expect(clock.pending).toBe(0);
  beginWork('late');
  expect(monitor.slow.size).toBe(0);
});

test('measures delays of the real event loop', async () => {
  monitor.stop();
  const { log } = createTestLog();
  const real = new LoopMonitor({ clock: { ...clock, elapsed: () => performance.now() }, log: log('loop') });
  real.start();
  try {
    await new Promise((resolve) => setTimeout(resolve, 50));
    const until = performance.now() + 200;
    while (performance.now() < until);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await clock.advance(DELAY_CHECK_MS);
    expect(real.slow.get('other')?.longestMs).toBeGreaterThan(SLOW_TURN_MS);
  } finally {
    real.stop();
  }
});
