/** The audio worklet: plays the frames that the page sends, one output per party, and reports statistics. */
import { JitterBuffer } from './jitter-buffer.ts';
import { CHANNELS, PROCESSOR, SAMPLE_RATE, type PlayerReport } from './listen-protocol.ts';

/** Globals of the worklet scope that the DOM types lack. */
declare const registerProcessor: (name: string, processor: new () => AudioWorkletProcessor) => void;
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}

/** Three frames of 20 ms; sometimes two arrive at once. */
const PREFILL_MS = 60;
const CAPACITY_MS = 400;
const REPORT_MS = 250;
const inSamples = (ms: number): number => (ms * SAMPLE_RATE) / 1000;

class Player extends AudioWorkletProcessor {
  readonly #buffer = new JitterBuffer({
    channels: CHANNELS,
    prefill: inSamples(PREFILL_MS),
    capacity: inSamples(CAPACITY_MS),
  });
  #untilReport = inSamples(REPORT_MS);

  constructor() {
    super();
    this.port.addEventListener('message', ({ data }: MessageEvent<ArrayBuffer>) =>
      this.#buffer.write(new Int16Array(data)),
    );
    this.port.start();
  }

  /** Called by the audio thread for each block of samples. */
  process(_inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
    const channels = outputs.flatMap(([channel]) => channel ?? []);
    this.#buffer.read(channels);
    this.#untilReport -= channels[0]?.length ?? 0;
    if (this.#untilReport <= 0) this.#report();
    return true;
  }

  #report(): void {
    this.#untilReport = inSamples(REPORT_MS);
    const { buffered, underruns, dropped } = this.#buffer;
    const report: PlayerReport = { buffered, underruns, dropped };
    this.port.postMessage(report, []);
  }
}

registerProcessor(PROCESSOR, Player);
