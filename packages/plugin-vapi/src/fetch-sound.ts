/** Fetches a WAV file to be played into a call. What it says is not believed before it was read. */
import { decodeWav, FaultError, isFault, type ProviderHost, type Sound } from '@sidetone/core';
import { invalid } from './control-messages.ts';

/** The largest file, bytes: four minutes of 16-bit sound at 16 kHz. */
export const MAX_SOUND_BYTES = 8 * 1024 * 1024;
/** How long fetching may take, ms. */
export const SOUND_TIMEOUT_MS = 10_000;

/** @throws {FaultError} INPUT_INVALID when there is no such sound, PROVIDER_TIMEOUT when it takes too long. */
export async function fetchSound(
  host: Pick<ProviderHost, 'fetch' | 'clock'>,
  address: string,
  signal: AbortSignal,
): Promise<Sound> {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw invalid('url', 'expected an http or https address of a WAV file');
  }
  const deadline = new AbortController();
  const cancel = host.clock.schedule(SOUND_TIMEOUT_MS, () => deadline.abort());
  try {
    const response = await host.fetch(url, {
      redirect: 'manual',
      signal: AbortSignal.any([deadline.signal, signal]),
    });
    if (!response.ok) throw invalid('url', `the address answered ${response.status}`);
    const result = decodeWav(await readAll(response));
    if (!result.ok) throw invalid('url', `what is there cannot be played: ${result.problem}`);
    return result.sound;
  } catch (cause) {
    if (isFault(cause)) throw cause;
    if (deadline.signal.aborted || signal.aborted) {
      throw new FaultError('PROVIDER_UNREACHABLE', 'the sound was not there in time; nothing was played', {
        cause,
      });
    }
    throw invalid('url', 'the address cannot be reached');
  } finally {
    cancel();
  }
}

async function readAll(response: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += (chunk as Uint8Array).length;
    if (size > MAX_SOUND_BYTES) throw invalid('url', `expected at most ${MAX_SOUND_BYTES} bytes`);
    chunks.push(chunk as Uint8Array);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
