import type { Call, CallId } from '@sidetone/core';
import { describe, expect, test } from 'vitest';
import { FRAME_SAMPLES } from '../../src/audio/frames.ts';
import type { AudioSink } from '../../src/audio/ports.ts';
import type { CallMoves } from '../../src/calls/call-registry.ts';
import { RelayedAudio } from '../../src/listening/relayed-audio.ts';
import { decodeFrame, encodeFrame } from '../../src/listening/relayed-frames.ts';
import { createFakeRelays } from '../live/following/fake-relay.ts';

const CALL = 'call_1' as CallId;
const frameOf = (value: number): Int16Array => new Int16Array(FRAME_SAMPLES * 2).fill(value);

function createNode(relay: ReturnType<ReturnType<typeof createFakeRelays>>) {
  const owned = new Set<CallId>();
  const moves = new Set<CallMoves>();
  const sinks = new Set<AudioSink>();
  const audio = new RelayedAudio({
    audio: {
      join(_callId, sink) {
        sinks.add(sink);
        return () => sinks.delete(sink);
      },
    },
    relay,
    registry: {
      peek: (id) => (owned.has(id) ? ({ id } as Call) : undefined),
      onMoved(listener) {
        moves.add(listener);
        return () => moves.delete(listener);
      },
    },
  });
  const stop = audio.start();
  const received: [first: number, at: number][] = [];
  return {
    audio,
    relay,
    sinks,
    received,
    stop,
    moves,
    come() {
      owned.add(CALL);
      for (const { came } of moves) came({ id: CALL } as Call);
    },
    leave() {
      owned.delete(CALL);
      for (const { left } of moves) left(CALL);
    },
    play: (value: number, at: number) => sinks.forEach(({ frame }) => frame(frameOf(value), at)),
    listen: () =>
      audio.join(CALL, { needsSilence: true, frame: (samples, at) => received.push([samples[0]!, at]) }),
  };
}

function createNodes() {
  const newRelay = createFakeRelays();
  return [createNode(newRelay()), createNode(newRelay())] as const;
}

describe('audio for listeners', () => {
  test('comes from the node of the call while somebody listens, and has its times', () => {
    const [a, b] = createNodes();
    a.come();
    expect(a.sinks.size).toBe(0);
    const end = b.listen();
    expect([a.audio.sending, b.sinks.size]).toEqual([1, 0]);
    a.play(5, 1_700_000_000_020);
    a.play(-7, 1_700_000_000_040);
    expect(b.received).toEqual([
      [5, 1_700_000_000_020],
      [-7, 1_700_000_000_040],
    ]);
    end();
    expect([a.audio.sending, a.sinks.size]).toEqual([0, 0]);
  });

  test('of an own call is not sent to this node itself', () => {
    const [a] = createNodes();
    a.come();
    const end = a.listen();
    a.play(1, 20);
    expect([a.received, a.relay.sent]).toEqual([[[1, 20]], []]);
    end();
    expect(a.sinks.size).toBe(0);
  });

  test('follows a call that moves, in both directions', () => {
    const [a, b] = createNodes();
    a.come();
    const end = b.listen();
    a.play(1, 20);
    a.leave();
    b.come();
    expect([a.sinks.size, b.sinks.size]).toEqual([0, 1]);
    b.play(2, 40);
    // What was on its way.
    a.relay.publisher.publish('audio', CALL, () => encodeFrame(frameOf(9), 40));
    b.leave();
    a.come();
    a.play(3, 60);
    expect(b.received.map(([value]) => value)).toEqual([1, 2, 3]);
    end();
    for (const node of [a, b]) {
      node.stop();
      expect([node.sinks.size, node.moves.size, node.audio.sending]).toEqual([0, 0, 0]);
    }
  });

  test('is ignored if it is no frame', () => {
    const [a, b] = createNodes();
    b.listen();
    a.relay.publisher.publish('audio', CALL, () => new Uint8Array(12));
    a.relay.publisher.publish('audio', CALL, () => encodeFrame(frameOf(1), NaN));
    expect(b.received).toEqual([]);
    expect(decodeFrame(encodeFrame(frameOf(-3), 12.5))).toEqual({ samples: frameOf(-3), at: 12.5 });
  });
});
