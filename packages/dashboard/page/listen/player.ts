/** The audio graph: worklet, one gain per party, speakers. It has no path back to the call. */
import {
  CHANNEL_PARTIES,
  CHANNELS,
  PROCESSOR,
  SAMPLE_RATE,
  type ChannelParty,
  type PlayerReport,
} from './listen-protocol.ts';
// oxlint-disable-next-line import/default -- Vite builds the worklet separately and exports its URL
import workletUrl from './worklet.ts?worker&url';

export interface Player {
  /** Plays a frame of interleaved 16-bit samples. Transfers the buffer. */
  play(frame: ArrayBuffer): void;
  /** @param gain 0 to 1. */
  setGain(party: ChannelParty, gain: number): void;
  close(): Promise<void>;
}

/** The time constant of volume changes, s; it prevents clicks. */
const VOLUME_RAMP_S = 0.02;

/** @throws {Error} if the browser does not allow audio worklets on this page. */
export async function createPlayer(onReport: (report: PlayerReport) => void): Promise<Player> {
  const context = new AudioContext({ sampleRate: SAMPLE_RATE, latencyHint: 'interactive' });
  // Only available on HTTPS and localhost.
  if (!('audioWorklet' in context)) throw new Error('audio worklets are not available');
  await context.audioWorklet.addModule(workletUrl);
  await context.resume();
  const source = new AudioWorkletNode(context, PROCESSOR, {
    numberOfInputs: 0,
    numberOfOutputs: CHANNELS,
    outputChannelCount: CHANNEL_PARTIES.map(() => 1),
  });
  source.port.addEventListener('message', ({ data }: MessageEvent<PlayerReport>) => onReport(data));
  source.port.start();
  const gains = CHANNEL_PARTIES.map((_party, output) => {
    const gain = new GainNode(context);
    source.connect(gain, output).connect(context.destination);
    return gain;
  });

  return {
    play: (frame) => source.port.postMessage(frame, [frame]),
    setGain(party, gain) {
      gains[CHANNEL_PARTIES.indexOf(party)]!.gain.setTargetAtTime(gain, context.currentTime, VOLUME_RAMP_S);
    },
    close: () => context.close(),
  };
}
