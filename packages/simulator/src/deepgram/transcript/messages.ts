// The messages of Deepgram, as documented.

import type { DeepgramBehaviour } from '../behaviour.ts';
import type { ChannelEvent, WindowResults } from './channel.ts';
import type { ListenQuery } from '../listen-query.ts';
import type { RecognisedWord } from '../recogniser/alignment.ts';

/** A message before it is serialised. */
export type Message = Readonly<Record<string, unknown>>;

/** The common data of all messages of a socket. */
export interface MessageContext {
  readonly requestId: string;
  readonly query: ListenQuery;
  /** The number of transcribed channels. */
  readonly channels: number;
}

const MODEL_UUID = 'd3a1f0c2-6a7b-4e58-9c1d-2b3c4d5e6f70';
const LANGUAGE = 'en';

/** Converts a result of a channel to a message. */
export function eventMessage(event: ChannelEvent, channel: number, context: MessageContext): Message {
  const index = [channel, context.channels];
  if (event.kind === 'results') return results(event, index, context);
  if (event.kind === 'utterance-end')
    return { type: 'UtteranceEnd', channel: index, last_word_end: inSeconds(event.lastWordEnd) };
  return { type: 'SpeechStarted', channel: index, timestamp: inSeconds(event.at) };
}

/** Creates the last message before a close. Without audio it contains no models. */
export function metadataMessage({ requestId, query, channels }: MessageContext, seconds: number): Message {
  const models =
    seconds === 0 ? {} : { models: [MODEL_UUID], model_info: { [MODEL_UUID]: modelInfo(query.model) } };
  return {
    type: 'Metadata',
    transaction_key: 'deprecated',
    request_id: requestId,
    sha256: 'incomplete',
    created: new Date().toISOString(),
    duration: inSeconds(seconds),
    channels: seconds === 0 ? 0 : channels,
    ...models,
  };
}

/** Creates the error for an invalid message. */
export function schemaErrorMessage(problem: string, text: string): Message {
  return {
    type: 'Error',
    variant: 'SchemaError',
    description: `Could not deserialize last text message: ${problem}`,
    message: text,
  };
}

function results(event: WindowResults, index: readonly number[], context: MessageContext): Message {
  const { requestId, query } = context;
  const { start, end, words, isFinal, speechFinal, fromFinalize } = event;
  const shown = ({ word, punctuated }: RecognisedWord): string => (query.punctuate ? punctuated : word);
  const confidence = words.reduce((sum, word) => sum + word.confidence, 0) / (words.length || 1);
  const isMultilingual = query.isMultilingual && words.length > 0;
  return {
    type: 'Results',
    channel_index: index,
    duration: inSeconds(end - start),
    start: inSeconds(start),
    is_final: isFinal,
    speech_final: speechFinal,
    from_finalize: fromFinalize,
    channel: {
      alternatives: [
        {
          transcript: words.map(shown).join(' '),
          confidence: rounded(confidence),
          ...(isMultilingual ? { languages: [LANGUAGE] } : {}),
          words: words.map((word) => ({
            word: word.word,
            start: inSeconds(word.start),
            end: inSeconds(word.end),
            confidence: rounded(word.confidence),
            ...(query.punctuate ? { punctuated_word: word.punctuated } : {}),
            ...(isMultilingual ? { language: LANGUAGE } : {}),
          })),
        },
      ],
    },
    metadata: {
      request_id: requestId,
      model_info: modelInfo(query.model),
      model_uuid: MODEL_UUID,
      ...(query.extra === undefined ? {} : { extra: query.extra }),
    },
  };
}

function modelInfo(model: string): object {
  return { name: `general-${model}`, version: '2026-01-01.1', arch: model.split('-').slice(0, 2).join('-') };
}

function inSeconds(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}

function rounded(confidence: number): number {
  return Math.round(confidence * 10_000) / 10_000;
}

/** Creates the answer to `Configure`, if there is one. */
export function configureMessage(
  answer: DeepgramBehaviour['configureAnswer'],
  requestId: string,
  keyterms: readonly string[] | undefined,
): Message | undefined {
  if (answer === 'none') return undefined;
  if (answer === 'failure')
    return {
      type: 'ConfigureFailure',
      request_id: requestId,
      code: 'INVALID_PARAMETER',
      description: 'The settings stay as they are.',
    };
  return {
    type: 'ConfigureSuccess',
    request_id: requestId,
    ...(keyterms === undefined ? {} : { keyterms }),
  };
}
