import { describe, expect, it } from 'vitest';
import { jsonObject } from '../../../src/http/http-request.ts';
import { VOBIZ_BEHAVIOUR } from '../../../src/vobiz/behaviour.ts';
import type { VobizMessageBehaviour } from '../../../src/vobiz/behaviour.ts';
import { createFaults, GAP_CHUNKS, stopMessages } from '../../../src/vobiz/stream/fault-injection.ts';
import type { Wire } from '../../../src/vobiz/stream/fault-injection.ts';
import type { MediaMessage } from '../../../src/vobiz/stream/stream-messages.ts';

const message = (chunk: number): MediaMessage => ({
  event: 'media',
  streamId: 's',
  media: { chunk, payload: 'AAECAw==' },
});

/** Returns what is sent for a number of messages. */
function sent(behaviour: Partial<VobizMessageBehaviour>, count: number): Wire[] {
  const faults = createFaults(() => ({ ...VOBIZ_BEHAVIOUR, ...behaviour }));
  return Array.from({ length: count }, (_, index) => faults.apply(message(index + 1))).flat();
}

const media = (wire: Wire | undefined): Record<string, unknown> | undefined =>
  jsonObject(String(wire))?.['media'] as Record<string, unknown> | undefined;
const chunks = (wires: readonly Wire[]): unknown[] => wires.map((wire) => media(wire)?.['chunk']);

describe('the faults of a stream', () => {
  it('are off by default', () => {
    expect(sent({}, 3)).toEqual([1, 2, 3].map((chunk) => JSON.stringify(message(chunk))));
  });

  it.each<[Partial<VobizMessageBehaviour>, number[]]>([
    [{ repeatEvery: 2 }, [1, 2, 2, 3, 4, 4, 5, 6, 6]],
    [{ swapEvery: 3 }, [1, 2, 4, 3, 5]],
    [{ gapEvery: 100 }, [1, 2, 3, 4, 5, 6]],
    [{ loseShare: 1 }, []],
  ])('with %j send %j', (behaviour, expected) => {
    expect(chunks(sent(behaviour, 6))).toEqual(expected);
  });

  it('drop five consecutive messages at a gap', () => {
    const left = chunks(sent({ gapEvery: 10 }, 19));
    expect(left).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10 + GAP_CHUNKS, 16, 17, 18, 19]);
  });

  it('drop random messages that depend only on the seed', () => {
    const lost = sent({ loseShare: 0.3, seed: 5 }, 200);
    expect(sent({ loseShare: 0.3, seed: 5 }, 200)).toEqual(lost);
    expect(lost.length).toBeGreaterThan(110);
    expect(lost.length).toBeLessThan(170);
  });

  it.each([
    ['base64', { payload: '@@not*base64@@' }],
    ['empty', { payload: '' }],
    ['odd', { payload: 'AAEC' }],
    ['number', { payload: 12_345 }],
    ['missing', {}],
  ] as const)('corrupt every second payload: %s', (badPayload, spoilt) => {
    const [good, bad] = sent({ badPayloadEvery: 2, badPayload }, 2);
    expect(media(good)).toEqual({ chunk: 1, payload: 'AAECAw==' });
    expect(media(bad)).toEqual({ chunk: 2, ...spoilt });
  });

  it.each([
    ['event', /^\{"event":"mood"/],
    ['error', /^\{"event":"error".*buffer_overflow/],
    ['json', /^\{"event":"media"[^}]*$/],
    ['array', /^\[/],
    ['binary', undefined],
    ['other-stream', /"streamId":"[0-9a-f-]{36}"/],
  ] as const)('add a message after every second one: %s', (strange, pattern) => {
    const wires = sent({ strangeEvery: 2, strange }, 2);
    expect(chunks(wires.slice(0, 2))).toEqual([1, 2]);
    if (pattern === undefined) expect(wires[2]).toBeInstanceOf(Buffer);
    else expect(wires[2]).toMatch(pattern);
    expect(wires).toHaveLength(3);
  });
});

describe('stopMessages', () => {
  const said = (stopVariant: VobizMessageBehaviour['stopVariant']): unknown[] =>
    stopMessages({ ...VOBIZ_BEHAVIOUR, stopVariant }, 's', message(1)).map((wire) =>
      jsonObject(String(wire)),
    );
  const stop = { event: 'stop', streamId: 's', reason: 'call_ended' };

  it('returns stop once, twice, for another stream, or before more audio', () => {
    expect(said('once')).toEqual([stop]);
    expect(said('twice')).toEqual([stop, stop]);
    expect(said('other-id')).toEqual([{ ...stop, streamId: expect.stringMatching(/^[0-9a-f-]{36}$/) }]);
    expect(said('then-media')).toEqual([stop, message(1)]);
  });
});
