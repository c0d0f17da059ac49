/**
 * What Deepgram sends, from text to values, and the few texts that we send. Pure and total. The two interfaces, `v1/listen`
 * (Nova) and `v2/listen` (Flux), come to the same: a turn of Flux is a window of audio that was heard so far, or finally.
 * Every time is in seconds of the audio of one socket.
 */
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

/** A word, as it is to be shown. */
export interface HeardWord {
  readonly text: string;
  /** Where it lies; a Flux word may have no times. */
  readonly start?: number;
  readonly end?: number;
}

/** The fields of each message. */
export interface ServerMessageFields {
  /** The words of a window of audio: so far, or finally. */
  results: {
    readonly channel: number;
    readonly start: number;
    readonly end: number;
    /** Empty where nothing was said. */
    readonly text: string;
    readonly confidence?: number;
    readonly words: readonly HeardWord[];
    readonly isFinal: boolean;
    /** A pause, or the end of a turn, was heard at its end. */
    readonly isPause: boolean;
    /** It answers a `Finalize`. */
    readonly isAnswer: boolean;
  };
  /** No word followed for so long; -1 when there is nothing to tell. */
  utteranceEnd: { readonly channel: number; readonly lastWordEnd: number };
  /** Something like a voice begins. */
  speechStarted: { readonly channel: number; readonly at: number };
  /** All was told; the socket closes. */
  metadata: object;
  /** Something was not understood, or cannot go on: `v2` closes behind it. */
  error: object;
  /** Nothing for us: greetings, warnings, answers to `Configure`. */
  notice: object;
  /** A type that is not known. */
  unknown: object;
  /** Not a message at all. */
  malformed: object;
}

export type ServerMessageType = keyof ServerMessageFields;
export type ServerMessageOf<Type extends ServerMessageType> = {
  readonly type: Type;
} & ServerMessageFields[Type];
export type ServerMessage = { [Type in ServerMessageType]: ServerMessageOf<Type> }[ServerMessageType];

/** Control characters: a text is one line. */
const CONTROLS = /\p{Cc}+/gu;

/** A text as it is kept: one line, and each letter written one way. */
function line(value: unknown): string {
  return typeof value === 'string' ? value.normalize('NFC').replaceAll(CONTROLS, ' ').trim() : '';
}

/** The channel in `[channel, channels]`; the first where none is told. */
function channelOf(value: unknown): number {
  const [channel] = listOf(value);
  return numberOf(channel) ?? 0;
}

function wordOf(value: unknown): HeardWord {
  const word = objectOf(value);
  return {
    text: line(word['punctuated_word']) || line(word['word']),
    ...definedFields({ start: numberOf(word['start']), end: numberOf(word['end']) }),
  };
}

const wordsOf = (value: unknown): readonly HeardWord[] =>
  listOf(value)
    .map(wordOf)
    .filter(({ text }) => text !== '');

function shareOf(value: unknown): number | undefined {
  const share = numberOf(value);
  return share !== undefined && share >= 0 && share <= 1 ? share : undefined;
}

/** Reads a message; undefined when what makes it one is missing. */
type Reader = (message: JsonObject) => ServerMessage | undefined;

function readResults(message: JsonObject): ServerMessage | undefined {
  const start = numberOf(message['start']);
  const duration = numberOf(message['duration']);
  if (start === undefined || duration === undefined) return undefined;
  const [first] = listOf(objectOf(message['channel'])['alternatives']);
  const alternative = objectOf(first);
  // A pause is told with finals only; one documented sample has it on an interim, and means a final.
  const isPause = message['speech_final'] === true;
  return {
    type: 'results',
    channel: channelOf(message['channel_index']),
    start,
    end: start + Math.max(0, duration),
    text: line(alternative['transcript']),
    words: wordsOf(alternative['words']),
    isFinal: message['is_final'] === true || isPause,
    isPause,
    isAnswer: message['from_finalize'] === true,
    ...definedFields({ confidence: shareOf(alternative['confidence']) }),
  };
}

/** Each message of a turn has all of its words; only the end of the turn is final. */
function readTurn(message: JsonObject): ServerMessage | undefined {
  const start = numberOf(message['audio_window_start']);
  const end = numberOf(message['audio_window_end']);
  if (start === undefined || end === undefined) return undefined;
  const isEnd = message['event'] === 'EndOfTurn';
  const shares = listOf(message['words'])
    .map((word) => shareOf(objectOf(word)['confidence']))
    .filter((share) => share !== undefined);
  const confidence = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  return {
    type: 'results',
    channel: 0,
    start,
    end: Math.max(start, end),
    text: line(message['transcript']),
    words: wordsOf(message['words']),
    isFinal: isEnd,
    isPause: isEnd,
    isAnswer: false,
    ...(shares.length > 0 && { confidence }),
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

/** The message in a text frame. */
export function decodeServerMessage(text: string): ServerMessage {
  const message = parseJson(text);
  if (!isJsonObject(message)) return { type: 'malformed' };
  const name = textOf(message['type']);
  // An error of the service behind the socket comes without a type.
  if (name === undefined) return { type: textOf(message['err_code']) === undefined ? 'malformed' : 'error' };
  const read = getOwn(READERS, name);
  return read ? (read(message) ?? { type: 'malformed' }) : { type: 'unknown' };
}

/** Holds a socket of `v1` while no audio goes over it. */
export const KEEP_ALIVE = JSON.stringify({ type: 'KeepAlive' });
/** Asks for what is left, and for the end. */
export const CLOSE_STREAM = JSON.stringify({ type: 'CloseStream' });
/** Asks for the final words of a channel at once; it may stay without an answer. */
export const finalize = (channel: number): string => JSON.stringify({ type: 'Finalize', channel });
