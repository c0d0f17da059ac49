import { createResampler } from '../audio/resampler.ts';
import { CALL_SAMPLE_RATE } from '../audio/pcm.ts';
import { decodeWav } from '../audio/wav.ts';

/** A larger file is not played. */
const MAX_AUDIO_FILE_BYTES = 10_000_000;
/** The timeout of a download. */
const FETCH_TIMEOUT_MS = 5_000;

/** Downloads a WAV file and returns its samples at the rate of calls, or a short error text. Never rejects. */
export async function fetchAudio(url: string, signal: AbortSignal): Promise<Int16Array | string> {
  // `AbortSignal.any` is not used: on Node 20, a timeout signal that only it references can be garbage-collected.
  const aborter = new AbortController();
  const abort = (): void => aborter.abort();
  const timer = setTimeout(abort, FETCH_TIMEOUT_MS);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort);
  try {
    const response = await fetch(url, { signal: aborter.signal });
    if (!response.ok) return `HTTP ${response.status}`;
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      size += chunk.length;
      if (size > MAX_AUDIO_FILE_BYTES) return 'too large';
      chunks.push(chunk);
    }
    const recording = decodeWav(Buffer.concat(chunks));
    if (recording === undefined) return 'not a WAV file';
    return createResampler(recording.sampleRate, CALL_SAMPLE_RATE)(recording.samples);
  } catch {
    return 'unreachable';
  } finally {
    aborter.abort();
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}
