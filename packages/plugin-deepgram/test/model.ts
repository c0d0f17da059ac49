/** A small model of the service: reports the synthetic words in the audio, in the service's messages. */
import { splitChannels, createWordRecogniser, type WordRecogniser, type FakeSocket } from '@sidetone/testkit';

export interface ModelOptions {
  readonly sampleRate: number;
  readonly channels: number;
  /** Delay of an interim, ms. */
  readonly lagMs?: number;
  readonly pauseMs?: number;
  /** Length of audio without a pause after which its words become final, ms. */
  readonly windowMs?: number;
}

interface ModelChannel {
  readonly recogniser: WordRecogniser;
  /** End of the last final window and of the last interim, seconds. */
  finalTo: number;
  interimAt: number;
  /** Whether words became final without a pause, which has to be reported later. */
  isPausePending: boolean;
}

/** Tolerance of comparisons of positions, seconds. */
const TOLERANCE = 1e-9;

/** Serves a socket like the service. */
export function serveModel(peer: FakeSocket, options: ModelOptions): void {
  const { sampleRate, channels: count, lagMs = 200, pauseMs = 300, windowMs = 4000 } = options;
  const channels = Array.from({ length: count }, (): ModelChannel => ({
    recogniser: createWordRecogniser(sampleRate),
    finalTo: 0,
    interimAt: 0,
    isPausePending: false,
  }));
  const send = (message: object): void => void peer.send(JSON.stringify(message)).catch(() => undefined);

  function results(index: number, to: number, flags: object): void {
    const channel = channels[index]!;
    const { finalTo, recogniser } = channel;
    const words = recogniser.words.filter(
      ({ start, end }) => start >= finalTo - TOLERANCE && end <= to + TOLERANCE,
    );
    send({
      type: 'Results',
      channel_index: [index, count],
      start: finalTo,
      duration: to - finalTo,
      is_final: false,
      speech_final: false,
      ...flags,
      channel: {
        alternatives: [
          {
            transcript: words.map(({ text }) => text).join(' '),
            confidence: words.length > 0 ? 0.9 : 0,
            words: words.map(({ text, start, end }) => ({ word: text, start, end, confidence: 0.9 })),
          },
        ],
      },
    });
    if ('is_final' in flags) channel.finalTo = to;
  }

  function report(index: number): void {
    const channel = channels[index]!;
    const { recogniser, finalTo } = channel;
    const { seconds } = recogniser;
    const lastEnd = recogniser.words.at(-1)?.end ?? 0;
    const isSpoken = lastEnd > finalTo + TOLERANCE;
    const isLong = seconds - finalTo > windowMs / 1000;
    if ((isSpoken || channel.isPausePending) && seconds - lastEnd >= pauseMs / 1000) {
      results(index, seconds, { is_final: true, speech_final: true });
      channel.isPausePending = false;
      channel.interimAt = seconds;
    } else if (isSpoken && isLong && seconds > lastEnd) {
      results(index, lastEnd, { is_final: true });
      channel.isPausePending = true;
    } else if (!isSpoken && isLong) {
      results(index, seconds, { is_final: true });
    } else if (seconds - channel.interimAt >= 1) {
      channel.interimAt = seconds;
      results(index, Math.max(finalTo, seconds - lagMs / 1000), {});
    }
  }

  function flush(index: number, flags: object): void {
    results(index, channels[index]!.recogniser.seconds, { is_final: true, ...flags });
  }

  peer.onMessage((message) => {
    if (typeof message !== 'string') {
      const parts = splitChannels(message, count);
      for (const [index, { recogniser }] of channels.entries()) recogniser.push(parts[index]!);
      for (const index of channels.keys()) report(index);
      return;
    }
    const { type, channel = 0 } = JSON.parse(message) as { type: string; channel?: number };
    if (type === 'Finalize') flush(channel, { from_finalize: true });
    if (type !== 'CloseStream') return;
    for (const index of channels.keys()) flush(index, {});
    send({ type: 'Metadata', duration: channels[0]!.recogniser.seconds, channels: count });
    setImmediate(() => peer.close(1000));
  });
}
