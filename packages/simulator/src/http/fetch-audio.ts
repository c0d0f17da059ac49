import { createResampler } from '../audio/resampler.ts';
import { CALL_SAMPLE_RATE } from '../audio/pcm.ts';
import { decodeWav } from '../audio/wav.ts';

/** The largest file that is played. */
export const MAX_SOUND_BYTES = 10_000_000;
/** How long fetching a file may take. */
export const SOUND_TIMEOUT_MS = 5_000;

/** The samples of a WAV file at the rate of calls, or in a few words why there are none. Never rejects. */
export async function fetchSound(url: string, signal: AbortSignal): Promise<Int16Array | string> {
  // A timer of its own: on Node 20 a timeout that only `AbortSignal.any` knows can be collected before it fires.
  const giveUp = new AbortController();
  const stop = (): void => giveUp.abort();
  const timer = setTimeout(stop, SOUND_TIMEOUT_MS);
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop);
  try {
    const response = await fetch(url, { signal: giveUp.signal });
    if (!response.ok) return `HTTP ${response.status}`;
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      size += chunk.length;
      if (size > MAX_SOUND_BYTES) return 'too large';
      chunks.push(chunk);
    }
    const recording = decodeWav(Buffer.concat(chunks));
    if (recording === undefined) return 'not a WAV file';
    return createResampler(recording.sampleRate, CALL_SAMPLE_RATE)(recording.samples);
  } catch {
    return 'unreachable';
  } finally {
    giveUp.abort();
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}
