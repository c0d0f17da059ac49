import { createFakeClock } from '@sidetone/testkit';
import { describe, expect, it } from 'vitest';
import { ANSWER_MS, createChannels, UNCHANGED_MS } from '../../src/audio/channels.ts';
import { createTimeLine } from '../../src/audio/timeline.ts';
import { decodeServerMessage } from '../../src/wire.ts';

function createBench() {
  const clock = createFakeClock();
  const events: unknown[] = [];
  const channels = createChannels(
    ['CUSTOMER', 'ASSISTANT'],
    () => clock.now(),
    (event) => void events.push(event),
  );
  const line = createTimeLine();
  line.add(60, 0);
  return {
    clock,
    events,
    channels,
    hear(channel: number, duration: number, transcript: string, flags: object = {}): void {
      const message = {
        type: 'Results',
        channel_index: [channel, 2],
        start: 0,
        duration,
        channel: { alternatives: [{ transcript }] },
        ...flags,
      };
      channels.take(decodeServerMessage(JSON.stringify(message)), line);
    },
  };
}

describe('the final words of a channel', () => {
  it('are asked for when they stay as they are, and of that channel alone', async () => {
    const { clock, channels, hear } = createBench();
    hear(1, 1, 'well');
    await clock.advance(UNCHANGED_MS - 1);
    hear(1, 2, 'well');
    expect(channels.due()).toEqual([]);
    await clock.advance(1);
    expect(channels.due()).toEqual([1]);
    expect(channels.due()).toEqual([]);
  });

  it('are waited for while they change, or are not there', async () => {
    const { clock, channels, hear } = createBench();
    hear(0, 1, 'well');
    await clock.advance(UNCHANGED_MS - 1);
    hear(0, 2, 'well then');
    await clock.advance(UNCHANGED_MS - 1);
    expect(channels.due()).toEqual([]);
  });

  it('are not asked for right behind a final that was not shown before', async () => {
    const { clock, channels, hear } = createBench();
    await clock.advance(10 * UNCHANGED_MS);
    hear(0, 1, 'well', { is_final: true });
    expect(channels.due()).toEqual([]);
    await clock.advance(UNCHANGED_MS);
    expect(channels.due()).toEqual([0]);
  });

  it('are taken as they are when the question has no answer', async () => {
    const { clock, channels, events, hear } = createBench();
    hear(0, 1, 'well');
    await clock.advance(UNCHANGED_MS);
    channels.due();
    await clock.advance(ANSWER_MS);
    expect(events).not.toContainEqual(expect.objectContaining({ type: 'utterance.final' }));
    expect(channels.due()).toEqual([]);
    expect(events).toContainEqual(expect.objectContaining({ type: 'utterance.final', text: 'well' }));
  });

  it('are not asked for before a replay has come to them, nor right behind', async () => {
    const { clock, channels, hear } = createBench();
    hear(0, 3, 'well');
    channels.interrupt();
    await clock.advance(10 * UNCHANGED_MS);
    expect(channels.due()).toEqual([]);
    hear(0, 2, 'we');
    expect(channels.due()).toEqual([]);
    hear(0, 3, 'well');
    expect(channels.due()).toEqual([]);
    await clock.advance(UNCHANGED_MS);
    expect(channels.due()).toEqual([0]);
  });
});

describe('how far the service has heard', () => {
  it('is what the foremost channel tells: of silence it may tell nothing', () => {
    const { channels, hear } = createBench();
    hear(0, 12, '', { is_final: true });
    expect([channels.heardToMs, channels.replayFromMs]).toEqual([12_000, 9000]);
    hear(1, 2, 'well');
    expect(channels.replayFromMs).toBe(0);
  });
});
