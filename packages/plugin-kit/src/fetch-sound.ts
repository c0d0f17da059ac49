/** Fetches a WAV file that a control plays into a call. */
import { FaultError, invalidArgument, isFault, type PluginHost } from '@sidetone/core';
import { decodeWav, type Sound } from './audio/wav.ts';
import { readBody } from './read-body.ts';

/** Largest accepted file, in bytes: about 4 minutes of 16-bit audio at 16 kHz. */
export const MAX_SOUND_BYTES = 8 * 1024 * 1024;
/** Time limit of the request, in ms. */
export const SOUND_TIMEOUT_MS = 10_000;

/**
 * Fetches and decodes the WAV file at an http or https URL. Does not follow redirects.
 * @throws {FaultError} INPUT_INVALID for the argument `url` if there is no such file, PROVIDER_UNREACHABLE if it is not
 * received in time or `signal` aborts.
 */
export async function fetchSound(
  host: Pick<PluginHost, 'fetch' | 'clock'>,
  address: string,
  signal: AbortSignal,
): Promise<Sound> {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw invalidArgument('url', 'expected an http or https URL of a WAV file');
  }
  const deadline = new AbortController();
  const cancel = host.clock.schedule(SOUND_TIMEOUT_MS, () => deadline.abort());
  try {
    const response = await host.fetch(url, {
      redirect: 'manual',
      signal: AbortSignal.any([deadline.signal, signal]),
    });
    if (!response.ok) throw invalidArgument('url', `the server answered ${response.status}`);
    const bytes = await readBody(response, MAX_SOUND_BYTES);
    if (!bytes) throw invalidArgument('url', `expected at most ${MAX_SOUND_BYTES} bytes`);
    const result = decodeWav(bytes);
    if (!result.ok) throw invalidArgument('url', `expected a playable WAV file: ${result.problem}`);
    return result.sound;
  } catch (cause) {
    if (isFault(cause)) throw cause;
    if (deadline.signal.aborted || signal.aborted) {
      throw new FaultError('PROVIDER_UNREACHABLE', 'the audio file was not received in time', { cause });
    }
    throw invalidArgument('url', 'the server is unreachable');
  } finally {
    cancel();
  }
}
