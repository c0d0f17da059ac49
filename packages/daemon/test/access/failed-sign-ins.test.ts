import { createFakeClock } from '@sidetone/testkit';
import { describe, expect, test } from 'vitest';
import {
  BURST_SECONDS,
  FailedSignIns,
  MAX_FAILING_ADDRESSES,
  MAX_REPORTS,
  OTHER_ADDRESSES,
  REPORT_PERIOD_MS,
  type FailedSignInReport,
} from '../../src/access/failed-sign-ins.ts';

const RATE = 5;
const BURST = RATE * BURST_SECONDS;

function create() {
  const clock = createFakeClock();
  const signIns = new FailedSignIns({ clock, failedSignInsPerSecond: RATE });
  const reports: FailedSignInReport[] = [];
  signIns.onFailures((report) => reports.push(report));
  /** Returns how many of the failures were within the rate. */
  const fail = (count: number, address = '192.0.2.1'): number =>
    Array.from({ length: count }, () => signIns.record({ address, entrance: 'GRAPHQL' })).filter(
      (isLimited) => !isLimited,
    ).length;
  return { clock, signIns, reports, fail };
}

describe('the rate of an address', () => {
  test('is below 10 per second for 22,000 failures in 3 seconds', async () => {
    const { clock, signIns, fail } = create();
    let answered = 0;
    for (let turn = 0; turn < 100; turn++) {
      answered += fail(220);
      await clock.advance(30);
    }
    expect(answered / 3).toBeLessThan(10);
    expect([signIns.failed, signIns.limited]).toEqual([22_000, 22_000 - answered]);
  });

  test('does not affect other addresses', () => {
    const { fail } = create();
    expect(fail(1000)).toBe(BURST);
    expect(fail(3, '192.0.2.2')).toBe(3);
  });

  test('recovers with the elapsed time, up to the burst, whatever the wall clock does', async () => {
    const { clock, fail } = create();
    fail(BURST);
    clock.stepWallClock(3_600_000);
    expect(fail(1)).toBe(0);
    await clock.advance(1000);
    expect(fail(100)).toBe(RATE);
    await clock.advance(3_600_000);
    expect(fail(100)).toBe(BURST);
  });

  test.each([
    ['the same /64 network', '2001:db8::1', '2001:db8::ffff:1'],
    ['an IPv4-mapped address', '192.0.2.1', '::ffff:192.0.2.1'],
  ])('is shared by %s', (_case, one, other) => {
    const { fail } = create();
    fail(BURST, one);
    expect(fail(1, other)).toBe(0);
    expect(fail(1, '2001:db8:0:1::1')).toBe(1);
  });

  test('is remembered for a limited number of addresses, the last ones to fail', () => {
    const { signIns, fail } = create();
    const address = (i: number): string => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`;
    fail(BURST, address(0));
    for (let i = 1; i < MAX_FAILING_ADDRESSES; i++) fail(1, address(i));
    fail(1, address(0));
    for (let i = 0; i < 100; i++) fail(1, `192.0.2.${i}`);
    expect(signIns.addresses).toBe(MAX_FAILING_ADDRESSES);
    expect(fail(1, address(0))).toBe(0);
    expect(fail(100, address(1))).toBe(BURST);
  });
});

describe('observers', () => {
  test('receive the failures of each address and entrance once per period', async () => {
    const { clock, signIns, reports, fail } = create();
    fail(30);
    fail(2, '192.0.2.2');
    signIns.record({ address: '192.0.2.1', entrance: 'WEBHOOK' });
    expect(reports).toEqual([]);
    await clock.advance(REPORT_PERIOD_MS);
    expect(reports).toEqual([
      { address: '192.0.2.1', entrance: 'GRAPHQL', count: 30 },
      { address: '192.0.2.2', entrance: 'GRAPHQL', count: 2 },
      { address: '192.0.2.1', entrance: 'WEBHOOK', count: 1 },
    ]);
    await clock.advance(10 * REPORT_PERIOD_MS);
    expect([reports.length, clock.pending]).toEqual([3, 0]);
    fail(1);
    await clock.advance(REPORT_PERIOD_MS);
    expect(reports[3]).toEqual({ address: '192.0.2.1', entrance: 'GRAPHQL', count: 1 });
  });

  test('receive one report for the addresses beyond the limit', async () => {
    const { clock, reports, fail } = create();
    for (let i = 0; i < MAX_REPORTS + 50; i++) fail(2, `192.0.2.${i}`);
    await clock.advance(REPORT_PERIOD_MS);
    expect(reports).toHaveLength(MAX_REPORTS + 1);
    expect(reports.at(-1)).toEqual({ address: OTHER_ADDRESSES, entrance: 'GRAPHQL', count: 100 });
  });

  test('receive the current period at the end, and nothing after they were removed', () => {
    const { clock, signIns, reports, fail } = create();
    const other: FailedSignInReport[] = [];
    signIns.onFailures((report) => other.push(report))();
    fail(1);
    signIns.close();
    expect([reports.length, other.length, clock.pending]).toEqual([1, 0, 0]);
  });
});
