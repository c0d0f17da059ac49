import { createDecimator } from '../../audio/decimator.ts';
import { encodeMulaw } from '../../audio/mulaw.ts';
import { CALL_SAMPLE_RATE, encodeLinear16, encodeStereo, mixMono } from '../../audio/pcm.ts';
import type { VapiBehaviour } from '../behaviour.ts';

/** Turns both parties' frames into bytes of one format. */
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

/** What a first text frame may say about the format; modelled on what custom transcribers are told. */
export function formatHint(behaviour: VapiBehaviour): object {
  return { type: 'start', container: 'raw', ...FORMATS[behaviour.listenFormat] };
}

/** The encoder of one call; it remembers the tail of the last frame. */
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

/** Cuts a stream of bytes anywhere: every frame keeps back from one to three bytes for the next. */
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
