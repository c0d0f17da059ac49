// The messages of `/v2/listen`, in both directions.

import { jsonObject } from '../../http/http-request.ts';
import type { DeepgramBehaviour } from '../behaviour.ts';
import type { Message } from '../transcript/messages.ts';
import { isShare } from './flux-query.ts';
import type { FluxQuery, TurnSettings } from './flux-query.ts';
import type { TurnInfo } from './turns.ts';

/** A text message of a client. */
export type FluxClientMessage =
  | { readonly type: 'CloseStream' }
  | { readonly type: 'ForceEndTurn' }
  | { readonly type: 'Configure'; readonly changes: Partial<TurnSettings>; readonly keyterms: unknown }
  /** `Configure` with invalid settings, which stay as they are. */
  | { readonly type: 'invalid Configure'; readonly problem: string }
  /** `KeepAlive`, `Finalize`, or no message at all. The socket is closed. */
  | { readonly type: 'invalid'; readonly problem: string };

const MAX_KEYTERMS = 100;

/** Parses a text message. */
export function decodeFluxClientMessage(text: string, settings: TurnSettings): FluxClientMessage {
  const fields = jsonObject(text);
  const type = fields?.['type'];
  if (fields === undefined) return { type: 'invalid', problem: 'expected an object' };
  if (type === 'CloseStream' || type === 'ForceEndTurn') return { type };
  if (type !== 'Configure') return { type: 'invalid', problem: `unknown variant \`${String(type)}\`` };
  const thresholds = (fields['thresholds'] ?? {}) as Record<string, unknown>;
  const number = (name: string, otherwise: number | undefined): number | undefined =>
    thresholds[name] === undefined ? otherwise : Number(thresholds[name]);
  const eotThreshold = number('eot_threshold', settings.eotThreshold) ?? 0;
  const eagerEotThreshold = number('eager_eot_threshold', settings.eagerEotThreshold);
  const eotTimeoutMs = number('eot_timeout_ms', settings.eotTimeoutMs) ?? 0;
  const { keyterms } = fields;
  const isValid =
    isShare(eotThreshold, 0.5, 1) &&
    (eagerEotThreshold === undefined || isShare(eagerEotThreshold, 0.3, eotThreshold)) &&
    isShare(eotTimeoutMs, 500, 60_000) &&
    (!Array.isArray(keyterms) || keyterms.length <= MAX_KEYTERMS);
  if (!isValid) return { type: 'invalid Configure', problem: 'the settings stay as they are' };
  const hints = fields['language_hints'];
  const languageHints = Array.isArray(hints) ? hints.map(String) : settings.languageHints;
  return { type, changes: { eotThreshold, eagerEotThreshold, eotTimeoutMs, languageHints }, keyterms };
}

/** Creates the message about a turn. */
export function turnMessage(
  turn: TurnInfo,
  query: FluxQuery,
  settings: TurnSettings,
  { turnWordTimes }: Pick<DeepgramBehaviour, 'turnWordTimes'>,
): Message {
  const { event, index, start, end, words, confidence, trigger } = turn;
  return {
    type: 'TurnInfo',
    event,
    turn_index: index,
    audio_window_start: inSeconds(start),
    audio_window_end: inSeconds(end),
    transcript: words.map(({ punctuated }) => punctuated).join(' '),
    words: words.map((word) => ({
      word: word.punctuated,
      confidence: Math.round(word.confidence * 10_000) / 10_000,
      ...(turnWordTimes ? { start: inSeconds(word.start), end: inSeconds(word.end) } : {}),
    })),
    end_of_turn_confidence: confidence,
    ...(trigger === undefined ? {} : { trigger }),
    ...(query.isMultilingual
      ? { languages: words.length > 0 ? ['en'] : [], languages_hinted: settings.languageHints }
      : {}),
  };
}

/** Creates the answer to a valid `Configure`. */
export function configuredMessage(settings: TurnSettings, keyterms: unknown): Message {
  const { eotThreshold, eagerEotThreshold, eotTimeoutMs, languageHints } = settings;
  return {
    type: 'ConfigureSuccess',
    thresholds: {
      eot_threshold: eotThreshold,
      eot_timeout_ms: eotTimeoutMs,
      ...(eagerEotThreshold === undefined ? {} : { eager_eot_threshold: eagerEotThreshold }),
    },
    ...(Array.isArray(keyterms) ? { keyterms: keyterms as unknown[] } : {}),
    language_hints: languageHints,
  };
}

function inSeconds(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
