/** Replaces the audio of a message by silence, for a muted party. Pure and total. */
import { isJsonObject, parseJson, textOf } from '@sidetone/plugin-kit';
import { payloadBytes } from '../stream/payload.ts';

const MULAW_SILENCE = 0xff;
const L16_SILENCE = 0;

const silentPayload = (bytes: number, encoding: string): string =>
  Buffer.alloc(bytes, encoding === 'audio/x-mulaw' ? MULAW_SILENCE : L16_SILENCE).toString('base64');

/**
 * Returns a message with silence of the same length instead of its audio; a message without audio unchanged.
 * @param encoding that of the stream, for messages that do not name their own.
 */
export function withSilence(text: string, encoding: string): string {
  const message = parseJson(text);
  const media = isJsonObject(message) ? message['media'] : undefined;
  if (!isJsonObject(message) || !isJsonObject(media) || typeof media['payload'] !== 'string') return text;
  const own = textOf(media['contentType'])?.toLowerCase().split(';')[0]?.trim();
  const payload = silentPayload(payloadBytes(media['payload']), own ?? encoding);
  return JSON.stringify({ ...message, media: { ...media, payload } });
}
