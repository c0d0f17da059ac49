/** What a frame of audio of a plugin has to be. */
import { SAMPLE_BYTES, type MediaStreamOptions, type Party } from '@sidetone/core';

/** Returns why a frame cannot be used; undefined if it can. */
export function findFrameError(
  party: unknown,
  bytes: unknown,
  { parties }: Pick<MediaStreamOptions, 'parties'>,
): string | undefined {
  if (!(bytes instanceof Uint8Array))
    return `stream.write: expected a Uint8Array, received ${typeof bytes === 'string' ? 'a string' : 'something else'}`;
  if (party !== 'INTERLEAVED' && !parties.includes(party as Party))
    return 'stream.write: expected INTERLEAVED or a party of the stream';
  return undefined;
}

/** Returns what is wrong with the length of a frame, of which whole samples are used; undefined if it has no others. */
export function findLengthError(
  party: Party | 'INTERLEAVED',
  { length }: Uint8Array,
  { encoding, parties }: Pick<MediaStreamOptions, 'encoding' | 'parties'>,
): string | undefined {
  const sampleBytes = SAMPLE_BYTES[encoding] * (party === 'INTERLEAVED' ? parties.length : 1);
  if (length % sampleBytes === 0) return undefined;
  return `stream.write: expected whole samples, of ${sampleBytes} bytes; the rest of a frame is dropped`;
}
