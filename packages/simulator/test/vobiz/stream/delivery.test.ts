import { describe, expect, it } from 'vitest';
import { VOBIZ_BEHAVIOUR } from '../../../src/vobiz/behaviour.ts';
import type { VobizDeliveryBehaviour } from '../../../src/vobiz/behaviour.ts';
import { createDelivery } from '../../../src/vobiz/stream/delivery.ts';
import { createSetup } from '../../support/setup.ts';
import { openStream } from '../../support/vobiz.ts';

/** Returns the messages that are delivered with each of these frames. */
function deliveredBy(frames: number, behaviour: Partial<VobizDeliveryBehaviour>): number[][] {
  let delivered: number[] = [];
  const delivery = createDelivery<number>(
    () => ({ ...VOBIZ_BEHAVIOUR, ...behaviour }),
    (message) => delivered.push(message),
  );
  return Array.from({ length: frames }, (_, frame) => {
    delivered = [];
    delivery.add(frame);
    delivery.frameSent((frame + 1) * 20);
    return delivered;
  });
}

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, index) => from + index);

describe('the delivery of a connection', () => {
  it('is immediate by default', () => {
    expect(deliveredBy(3, {})).toEqual([[0], [1], [2]]);
  });

  it('is held up for a stretch, which then arrives at once and in order', () => {
    const counts = deliveredBy(80, { holdAfterMs: 200, holdMs: 1000 });
    expect(counts.slice(0, 10).flat()).toEqual(range(0, 10));
    expect(counts.slice(10, 59).flat()).toEqual([]);
    expect(counts[59]).toEqual(range(10, 60));
    expect(counts.slice(60)).toEqual(range(60, 80).map((frame) => [frame]));
  });

  it('comes in clumps', () => {
    const counts = deliveredBy(50, { clumpMs: 300 });
    expect(counts.map(({ length }) => length).filter((length) => length > 0)).toEqual([15, 15, 15]);
    expect(counts.flat()).toEqual(range(0, 45));
  });
});

describe('a stream with late delivery', () => {
  it('loses nothing, and keeps the timestamps of its audio', async (context) => {
    const setup = await createSetup(context);
    const { call, socket } = await openStream(setup, { holdAfterMs: 100, holdMs: 500, clumpMs: 60 });
    await setup.application.until('audio after the stretch', () => socket.messages.length > 60 || undefined);
    call.hangUp();
    await call.over;
    const media = socket.messages.filter(({ event }) => event === 'media');
    const chunks = media.map((message) => (message['media'] as { chunk: number }).chunk);
    expect(chunks).toEqual(range(1, chunks.length + 1));
    const times = media.map((message) => Number((message['media'] as { timestamp: string }).timestamp));
    expect(times.slice(1).every((time, index) => time === (times[index] ?? 0) + 20)).toBe(true);
  });
});
