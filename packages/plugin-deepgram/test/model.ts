/**
 * A small model of the service: words are runs of one sample value, so that it can tell what it heard, and whether it heard a
 * word whole. It knows only the audio of its own socket.
 */
import type { FakeSocket } from '@sidetone/testkit';

/** The samples of a word; every word is as long. */
export const WORD_MS = 240;

export interface ModelOptions {
  readonly sampleRate: number;
  readonly channels: number;
  /** How long an interim is behind the audio. */
  readonly lagMs?: number;
  readonly pauseMs?: number;
  /** How much is heard before words are final without a pause. */
  readonly windowMs?: number;
}

interface Run {
  readonly value: number;
  readonly start: number;
  end: number;
}

class ModelChannel {
  readonly runs: Run[] = [];
  frames = 0;
  finalTo = 0;
  interimAt = 0;
  /** Words were final without a pause, which is still to be told. */
  owesPause = false;

  take(value: number): void {
    const last = this.runs.at(-1);
    if (value !== 0 && last && last.value === value && last.end === this.frames) last.end++;
    else if (value !== 0) this.runs.push({ value, start: this.frames, end: this.frames + 1 });
    this.frames++;
  }
}

/** Serves a socket as the service does. */
export function serveModel(peer: FakeSocket, options: ModelOptions): { readonly heardSeconds: () => number } {
  const { sampleRate, channels: count, lagMs = 200, pauseMs = 300, windowMs = 4000 } = options;
  const channels = Array.from({ length: count }, () => new ModelChannel());
  const frames = (ms: number): number => (ms * sampleRate) / 1000;
  const seconds = (frame: number): number => frame / sampleRate;
  const tell = (message: object): void => void peer.send(JSON.stringify(message)).catch(() => undefined);

  function textOf({ value, start, end }: Run): string {
    return end - start === frames(WORD_MS) ? `w${value}` : `part-of-w${value}`;
  }

  function results(index: number, to: number, flags: object): void {
    const channel = channels[index]!;
    const words = channel.runs.filter(({ start, end }) => start >= channel.finalTo && end <= to);
    const isFinal = 'is_final' in flags;
    tell({
      type: 'Results',
      channel_index: [index, count],
      start: seconds(channel.finalTo),
      duration: seconds(to - channel.finalTo),
      is_final: false,
      speech_final: false,
      ...flags,
      channel: {
        alternatives: [
          {
            transcript: words.map(textOf).join(' '),
            confidence: words.length > 0 ? 0.9 : 0,
            words: words.map((run) => ({
              word: textOf(run),
              start: seconds(run.start),
              end: seconds(run.end),
              confidence: 0.9,
            })),
          },
        ],
      },
    });
    if (isFinal) channel.finalTo = to;
  }

  function listen(index: number): void {
    const channel = channels[index]!;
    const last = channel.runs.at(-1);
    const isSpoken = last !== undefined && last.end > channel.finalTo;
    const quietFor = channel.frames - (last?.end ?? 0);
    if ((isSpoken || channel.owesPause) && quietFor >= frames(pauseMs)) {
      results(index, channel.frames, { is_final: true, speech_final: true });
      channel.owesPause = false;
      channel.interimAt = channel.frames;
    } else if (isSpoken && channel.frames - channel.finalTo > frames(windowMs) && quietFor > 0) {
      results(index, last.end, { is_final: true });
      channel.owesPause = true;
    } else if (!isSpoken && channel.frames - channel.finalTo > frames(windowMs)) {
      results(index, channel.frames, { is_final: true });
    } else if (channel.frames - channel.interimAt >= frames(1000)) {
      channel.interimAt = channel.frames;
      results(index, channel.frames - frames(lagMs), {});
    }
  }

  function take(bytes: Uint8Array): void {
    const samples = new Int16Array(bytes.slice().buffer);
    for (const [at, value] of samples.entries()) channels[at % count]!.take(value);
    for (const index of channels.keys()) listen(index);
  }

  function flush(index: number, flags: object): void {
    results(index, channels[index]!.frames, { is_final: true, ...flags });
  }

  peer.onMessage((message) => {
    if (typeof message !== 'string') return take(message);
    const { type, channel = 0 } = JSON.parse(message) as { type: string; channel?: number };
    if (type === 'Finalize') flush(channel, { from_finalize: true });
    if (type !== 'CloseStream') return;
    for (const index of channels.keys()) flush(index, {});
    tell({ type: 'Metadata', duration: seconds(channels[0]!.frames), channels: count });
    queueMicrotask(() => queueMicrotask(() => peer.close(1000)));
  });
  return { heardSeconds: () => seconds(channels[0]!.frames) };
}
