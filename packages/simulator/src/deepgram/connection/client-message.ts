// What a client says in text.

import { jsonObject } from '../../http/http-request.ts';
import { isNova3, MAX_KEYTERM_TOKENS, tokensOf } from '../listen-query.ts';
import type { Message } from '../transcript/messages.ts';
import { schemaErrorMessage } from '../transcript/messages.ts';

/** A text message that was understood, or what is answered to one that was not. */
export type ClientMessage =
  | { readonly type: 'KeepAlive' }
  | { readonly type: 'Finalize'; readonly channel: number | undefined }
  | { readonly type: 'CloseStream' }
  | { readonly type: 'Configure'; readonly keyterms: readonly string[] | undefined }
  /** More key terms than there may be. It is not refused, but nothing works after it. */
  | { readonly type: 'overload' }
  | { readonly type: 'refused'; readonly answer: Message };

/** Reads a text message of a client that asked for a model. */
export function decodeClientMessage(text: string, model: string): ClientMessage {
  const refused = (problem: string): ClientMessage => ({
    type: 'refused',
    answer: schemaErrorMessage(problem, text),
  });
  const fields = jsonObject(text);
  if (fields === undefined) return refused('expected an object');
  const { type, ...others } = fields;
  const unknown = (known: readonly string[]): string | undefined =>
    Object.keys(others).find((name) => !known.includes(name));
  if (type === 'KeepAlive' || type === 'CloseStream') return { type };
  if (type === 'Finalize') {
    const { channel } = others;
    if (channel !== undefined && !Number.isInteger(channel)) return refused('channel must be an integer');
    return { type, channel: channel as number | undefined };
  }
  if (type !== 'Configure') return refused(`unknown variant \`${String(type)}\``);
  const strange = unknown(['keyterms', 'features']);
  if (strange !== undefined) return refused(`unknown field \`${strange}\``);
  const { keyterms = null } = others;
  if (keyterms === null) return { type, keyterms: undefined };
  if (!isListOfText(keyterms)) return refused('keyterms must be a list of strings');
  if (!isNova3(model)) return { type: 'refused', answer: notSupported() };
  if (tokensOf(keyterms) > MAX_KEYTERM_TOKENS) return { type: 'overload' };
  return { type, keyterms };
}

function notSupported(): Message {
  return {
    type: 'Error',
    variant: 'InvalidConfigureMessage',
    code: 'KeytermsNotSupported',
    description: 'keyterms need a Nova-3 model',
  };
}

function isListOfText(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
