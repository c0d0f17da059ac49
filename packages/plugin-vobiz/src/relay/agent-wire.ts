/**
 * The messages of an agent, and those that we write in its place. Pure and total. What an agent says goes to Vobiz as it
 * is, so only what a gate has to know is read.
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
export interface AgentMessageFields {
  playAudio: {
    readonly contentType?: string;
    readonly sampleRate?: number;
    /** Base64, unchecked. */
    readonly payload?: string;
  };
  checkpoint: object;
  clearAudio: object;
  stop: object;
  /** An event that is not known here: Vobiz may know it. */
  unknown: object;
  /** Not a message at all. */
  malformed: object;
}

export type AgentMessageType = keyof AgentMessageFields;
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

/** The message in a text that an agent sent. */
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

/** The stream that a message is for: always named where its start named it. */
type StreamId = string | undefined;

const write = (event: string, streamId: StreamId, fields: object = {}): string =>
  JSON.stringify({ event, ...(streamId !== undefined && { streamId }), ...fields });

export const playAudio = (streamId: StreamId, format: MediaFormat, payload: string): string =>
  write('playAudio', streamId, {
    media: { contentType: format.encoding, sampleRate: format.sampleRate, payload },
  });
export const checkpoint = (streamId: StreamId, name: string): string =>
  write('checkpoint', streamId, { name });
export const clearAudio = (streamId: StreamId): string => write('clearAudio', streamId);
export const stop = (streamId: StreamId): string => write('stop', streamId);
/** What Vobiz answers to `clearAudio`. */
export const clearedAudio = (streamId: StreamId): string => write('clearedAudio', streamId);
