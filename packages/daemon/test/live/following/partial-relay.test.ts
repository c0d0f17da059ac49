import type { CallId, CallRecord, UtteranceId } from '@sidetone/core';
import { describe, expect, test } from 'vitest';
import { createIds } from '../../../src/ids.ts';
import { Demand } from '../../../src/live/demand.ts';
import { countOtherDemand } from '../../../src/live/following/other-demand.ts';
import { PartialRelay } from '../../../src/live/following/partial-relay.ts';
import { SharedDemand } from '../../../src/live/following/shared-demand.ts';
import { LatestPartials } from '../../../src/live/latest-partials.ts';
import { createFakeRelays } from './fake-relay.ts';

const CALL = 'call_1' as CallId;

function createNodes() {
  const newRelay = createFakeRelays();
  const owner = { current: 'a' };
  return { owner, start };

  function start(name: string) {
    const relay = newRelay();
    const demand = new Demand();
    const partials = new LatestPartials({
      ids: createIds(),
      onSet: (callId, partial) => partialRelay.send(callId, partial),
    });
    const partialRelay: PartialRelay = new PartialRelay({
      relay,
      partials: () => partials,
      owns: () => owner.current === name,
      isWatched: (callId) => shared.isWatched(callId),
    });
    const shared: SharedDemand = new SharedDemand({
      demand,
      subscriber: relay.subscriber,
      partials: partialRelay.receive,
      levels: () => undefined,
      onUnwatched: (callId) => partialRelay.unwatched(callId),
    });
    const stops = [partialRelay.start(), countOtherDemand({ demand, others: relay.demand })];
    const texts = (): string[] => partials.of(CALL).map(({ text }) => text);
    return {
      relay,
      demand,
      partials,
      partialRelay,
      shared,
      texts,
      stop: () => stops.forEach((each) => each()),
    };
  }
}

const final = (id: string): CallRecord => ({
  position: 1,
  callId: CALL,
  at: 1,
  fact: { type: 'UTTERANCE_FINALIZED', utterance: { id: id as UtteranceId, party: 'CUSTOMER', text: 'x' } },
});

describe('partials of calls of another node', () => {
  test('arrive while a client watches the call, the one that is shown first', () => {
    const { start } = createNodes();
    const [a, b, c] = [start('a'), start('b'), start('c')];
    a.partials.set(CALL, 'CUSTOMER', 'hel', 1);
    expect([a.relay.sent, a.demand.has('partials', CALL)]).toEqual([[], false]);
    const end = b.shared.add('partials', [CALL]);
    expect([b.texts(), a.demand.has('partials', CALL)]).toEqual([['hel'], true]);
    const id = a.partials.set(CALL, 'CUSTOMER', 'hello', 2, { by: 'ada' });
    expect(b.partials.of(CALL)).toMatchObject([{ id, text: 'hello', at: 2, by: 'ada' }]);
    // A node that watches later receives it from the owner, not from another one.
    const endOfC = c.shared.add('partials', [CALL]);
    expect([c.texts(), b.relay.sent]).toEqual([['hello'], []]);
    for (const each of [end, end, endOfC]) each();
    expect([b.texts(), a.demand.size, b.demand.size]).toEqual([[], 0, 0]);
    a.partials.set(CALL, 'CUSTOMER', 'hello there', 3);
    expect([b.texts(), b.shared.isWatched(CALL)]).toEqual([[], false]);
  });

  test('end with their final, also if they arrive after it', () => {
    const { start } = createNodes();
    const [a, b] = [start('a'), start('b')];
    b.shared.add('partials', [CALL]);
    const id = a.partials.set(CALL, 'CUSTOMER', 'hello', 1);
    const late = a.partials.of(CALL)[0]!;
    b.partialRelay.recorded([final(id)]);
    expect(b.texts()).toEqual([]);
    a.partialRelay.send(CALL, late);
    expect(b.texts()).toEqual([]);
    a.partials.set(CALL, 'ASSISTANT', 'hi', 2);
    expect(b.texts()).toEqual(['hi']);
    b.partialRelay.recorded([{ ...final(id), fact: { type: 'CALL_ENDED', end: { category: 'UNKNOWN' } } }]);
    expect(b.texts()).toEqual([]);
  });

  test('are ignored if they are not valid, or this node decides about the call now', () => {
    const { start, owner } = createNodes();
    const [a, b] = [start('a'), start('b')];
    b.shared.add('partials', [CALL]);
    for (const text of [
      '',
      '{',
      'null',
      '[]',
      '{"id":"utt_1"}',
      '{"id":"u","text":"x","at":1,"party":"OTHER"}',
    ])
      a.relay.publisher.publish('partials', CALL, () => text);
    expect(b.texts()).toEqual([]);
    owner.current = 'b';
    b.partials.set(CALL, 'CUSTOMER', 'own', 1);
    a.partials.set(CALL, 'CUSTOMER', 'old', 1);
    expect(b.texts()).toEqual(['own']);
  });

  test('count as demand until the relay stops', () => {
    const { start } = createNodes();
    const [a, b] = [start('a'), start('b')];
    b.shared.add('partials', [CALL]);
    b.shared.add('levels', undefined);
    b.shared.add('levels', [CALL]);
    expect([a.demand.size, a.demand.has('levels', 'call_2' as CallId)]).toEqual([3, true]);
    a.stop();
    expect(a.demand.size).toBe(0);
    b.stop();
  });
});
