/** A small model of the service: it tells which spoken words it heard, in the service's messages. */
import { channelsOf, createEar, type Ear, type FakeSocket } from '@sidetone/testkit';

export interface ModelOptions {
  readonly sampleRate: number;
  readonly channels: number;
  /** How long an interim is behind the audio. */
  readonly lagMs?: number;
  readonly pauseMs?: number;
  /** How much is heard before words are final without a pause. */
  readonly windowMs?: number;
}

interface ModelChannel {
  readonly ear: Ear;
  /** Where the last final window and the last interim end, in seconds. */
  finalTo: number;
  interimAt: number;
  /** Words were final without a pause, which is still to be told. */
  owesPause: boolean;
}

/** How exactly places in seconds are compared. */
const SAME = 1e-9;

/** Serves a socket as the service does. */
export function serveModel(peer: FakeSocket, options: ModelOptions): void {
  const { sampleRate, channels: count, lagMs = 200, pauseMs = 300, windowMs = 4000 } = options;
  const channels = Array.from({ length: count }, (): ModelChannel => ({
    ear: createEar(sampleRate),
    finalTo: 0,
    interimAt: 0,
    owesPause: false,
  }));
  const tell = (message: object): void => void peer.send(JSON.stringify(message)).catch(() => undefined);

  function results(index: number, to: number, flags: object): void {
    const channel = channels[index]!;
    const { finalTo, ear } = channel;
    const words = ear.words.filter(({ start, end }) => start >= finalTo - SAME && end <= to + SAME);
    tell({
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

  function listen(index: number): void {
    const channel = channels[index]!;
    const { ear, finalTo } = channel;
    const { seconds } = ear;
    const lastEnd = ear.words.at(-1)?.end ?? 0;
    const isSpoken = lastEnd > finalTo + SAME;
    const isLong = seconds - finalTo > windowMs / 1000;
    if ((isSpoken || channel.owesPause) && seconds - lastEnd >= pauseMs / 1000) {
      results(index, seconds, { is_final: true, speech_final: true });
      channel.owesPause = false;
      channel.interimAt = seconds;
    } else if (isSpoken && isLong && seconds > lastEnd) {
      results(index, lastEnd, { is_final: true });
      channel.owesPause = true;
    } else if (!isSpoken && isLong) {
      results(index, seconds, { is_final: true });
    } else if (seconds - channel.interimAt >= 1) {
      channel.interimAt = seconds;
      results(index, Math.max(finalTo, seconds - lagMs / 1000), {});
    }
  }

  function flush(index: number, flags: object): void {
    results(index, channels[index]!.ear.seconds, { is_final: true, ...flags });
  }

  peer.onMessage((message) => {
    if (typeof message !== 'string') {
      const parts = channelsOf(message, count);
      for (const [index, { ear }] of channels.entries()) ear.hear(parts[index]!);
      for (const index of channels.keys()) listen(index);
      return;
    }
    const { type, channel = 0 } = JSON.parse(message) as { type: string; channel?: number };
    if (type === 'Finalize') flush(channel, { from_finalize: true });
    if (type !== 'CloseStream') return;
    for (const index of channels.keys()) flush(index, {});
    tell({ type: 'Metadata', duration: channels[0]!.ear.seconds, channels: count });
    setImmediate(() => peer.close(1000));
  });
}
