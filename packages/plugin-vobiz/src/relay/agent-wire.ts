/**
 * Decodes the messages of an agent, and encodes those that this daemon sends itself. Messages of an agent are forwarded to
 * Vobiz unchanged, so only the fields that the relay needs are decoded. Pure and total.
 */
import {
  isJsonObject,
  getOwn,
  numberOf,
  objectOf,
  parseJson,
  definedFields,
  textOf,
} from '@sidetone/plugin-kit';
import type { MediaFormat } from '../wire.ts';

/** The fields of each message. */
interface AgentMessageFields {
  playAudio: {
    readonly contentType?: string;
    readonly sampleRate?: number;
    /** Base64, not validated. */
    readonly payload?: string;
  };
  checkpoint: object;
  clearAudio: object;
  stop: object;
  /** An event that is unknown here; Vobiz may know it. */
  unknown: object;
  /** Not a JSON object. */
  malformed: object;
}

type AgentMessageType = keyof AgentMessageFields;
export type AgentMessageOf<Type extends AgentMessageType> = {
  readonly type: Type;
  readonly streamId?: string;
} & AgentMessageFields[Type];
export type AgentMessage = { [Type in AgentMessageType]: AgentMessageOf<Type> }[AgentMessageType];

const EVENTS: Readonly<Record<string, 'playAudio' | 'checkpoint' | 'clearAudio' | 'stop'>> = {
  playAudio: 'playAudio',
  checkpoint: 'checkpoint',
  clearAudio: 'clearAudio',
  stop: 'stop',
};

/** Decodes a message of an agent. */
export function decodeAgentMessage(text: string): AgentMessage {
  const message = parseJson(text);
  if (!isJsonObject(message)) return { type: 'malformed' };
  const type = getOwn(EVENTS, textOf(message['event'])) ?? 'unknown';
  const streamId = definedFields({ streamId: textOf(message['streamId']) });
  if (type !== 'playAudio') return { type, ...streamId };
  const media = objectOf(message['media']);
  return {
    type,
    ...streamId,
    ...definedFields({
      contentType: textOf(media['contentType'])?.toLowerCase(),
      sampleRate: numberOf(media['sampleRate']),
      payload: textOf(media['payload']),
    }),
  };
}

/** The stream of a message; undefined if its start named none. */
type StreamId = string | undefined;

const write = (event: string, streamId: StreamId, fields: object = {}): string =>
  JSON.stringify({ event, ...(streamId !== undefined && { streamId }), ...fields });

/** Audio for Vobiz to queue and play; `payload` is base64 in `format`. */
export const playAudio = (streamId: StreamId, format: MediaFormat, payload: string): string =>
  write('playAudio', streamId, {
    media: { contentType: format.encoding, sampleRate: format.sampleRate, payload },
  });
/** Vobiz responds when everything before the checkpoint was played. */
export const checkpoint = (streamId: StreamId, name: string): string =>
  write('checkpoint', streamId, { name });
/** Makes Vobiz drop the queued audio. */
export const clearAudio = (streamId: StreamId): string => write('clearAudio', streamId);
/** Ends the stream. */
export const stop = (streamId: StreamId): string => write('stop', streamId);
/** Vobiz's response to `clearAudio`. */
export const clearedAudio = (streamId: StreamId): string => write('clearedAudio', streamId);
