/** Takes the sound out of a media message and leaves everything else: what a muted party is heard as. Pure and total. */
import { isJsonObject, parseJson, textOf } from '@sidetone/plugin-kit';
import { payloadBytes } from '../stream/payload.ts';

const MULAW_SILENCE = 0xff;
const L16_SILENCE = 0;

/** `bytes` bytes of silence, base64. */
export function silentPayload(bytes: number, encoding: string): string {
  return Buffer.alloc(bytes, encoding === 'audio/x-mulaw' ? MULAW_SILENCE : L16_SILENCE).toString('base64');
}

/**
 * The message with silence of the same length in the place of its audio; one without audio as it is. `encoding` is that
 * of the stream, for messages that do not say their own.
 */
export function silenced(text: string, encoding: string): string {
  const message = parseJson(text);
  const media = isJsonObject(message) ? message['media'] : undefined;
  if (!isJsonObject(message) || !isJsonObject(media) || typeof media['payload'] !== 'string') return text;
  const own = textOf(media['contentType'])?.toLowerCase().split(';')[0]?.trim();
  const payload = silentPayload(payloadBytes(media['payload']), own ?? encoding);
  return JSON.stringify({ ...message, media: { ...media, payload } });
}
