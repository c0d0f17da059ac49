import { describe, expect, test } from 'vitest';
import {
  OutputLedger,
  WRITE_TIMEOUT_MS,
  type Account,
  type CutReason,
} from '../../../src/http/limits/output-ledger.ts';

const limits = { unsentBytesPerConnection: 100, unsentBytesPerClient: 150, unsentBytesTotal: 300 };

/** A connection whose client reads only when the test says so. */
class FakeOutput {
  pending = 0;
  taken = 0;
  readonly cuts: CutReason[] = [];
  readonly account: Account;

  constructor(ledger: OutputLedger, client = 'a') {
    this.account = ledger.open(
      {
        unsent: () => this.pending,
        accepted: () => this.taken,
        cut: (reason) => {
          this.cuts.push(reason);
          this.pending = 0;
        },
      },
      client,
    );
  }

  write(bytes: number): void {
    this.pending += bytes;
    this.account.update();
  }

  read(bytes: number): void {
    this.pending -= bytes;
    this.taken += bytes;
  }
}

describe('the limit', () => {
  test('of a connection closes it', () => {
    const ledger = new OutputLedger(limits);
    const output = new FakeOutput(ledger);
    output.write(100);
    expect([output.cuts, ledger.unsent]).toEqual([[], 100]);
    output.write(1);
    expect([output.cuts, ledger.unsent, ledger.cuts.connection]).toEqual([['connection'], 0, 1]);
  });

  test('of a client closes its connection with the most unsent bytes', () => {
    const ledger = new OutputLedger(limits);
    const [small, large, other] = [
      new FakeOutput(ledger),
      new FakeOutput(ledger),
      new FakeOutput(ledger, 'b'),
    ];
    other.write(99);
    large.write(90);
    small.write(60);
    expect(ledger.unsentOf('a')).toBe(150);
    small.write(1);
    expect([large.cuts, small.cuts, other.cuts]).toEqual([['client'], [], []]);
    expect([ledger.unsentOf('a'), ledger.unsentOf('b'), ledger.unsent]).toEqual([61, 99, 160]);
  });

  test('in total closes the largest connections, however many clients there are', () => {
    const ledger = new OutputLedger(limits);
    const outputs = Array.from({ length: 50 }, (_, i) => new FakeOutput(ledger, `client ${i}`));
    for (const [i, output] of outputs.entries()) output.write(10 + i);
    expect(ledger.unsent).toBeLessThanOrEqual(300);
    expect(ledger.peak).toBeLessThanOrEqual(300);
    expect(outputs[0]!.cuts).toEqual([]);
    expect(ledger.cuts.total).toBeGreaterThan(30);
  });

  test('counts no bytes that were sent since the last write', () => {
    const ledger = new OutputLedger(limits);
    const outputs = ['a', 'b', 'c', 'd'].map((client) => new FakeOutput(ledger, client));
    for (const output of outputs.slice(0, 3)) output.write(95);
    for (const output of outputs.slice(0, 3)) output.read(90);
    outputs[3]!.write(90);
    expect(outputs.map(({ cuts }) => cuts.length)).toEqual([0, 0, 0, 0]);
    expect(ledger.unsent).toBe(105);
  });
});

describe('a connection', () => {
  test('is counted for the client to which it is assigned', () => {
    const ledger = new OutputLedger(limits);
    const output = new FakeOutput(ledger, 'address');
    output.write(70);
    output.account.assign('viewer@address');
    expect([ledger.unsentOf('address'), ledger.unsentOf('viewer@address'), ledger.unsent]).toEqual([
      0, 70, 70,
    ]);
  });

  test('that was closed is not counted any more', () => {
    const ledger = new OutputLedger(limits);
    const output = new FakeOutput(ledger);
    output.write(70);
    output.account.close();
    output.write(1000);
    expect([ledger.unsent, ledger.unsentOf('a'), output.cuts]).toEqual([0, 0, []]);
  });
});

describe('the write timeout', () => {
  test('closes a connection that accepts no bytes', () => {
    const ledger = new OutputLedger(limits);
    const output = new FakeOutput(ledger);
    output.write(50);
    ledger.sweep(1000);
    output.write(1);
    ledger.sweep(1000 + WRITE_TIMEOUT_MS - 1);
    expect(output.cuts).toEqual([]);
    ledger.sweep(1000 + WRITE_TIMEOUT_MS);
    expect([output.cuts, ledger.cuts.stalled]).toEqual([['stalled'], 1]);
  });

  test('closes no connection with slow progress, or without unsent bytes', () => {
    const ledger = new OutputLedger(limits);
    const [slow, idle] = [new FakeOutput(ledger), new FakeOutput(ledger)];
    slow.write(90);
    idle.write(10);
    idle.read(10);
    for (let i = 0; i < 80; i++) {
      ledger.sweep(i * (WRITE_TIMEOUT_MS - 1));
      slow.read(1);
    }
    idle.write(10);
    ledger.sweep(1e9);
    expect([slow.cuts, idle.cuts, ledger.unsent]).toEqual([[], [], 20]);
  });
});
