import { createPacedWriter, MAX_AHEAD_MS } from '@sidetone/plugin-kit';
import { createFakeClock } from '@sidetone/testkit';
import { expect, it } from 'vitest';

const FORMAT = { encoding: 'mulaw', sampleRate: 8000 } as const;
const ms = (duration: number): Uint8Array => new Uint8Array(duration * 8);

function setUp() {
  const clock = createFakeClock();
  const written: number[] = [];
  const writer = createPacedWriter({ clock, format: FORMAT, write: ({ length }) => written.push(length) });
  return { clock, written, writer };
}

it('writes what arrives at once in real time, 20 ms at a time', async () => {
  const { clock, written, writer } = setUp();
  writer.add(ms(70));
  expect([written, writer.queuedMs]).toEqual([[160], 50]);
  await clock.advance(40);
  expect(written).toEqual([160, 160, 160]);
  await clock.advance(20);
  expect([written.at(-1), writer.queuedMs]).toEqual([80, 0]);
});

it('has no timer while nothing is queued, and starts again', async () => {
  const { clock, written, writer } = setUp();
  expect(clock.pending).toBe(0);
  writer.add(ms(20));
  expect(clock.pending).toBe(1);
  await clock.advance(20);
  expect([clock.pending, written.length]).toEqual([0, 1]);
  writer.add(ms(40));
  await clock.advance(100);
  expect([clock.pending, written.length]).toEqual([0, 3]);
});

it('discards the rest of an interrupted voice, and counts it', async () => {
  const { clock, written, writer } = setUp();
  writer.add(ms(100));
  writer.clear();
  expect([writer.queuedMs, writer.clearedBytes]).toEqual([0, 640]);
  await clock.advance(1000);
  expect(written).toEqual([160]);
});

it('drops what exceeds its limit, and counts it', () => {
  const { writer } = setUp();
  writer.add(ms(MAX_AHEAD_MS));
  writer.add(ms(40));
  expect([writer.queuedMs, writer.droppedBytes]).toEqual([MAX_AHEAD_MS - 20, 320]);
});

it('writes nothing after a stop, also one within a write', async () => {
  const { clock, written, writer } = setUp();
  writer.add(ms(100));
  writer.stop();
  writer.add(ms(100));
  await clock.advance(100);
  expect([written, clock.pending, writer.queuedMs]).toEqual([[160], 0, 0]);

  let count = 0;
  const stopping = createPacedWriter({
    clock,
    format: FORMAT,
    write() {
      count++;
      stopping.stop();
    },
  });
  stopping.add(ms(100));
  await clock.advance(100);
  expect([count, clock.pending]).toEqual([1, 0]);
});
