import type { CallId, CallRecord } from '@sidetone/core';
import { describe, expect, test } from 'vitest';
import { MAX_RING_BYTES, RecordHub } from '../../src/live/record-hub.ts';

const record = (position: number, summary: string, callId = 'call_1'): CallRecord =>
  ({
    position,
    callId: callId as CallId,
    at: 1,
    fact: { type: 'CALL_REPORTED', summary },
  }) as unknown as CallRecord;

const anything = (): boolean => true;

/** Returns the positions that are read from the ring after a position; undefined if they have to be read from the log. */
function positionsAfter(hub: RecordHub, after: number): readonly number[] | undefined {
  const positions: number[] = [];
  for (let at = after; ;) {
    const scan = hub.scan(at, anything);
    if (!scan) return undefined;
    if (!scan.record) return positions;
    positions.push(scan.upTo);
    at = scan.upTo;
  }
}

describe('the ring of records', () => {
  test('is limited in bytes, and keeps the newest records', () => {
    const hub = new RecordHub(0);
    const text = 'x'.repeat(500_000);
    for (let position = 1; position <= 500; position++) {
      hub.publish([record(position, text)]);
      expect(hub.bytes).toBeLessThanOrEqual(MAX_RING_BYTES);
      expect(positionsAfter(hub, position - 1)).toEqual([position]);
    }
    expect(positionsAfter(hub, 400)).toBeUndefined();
    expect(positionsAfter(hub, 490)).toHaveLength(10);
  });

  test('does not keep a record that is larger than the ring', () => {
    const hub = new RecordHub(0);
    hub.publish([record(1, 'small'), record(2, 'x'.repeat(MAX_RING_BYTES))]);
    expect([hub.bytes, hub.position, positionsAfter(hub, 1)]).toEqual([0, 2, undefined]);
    hub.publish([record(3, 'small')]);
    expect(positionsAfter(hub, 2)).toEqual([3]);
  });

  test('keeps small records up to its length, and forgets those of an erased call', () => {
    const hub = new RecordHub(0);
    for (let position = 1; position <= 1500; position++)
      hub.publish([record(position, 'a', position % 2 === 0 ? 'call_1' : 'call_2')]);
    expect(positionsAfter(hub, 0)).toHaveLength(1500);
    const before = hub.bytes;
    hub.forget('call_1' as CallId);
    expect(hub.bytes).toBe(before / 2);
    expect(positionsAfter(hub, 0)).toHaveLength(750);
    expect(hub.isErased('call_2' as CallId)).toBe(false);
    hub.erase('call_2' as CallId);
    expect(hub.isErased('call_2' as CallId)).toBe(true);
    expect(hub.bytes).toBe(0);
  });

  test('forgets all, and readers continue in the log', () => {
    const hub = new RecordHub(0);
    hub.publish([record(1, 'a'), record(2, 'b')]);
    const { erasures } = hub;
    hub.forgetAll();
    expect([positionsAfter(hub, 0), positionsAfter(hub, 2), hub.bytes]).toEqual([undefined, [], 0]);
    expect(hub.erasures).toBeGreaterThan(erasures);
    hub.publish([record(3, 'c')], 5);
    expect([positionsAfter(hub, 2), hub.position, hub.scan(3, anything)]).toEqual([[3], 5, { upTo: 5 }]);
    hub.publish([], 7);
    expect(hub.position).toBe(7);
  });
});
