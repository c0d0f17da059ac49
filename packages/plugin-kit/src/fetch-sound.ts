/** Fetches a WAV file to be played into a call. What it says is not believed before it was read. */
import { decodeWav, type Sound } from './audio/wav.ts';
import { FaultError, invalidArgument, isFault } from '@sidetone/core';
import type { ProviderHost } from '@sidetone/core';
import { readBody } from './read-body.ts';

/** The largest file, bytes: four minutes of 16-bit sound at 16 kHz. */
export const MAX_SOUND_BYTES = 8 * 1024 * 1024;
/** How long fetching may take, ms. */
export const SOUND_TIMEOUT_MS = 10_000;

/**
 * The sound at an http or https address; redirects are not followed.
 * @throws {FaultError} INPUT_INVALID, naming `url`, when there is no such sound; PROVIDER_UNREACHABLE when it is not
 * there in time, or `signal` aborts.
 */
export async function fetchSound(
  host: Pick<ProviderHost, 'fetch' | 'clock'>,
  address: string,
  signal: AbortSignal,
): Promise<Sound> {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw invalidArgument('url', 'expected an http or https address of a WAV file');
  }
  const deadline = new AbortController();
  const cancel = host.clock.schedule(SOUND_TIMEOUT_MS, () => deadline.abort());
  try {
    const response = await host.fetch(url, {
      redirect: 'manual',
      signal: AbortSignal.any([deadline.signal, signal]),
    });
    if (!response.ok) throw invalidArgument('url', `the address answered ${response.status}`);
    const bytes = await readBody(response, MAX_SOUND_BYTES);
    if (!bytes) throw invalidArgument('url', `expected at most ${MAX_SOUND_BYTES} bytes`);
    const result = decodeWav(bytes);
    if (!result.ok) throw invalidArgument('url', `what is there cannot be played: ${result.problem}`);
    return result.sound;
  } catch (cause) {
    if (isFault(cause)) throw cause;
    if (deadline.signal.aborted || signal.aborted) {
      throw new FaultError('PROVIDER_UNREACHABLE', 'the sound was not there in time; nothing was played', {
        cause,
      });
    }
    throw invalidArgument('url', 'the address cannot be reached');
  } finally {
    cancel();
  }
}
