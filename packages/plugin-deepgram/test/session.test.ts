import { describe, expect, it } from 'vitest';
import { RATE, start, type Harness } from './harness.ts';
import { serveModel } from './model.ts';

/** Answers every dial with the model of the service. */
function serve(harness: Harness, channels = 2): void {
  harness.host.answerDials(() => {
    const index = harness.host.dials.length - 1;
    queueMicrotask(function attach() {
      const peer = harness.host.dials[index]!.peer;
      if (peer) serveModel(peer, { sampleRate: RATE, channels });
      else setImmediate(attach);
    });
  });
}

describe('a call', () => {
  it('becomes utterances at their places', async () => {
    const harness = await start();
    serve(harness);
    const call = harness.open();
    await call.speak(6000, {
      CUSTOMER: [
        [1, 500],
        [2, 800],
      ],
      ASSISTANT: [
        [3, 2500],
        [4, 4000],
      ],
    });
    await call.end();
    expect(
      call.of('utterance.final').map(({ party, text, startMs, endMs }) => [party, text, startMs, endMs]),
    ).toEqual([
      ['CUSTOMER', 'w1 w2', 500, 1040],
      ['ASSISTANT', 'w3', 2500, 2740],
      ['ASSISTANT', 'w4', 4000, 4240],
    ]);
  });

  it('loses no word when its socket is cut', async () => {
    const harness = await start();
    serve(harness);
    const call = harness.open();
    const script = {
      CUSTOMER: [
        [1, 500],
        [2, 800],
        [5, 4000],
        [6, 4300],
        [7, 8100],
        [8, 9000],
      ],
      ASSISTANT: [
        [3, 2500],
        [4, 4000],
        [9, 6500],
      ],
    } as const;
    await call.speak(4400, script);
    harness.peers.at(-1)!.cut();
    await call.speak(4000, script);
    harness.peers.at(-1)!.cut();
    await call.speak(4000, script);
    await call.end();
    expect(
      call
        .of('utterance.final')
        .map(({ text }) => text)
        .join(' ')
        .split(' ')
        .toSorted(),
    ).toEqual(['w1', 'w2', 'w3', 'w4', 'w5', 'w6', 'w7', 'w8', 'w9']);
    expect(harness.host.clock.pending).toBe(0);
  });
});
