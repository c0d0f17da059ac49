/** The audio graph: the audio thread's player, a gain for each party, the ears. Nothing here leads back to the call. */
import {
  CHANNEL_PARTIES,
  CHANNELS,
  PROCESSOR,
  SAMPLE_RATE,
  type ChannelParty,
  type PlayerReport,
} from './listen-protocol.ts';
// oxlint-disable-next-line import/default -- Vite builds the module apart and gives its address
import workletUrl from './worklet.ts?worker&url';

export interface Player {
  /** Plays a frame: interleaved 16-bit samples. The bytes are handed over. */
  play(frame: ArrayBuffer): void;
  /** @param gain 0 to 1. */
  setGain(party: ChannelParty, gain: number): void;
  close(): Promise<void>;
}

/** How long a change of volume takes, so that it does not click, s. */
const GLIDE_S = 0.02;

/** @throws {Error} where the browser has no Web Audio for this page. */
export async function createPlayer(onReport: (report: PlayerReport) => void): Promise<Player> {
  const context = new AudioContext({ sampleRate: SAMPLE_RATE, latencyHint: 'interactive' });
  // Browsers keep it from pages that are neither on this machine nor by HTTPS.
  if (!('audioWorklet' in context)) throw new Error('no audio worklet');
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
      gains[CHANNEL_PARTIES.indexOf(party)]!.gain.setTargetAtTime(gain, context.currentTime, GLIDE_S);
    },
    close: () => context.close(),
  };
}
