/**
 * Decodes Deepgram's messages, and encodes those that are sent. Pure and total. Both interfaces, `v1/listen` (Nova) and `v2/listen`
 * (Flux), are decoded to the same messages: a turn of Flux is a window of audio with an interim or final result. Times are seconds
 * of the audio of one socket.
 */
import { normalizeUnicode } from '@sidetone/core';
import {
  isJsonObject,
  listOf,
  getOwn,
  numberOf,
  objectOf,
  parseJson,
  definedFields,
  textOf,
  type JsonObject,
} from '@sidetone/plugin-kit';

/** A word with punctuation. */
export interface Word {
  readonly text: string;
  /** Flux words may have no times. */
  readonly start?: number;
  readonly end?: number;
}

/** The fields of each message. */
interface ServerMessageFields {
  /** The interim or final result for a window of audio. */
  results: {
    readonly channel: number;
    readonly start: number;
    readonly end: number;
    /** Empty for silence. */
    readonly text: string;
    readonly confidence?: number;
    readonly words: readonly Word[];
    readonly isFinal: boolean;
    /** Whether it ends with a pause, or the end of a turn. */
    readonly isPause: boolean;
    /** Whether it is the response to a `Finalize`. */
    readonly fromFinalize: boolean;
  };
  /** No word followed for the configured time; -1 if there was no word. */
  utteranceEnd: { readonly channel: number; readonly lastWordEnd: number };
  /** A voice was detected. */
  speechStarted: { readonly channel: number; readonly at: number };
  /** All results were sent; the socket closes. */
  metadata: object;
  /** A rejected message, or a failure. `v2` closes the socket after it. */
  error: object;
  /** Ignored: greetings, warnings, responses to `Configure`. */
  notice: object;
  /** An unknown type. */
  unknown: object;
  /** Not a valid message. */
  malformed: object;
}

type ServerMessageType = keyof ServerMessageFields;
export type ServerMessageOf<Type extends ServerMessageType> = {
  readonly type: Type;
} & ServerMessageFields[Type];
export type ServerMessage = { [Type in ServerMessageType]: ServerMessageOf<Type> }[ServerMessageType];

/** Control characters, which are replaced: a text is one line. */
const CONTROL_CHARACTERS = /\p{Cc}+/gu;

/** Returns a text as one line, normalised to NFC. */
function singleLine(value: unknown): string {
  return typeof value === 'string'
    ? normalizeUnicode(value, 'NFC').replaceAll(CONTROL_CHARACTERS, ' ').trim()
    : '';
}

/** Returns the channel in `[channel, channels]`; 0 by default. */
function channelOf(value: unknown): number {
  const [channel] = listOf(value);
  return numberOf(channel) ?? 0;
}

function wordOf(value: unknown): Word {
  const word = objectOf(value);
  return {
    text: singleLine(word['punctuated_word']) || singleLine(word['word']),
    ...definedFields({ start: numberOf(word['start']), end: numberOf(word['end']) }),
  };
}

const wordsOf = (value: unknown): readonly Word[] =>
  listOf(value)
    .map(wordOf)
    .filter(({ text }) => text !== '');

function confidenceOf(value: unknown): number | undefined {
  const confidence = numberOf(value);
  return confidence !== undefined && confidence >= 0 && confidence <= 1 ? confidence : undefined;
}

/** Decodes a message; undefined if a required field is missing. */
type Reader = (message: JsonObject) => ServerMessage | undefined;

function readResults(message: JsonObject): ServerMessage | undefined {
  const start = numberOf(message['start']);
  const duration = numberOf(message['duration']);
  if (start === undefined || duration === undefined) return undefined;
  const [first] = listOf(objectOf(message['channel'])['alternatives']);
  const alternative = objectOf(first);
  // A pause is reported with finals only. One documented sample has it on an interim: it is treated as final.
  const isPause = message['speech_final'] === true;
  return {
    type: 'results',
    channel: channelOf(message['channel_index']),
    start,
    end: start + Math.max(0, duration),
    text: singleLine(alternative['transcript']),
    words: wordsOf(alternative['words']),
    isFinal: message['is_final'] === true || isPause,
    isPause,
    fromFinalize: message['from_finalize'] === true,
    ...definedFields({ confidence: confidenceOf(alternative['confidence']) }),
  };
}

/** Each message of a turn contains all of its words; only the end of the turn is final. */
function readTurn(message: JsonObject): ServerMessage | undefined {
  const start = numberOf(message['audio_window_start']);
  const end = numberOf(message['audio_window_end']);
  if (start === undefined || end === undefined) return undefined;
  const isEnd = message['event'] === 'EndOfTurn';
  const confidences = listOf(message['words'])
    .map((word) => confidenceOf(objectOf(word)['confidence']))
    .filter((value) => value !== undefined);
  const confidence = confidences.reduce((sum, value) => sum + value, 0) / confidences.length;
  return {
    type: 'results',
    channel: 0,
    start,
    end: Math.max(start, end),
    text: singleLine(message['transcript']),
    words: wordsOf(message['words']),
    isFinal: isEnd,
    isPause: isEnd,
    fromFinalize: false,
    ...(confidences.length > 0 && { confidence }),
  };
}

function readUtteranceEnd(message: JsonObject): ServerMessage | undefined {
  const lastWordEnd = numberOf(message['last_word_end']);
  return lastWordEnd === undefined
    ? undefined
    : { type: 'utteranceEnd', channel: channelOf(message['channel']), lastWordEnd };
}

function readSpeechStarted(message: JsonObject): ServerMessage | undefined {
  const at = numberOf(message['timestamp']);
  return at === undefined ? undefined : { type: 'speechStarted', channel: channelOf(message['channel']), at };
}

const notice: Reader = () => ({ type: 'notice' });

const READERS: Readonly<Record<string, Reader>> = {
  Results: readResults,
  TurnInfo: readTurn,
  UtteranceEnd: readUtteranceEnd,
  SpeechStarted: readSpeechStarted,
  Metadata: () => ({ type: 'metadata' }),
  Error: () => ({ type: 'error' }),
  Connected: notice,
  ConfigureSuccess: notice,
  ConfigureFailure: notice,
  Warning: notice,
};

/** Decodes a text frame. */
export function decodeServerMessage(text: string): ServerMessage {
  const message = parseJson(text);
  if (!isJsonObject(message)) return { type: 'malformed' };
  const name = textOf(message['type']);
  // Errors of the service's backend have no type.
  if (name === undefined) return { type: textOf(message['err_code']) === undefined ? 'malformed' : 'error' };
  const read = getOwn(READERS, name);
  return read ? (read(message) ?? { type: 'malformed' }) : { type: 'unknown' };
}

/** Keeps a `v1` socket open while no audio is sent. */
export const KEEP_ALIVE = JSON.stringify({ type: 'KeepAlive' });
/** Requests the remaining results and the end of the stream. */
export const CLOSE_STREAM = JSON.stringify({ type: 'CloseStream' });
/** Requests the final result of a channel at once. It may stay unanswered. */
export const finalize = (channel: number): string => JSON.stringify({ type: 'Finalize', channel });
