/** Runs on the audio thread: plays the frames that the page hands over, one output a party, and tells how it goes. */
import { JitterBuffer } from './jitter-buffer.ts';
import { CHANNELS, PROCESSOR, SAMPLE_RATE, type PlayerReport } from './listen-protocol.ts';

/** What the audio thread's global scope has; the DOM's types do not tell. */
declare const registerProcessor: (name: string, processor: new () => AudioWorkletProcessor) => void;
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}

/** Three frames: they come every 20 ms, now and then two at once. */
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

  /** The audio thread asks for the next samples. */
  process(_inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
    const channels = outputs.flatMap(([channel]) => channel ?? []);
    this.#buffer.read(channels);
    this.#untilReport -= channels[0]?.length ?? 0;
    if (this.#untilReport <= 0) this.#report();
    return true;
  }

  #report(): void {
    this.#untilReport = inSamples(REPORT_MS);
    const { held, underruns, dropped } = this.#buffer;
    const report: PlayerReport = { held, underruns, dropped };
    this.port.postMessage(report, []);
  }
}

registerProcessor(PROCESSOR, Player);
