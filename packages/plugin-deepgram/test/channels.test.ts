import { createFakeClock } from '@sidetone/testkit';
import { describe, expect, it } from 'vitest';
import { createTimeline } from '../src/audio/timeline.ts';
import { createChannels, FINALIZE_AFTER_MS, FINALIZE_TIMEOUT_MS } from '../src/channels.ts';
import { decodeServerMessage } from '../src/wire.ts';

function createBench() {
  const clock = createFakeClock();
  const events: unknown[] = [];
  const channels = createChannels(
    ['CUSTOMER', 'ASSISTANT'],
    () => clock.now(),
    (event) => void events.push(event),
  );
  const timeline = createTimeline();
  timeline.add(60, 0);
  return {
    clock,
    events,
    channels,
    receive(channel: number, duration: number, transcript: string, flags: object = {}): void {
      const message = {
        type: 'Results',
        channel_index: [channel, 2],
        start: 0,
        duration,
        channel: { alternatives: [{ transcript }] },
        ...flags,
      };
      channels.handle(decodeServerMessage(JSON.stringify(message)), timeline);
    },
  };
}

describe('dueFinalizes', () => {
  it('returns a channel whose text does not change', async () => {
    const { clock, channels, receive } = createBench();
    receive(1, 1, 'well');
    await clock.advance(FINALIZE_AFTER_MS - 1);
    receive(1, 2, 'well');
    expect(channels.dueFinalizes()).toEqual([]);
    await clock.advance(1);
    expect(channels.dueFinalizes()).toEqual([1]);
    expect(channels.dueFinalizes()).toEqual([]);
  });

  it('returns nothing while text changes or is missing', async () => {
    const { clock, channels, receive } = createBench();
    receive(0, 1, 'well');
    await clock.advance(FINALIZE_AFTER_MS - 1);
    receive(0, 2, 'well then');
    await clock.advance(FINALIZE_AFTER_MS - 1);
    expect(channels.dueFinalizes()).toEqual([]);
  });

  it('returns nothing immediately after a final without a partial', async () => {
    const { clock, channels, receive } = createBench();
    await clock.advance(10 * FINALIZE_AFTER_MS);
    receive(0, 1, 'well', { is_final: true });
    expect(channels.dueFinalizes()).toEqual([]);
    await clock.advance(FINALIZE_AFTER_MS);
    expect(channels.dueFinalizes()).toEqual([0]);
  });

  it('finishes an utterance whose Finalize timed out', async () => {
    const { clock, channels, events, receive } = createBench();
    receive(0, 1, 'well');
    await clock.advance(FINALIZE_AFTER_MS);
    channels.dueFinalizes();
    await clock.advance(FINALIZE_TIMEOUT_MS);
    expect(events).not.toContainEqual(expect.objectContaining({ type: 'utterance.final' }));
    expect(channels.dueFinalizes()).toEqual([]);
    expect(events).toContainEqual(expect.objectContaining({ type: 'utterance.final', text: 'well' }));
  });

  it('returns nothing until a replay has caught up', async () => {
    const { clock, channels, receive } = createBench();
    receive(0, 3, 'well');
    channels.disconnected();
    await clock.advance(10 * FINALIZE_AFTER_MS);
    expect(channels.dueFinalizes()).toEqual([]);
    receive(0, 2, 'we');
    expect(channels.dueFinalizes()).toEqual([]);
    receive(0, 3, 'well');
    expect(channels.dueFinalizes()).toEqual([]);
    await clock.advance(FINALIZE_AFTER_MS);
    expect(channels.dueFinalizes()).toEqual([0]);
  });
});

describe('processedToMs', () => {
  it('is the maximum of all channels, because nothing may be reported for a silent one', () => {
    const { channels, receive } = createBench();
    receive(0, 12, '', { is_final: true });
    expect([channels.processedToMs, channels.replayFromMs]).toEqual([12_000, 9000]);
    receive(1, 2, 'well');
    expect(channels.replayFromMs).toBe(0);
  });
});
