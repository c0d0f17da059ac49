/**
 * Adds the fields of the older start message beside those of the nested one. Agents that were written for the older form
 * read only these, and agents for the nested form ignore them. Pure and total.
 */
import {
  definedFields,
  isJsonObject,
  listOf,
  numberOf,
  objectOf,
  parseJson,
  textOf,
} from '@sidetone/plugin-kit';

/** What the start of a stream does not contain, as far as it is known. */
export interface CallParties {
  readonly from?: string;
  readonly to?: string;
  readonly direction?: string;
}

/** Returns the content type of a media format, such as `audio/x-l16;rate=8000`. */
function contentTypeOf(format: unknown): string | undefined {
  const { encoding, sampleRate } = objectOf(format);
  const rate = numberOf(sampleRate);
  return textOf(encoding) === undefined || rate === undefined
    ? undefined
    : `${String(encoding)};rate=${rate}`;
}

/** Returns a start message with flat fields; existing fields are kept. Any other text is unchanged. */
export function withFlatFields(text: string, parties: CallParties): string {
  const message = parseJson(text);
  if (!isJsonObject(message) || !isJsonObject(message['start'])) return text;
  const { streamId, callId, accountId, tracks, mediaFormat } = message['start'];
  const listed = listOf(tracks);
  const fields = definedFields({
    streamId: textOf(streamId),
    callId: textOf(callId),
    accountId: textOf(accountId),
    ...parties,
    contentType: contentTypeOf(mediaFormat),
    audioTrack: listed.length > 1 ? 'both' : textOf(listed[0]),
  });
  return JSON.stringify({ ...fields, ...message });
}
