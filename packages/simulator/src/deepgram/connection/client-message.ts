// The text messages of clients.

import { jsonObject } from '../../http/http-request.ts';
import { isNova3, MAX_KEYTERM_TOKENS, tokensOf } from '../listen-query.ts';
import type { Message } from '../transcript/messages.ts';
import { schemaErrorMessage } from '../transcript/messages.ts';

/** A valid text message, or the answer to an invalid one. */
export type ClientMessage =
  | { readonly type: 'KeepAlive' }
  | { readonly type: 'Finalize'; readonly channel: number | undefined }
  | { readonly type: 'CloseStream' }
  | { readonly type: 'Configure'; readonly keyterms: readonly string[] | undefined }
  /** Too many key terms. The message is not rejected, but nothing works after it. */
  | { readonly type: 'overload' }
  | { readonly type: 'invalid'; readonly answer: Message };

/** Parses a text message of a client that requested a model. */
export function decodeClientMessage(text: string, model: string): ClientMessage {
  const invalid = (problem: string): ClientMessage => ({
    type: 'invalid',
    answer: schemaErrorMessage(problem, text),
  });
  const fields = jsonObject(text);
  if (fields === undefined) return invalid('expected an object');
  const { type, ...others } = fields;
  const unknown = (known: readonly string[]): string | undefined =>
    Object.keys(others).find((name) => !known.includes(name));
  if (type === 'KeepAlive' || type === 'CloseStream') return { type };
  if (type === 'Finalize') {
    const { channel } = others;
    if (channel !== undefined && !Number.isInteger(channel)) return invalid('channel must be an integer');
    return { type, channel: channel as number | undefined };
  }
  if (type !== 'Configure') return invalid(`unknown variant \`${String(type)}\``);
  const unknownField = unknown(['keyterms', 'features']);
  if (unknownField !== undefined) return invalid(`unknown field \`${unknownField}\``);
  const { keyterms = null } = others;
  if (keyterms === null) return { type, keyterms: undefined };
  if (!isListOfText(keyterms)) return invalid('keyterms must be a list of strings');
  if (!isNova3(model)) return { type: 'invalid', answer: notSupported() };
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
