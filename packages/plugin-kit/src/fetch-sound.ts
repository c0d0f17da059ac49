/** Fetches a WAV file that a control plays into a call. */
import { FaultError, invalidArgument, messageOf, type PluginHost } from '@sidetone/core';
import { decodeWav, type Sound } from './audio/wav.ts';
import { readBody } from './read-body.ts';

/** Largest accepted file, in bytes: about 4 minutes of 16-bit audio at 16 kHz. */
export const MAX_SOUND_BYTES = 8 * 1024 * 1024;
/** Time limit of the request, in ms. */
export const SOUND_TIMEOUT_MS = 10_000;

/**
 * Fetches and decodes the WAV file at an http or https URL that a client supplied: see `PluginHost.guarded`.
 * @throws {FaultError} INPUT_INVALID for the argument `url`, with the same message whatever the failure is: it must not tell
 * which addresses exist. The reason is logged. PROVIDER_UNREACHABLE if `signal` aborts.
 */
export async function fetchSound(
  host: Pick<PluginHost, 'guarded' | 'clock' | 'log'>,
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
    return await load(host, url, AbortSignal.any([deadline.signal, signal]));
  } catch (cause) {
    if (signal.aborted) {
      throw new FaultError('PROVIDER_UNREACHABLE', 'fetching the audio file was aborted', { cause });
    }
    const reason = deadline.signal.aborted ? 'timeout' : messageOf(cause);
    host.log.warn('fetching an audio file failed', { host: url.host, reason });
    throw invalidArgument('url', 'expected the URL of a WAV file that can be fetched and played');
  } finally {
    cancel();
  }
}

async function load({ guarded }: Pick<PluginHost, 'guarded'>, url: URL, signal: AbortSignal): Promise<Sound> {
  const response = await guarded.fetch(url, { signal });
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`the server answered ${response.status}`);
  }
  const bytes = await readBody(response, MAX_SOUND_BYTES);
  if (!bytes) throw new Error(`expected at most ${MAX_SOUND_BYTES} bytes`);
  const result = decodeWav(bytes);
  if (!result.ok) throw new Error(`expected a playable WAV file: ${result.problem}`);
  return result.sound;
}
