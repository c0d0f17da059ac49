import { createDecimator } from '../../audio/decimator.ts';
import { encodeMulaw } from '../../audio/mulaw.ts';
import { CALL_SAMPLE_RATE, encodeLinear16, encodeStereo, mixMono } from '../../audio/pcm.ts';
import type { VapiBehaviour } from '../behaviour.ts';

/** Encodes a frame of both parties. */
export type ListenEncoder = (customer: Int16Array, assistant: Int16Array) => Buffer;

interface Format {
  readonly encoding: 'linear16' | 'mulaw';
  readonly sampleRate: 16_000 | 8_000;
  readonly channels: 1 | 2;
}

const FORMATS: Readonly<Record<VapiBehaviour['listenFormat'], Format>> = {
  's16le-16000-stereo': { encoding: 'linear16', sampleRate: 16_000, channels: 2 },
  's16le-16000-mono': { encoding: 'linear16', sampleRate: 16_000, channels: 1 },
  's16le-8000-stereo': { encoding: 'linear16', sampleRate: 8_000, channels: 2 },
  's16le-8000-mono': { encoding: 'linear16', sampleRate: 8_000, channels: 1 },
  'mulaw-8000-mono': { encoding: 'mulaw', sampleRate: 8_000, channels: 1 },
};

/** Returns the first text frame that describes the format, modelled on the message to custom transcribers. */
export function formatHint(behaviour: VapiBehaviour): object {
  return { type: 'start', container: 'raw', ...FORMATS[behaviour.listenFormat] };
}

/** Creates the encoder of one call; it keeps the end of the last frame. */
export function createListenEncoder({ listenFormat, listenSwapped }: VapiBehaviour): ListenEncoder {
  const { encoding, sampleRate, channels } = FORMATS[listenFormat];
  const halve = (): ((frame: Int16Array) => Int16Array) => {
    if (sampleRate === CALL_SAMPLE_RATE) return (frame) => frame;
    const decimator = createDecimator();
    return (frame) => decimator.push(frame);
  };
  const [first, second] = [halve(), halve()];
  return (customer, assistant) => {
    if (channels === 1) {
      const mono = first(mixMono(customer, assistant));
      return encoding === 'mulaw' ? Buffer.from(encodeMulaw(mono)) : encodeLinear16(mono);
    }
    const [left, right] = listenSwapped ? [assistant, customer] : [customer, assistant];
    return encodeStereo(first(left), second(right));
  };
}

/** Returns a function that moves the last one to three bytes of each frame to the next one. */
export function createCutter(): (frame: Buffer) => Buffer {
  let kept: Buffer = Buffer.alloc(0);
  let count = 0;
  return (frame) => {
    count += 1;
    const all = Buffer.concat([kept, frame]);
    const end = all.length - (1 + (count % 3));
    kept = all.subarray(end);
    return all.subarray(0, end);
  };
}
