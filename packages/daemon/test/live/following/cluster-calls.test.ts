import {
  providerCallId,
  providerId,
  type Call,
  type CallFact,
  type CallId,
  type CallRecord,
} from '@sidetone/core';
import { describe, expect, test } from 'vitest';
import { ClusterCalls } from '../../../src/live/following/cluster-calls.ts';

const PROVIDER = providerId('test');
const idOf = (name: string): CallId => `call_${name}` as CallId;
const started = (name: string): CallFact => ({
  type: 'CALL_STARTED',
  providerId: PROVIDER,
  providerCallId: providerCallId(name),
  status: 'RINGING',
  details: {},
});
const ENDED = { type: 'CALL_ENDED', end: { category: 'COMPLETED' } } as unknown as CallFact;
const ANSWERED: CallFact = { type: 'CALL_STATUS_CHANGED', status: 'IN_PROGRESS' };
const NOTED = { type: 'CALL_ANNOTATED', note: { id: 'note_1', text: 'x' }, by: 'ada' } as unknown as CallFact;
const REPORTED = { type: 'CALL_REPORTED', summary: 'late' } as CallFact;

const record = (position: number, name: string, fact: CallFact): CallRecord => ({
  position,
  callId: idOf(name),
  at: position,
  fact,
});

const create = (owned?: Call) =>
  new ClusterCalls({ registry: { recall: (id) => (owned?.id === id ? owned : undefined) } });

describe('the live calls of all nodes', () => {
  test('follow the records of the log from a snapshot on, each once', () => {
    const calls = create();
    const before = create();
    const early = [record(1, 'a', started('a')), record(2, 'a', NOTED), record(3, 'b', started('b'))];
    before.apply(early);
    calls.load(before.live(), 3);
    // Those up to the snapshot are in it.
    calls.apply([...early, record(4, 'a', ANSWERED)]);
    expect(calls.peek(idOf('a'))?.noteCount).toBe(1);
    expect(calls.live().map(({ id, status }) => [id, status])).toEqual([
      ['call_a', 'IN_PROGRESS'],
      ['call_b', 'RINGING'],
    ]);
    expect(calls.liveCount(PROVIDER)).toBe(2);
    calls.apply([record(5, 'a', ENDED), record(6, 'c', started('c'))]);
    expect(calls.live(PROVIDER).map(({ id }) => id)).toEqual(['call_b', 'call_c']);
    expect([calls.liveCount(PROVIDER), calls.size, calls.peek(idOf('a'))]).toEqual([2, 2, undefined]);
    expect(calls.live(providerId('other'))).toEqual([]);
  });

  test('include a call that has ended recently, until data of it is removed', () => {
    const calls = create();
    calls.apply([record(1, 'a', started('a')), record(2, 'a', ENDED), record(3, 'a', REPORTED)]);
    expect(calls.recall(idOf('a'))).toMatchObject({ status: 'ENDED', summary: 'late' });
    calls.forget(idOf('a'));
    expect(calls.recall(idOf('a'))).toBeUndefined();
    calls.apply([record(4, 'b', started('b')), record(5, 'b', ENDED)]);
    calls.forgetEnded();
    expect(calls.recall(idOf('b'))).toBeUndefined();
  });

  test('do not include a call of which only late events arrive', () => {
    const calls = create();
    calls.apply([record(1, 'a', REPORTED)]);
    expect([calls.recall(idOf('a')), calls.size]).toEqual([undefined, 0]);
  });

  test('recall an ended call that this node has in memory', () => {
    const before = create();
    before.apply([record(1, 'a', started('a')), record(2, 'a', ENDED)]);
    const calls = create(before.recall(idOf('a')));
    expect(calls.recall(idOf('a'))?.status).toBe('ENDED');
  });
});
