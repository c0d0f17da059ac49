/** What placing a call asks of Vapi: over the telephone, or as a WebSocket that we join ourselves. Pure. */
import { invalidArgument, type PlaceCallArguments } from '@sidetone/core';
import {
  isJsonObject,
  numberOf,
  objectOf,
  definedFields,
  textOf,
  type AudioFormat,
  type JsonObject,
} from '@sidetone/plugin-kit';

/** Fields that say who talks: one of them must be there. */
const WHO_TALKS = ['assistantId', 'assistant', 'squadId', 'squad', 'workflowId', 'workflow'] as const;
/** Fields of a telephone call, which Vapi refuses with the WebSocket transport. */
const TELEPHONE = ['phoneNumberId', 'phoneNumber', 'customer', 'customerId'] as const;

const WEBSOCKET = 'vapi.websocket';
const MIN_RATE = 3000;
const MAX_RATE = 192_000;

export interface CallOrder {
  /** What is posted. */
  readonly body: JsonObject;
  /** How audio is written down, of a call that we join; absent from a telephone call. */
  readonly join?: AudioFormat;
}

/** @throws {FaultError} INPUT_INVALID, with the argument's name. */
export function orderOf({ to, from, assistantId, providerOptions = {} }: PlaceCallArguments): CallOrder {
  if (providerOptions['customers'] !== undefined) {
    throw invalidArgument('providerOptions.customers', 'one call is placed at a time');
  }
  const body: JsonObject = { ...definedFields({ assistantId }), ...providerOptions };
  if (!WHO_TALKS.some((name) => body[name] != null)) {
    throw invalidArgument('assistantId', 'expected an assistant: assistantId, or one in providerOptions');
  }
  const transport = objectOf(providerOptions['transport']);
  return transport['provider'] === WEBSOCKET
    ? websocketOrder(body, transport)
    : { body: telephoneBody(to, from, body) };
}

function telephoneBody(to: string, from: string | undefined, body: JsonObject): JsonObject {
  const told = objectOf(body['customer']);
  const named =
    told['number'] !== undefined || told['sipUri'] !== undefined || body['customerId'] !== undefined;
  if (!named && to.trim() === '') throw invalidArgument('to', 'expected a number or a SIP address');
  const own = /^sips?:/i.test(to) ? { sipUri: to } : { number: to };
  const customer = named ? told : { ...own, ...told };
  const hasNumber = body['phoneNumberId'] != null || isJsonObject(body['phoneNumber']);
  if (!hasNumber && (from === undefined || /^\+?\d+$/.test(from))) {
    throw invalidArgument(
      'from',
      "expected the id of one of the account's phone numbers, or phoneNumber in providerOptions",
    );
  }
  return {
    ...(hasNumber ? {} : { phoneNumberId: from }),
    ...body,
    ...(Object.keys(customer).length > 0 && { customer }),
  };
}

function websocketOrder(body: JsonObject, transport: JsonObject): CallOrder {
  const wrong = TELEPHONE.find((name) => body[name] !== undefined);
  if (wrong !== undefined)
    throw invalidArgument(`providerOptions.${wrong}`, 'a call over a WebSocket has no telephone');
  const join = audioFormatOf(transport['audioFormat']);
  const audioFormat = { format: join.encoding, container: 'raw', sampleRate: join.sampleRate };
  return { body: { ...body, transport: { ...transport, audioFormat } }, join };
}

/** 16-bit samples at 16 kHz, or mu-law at 8 kHz, unless told otherwise. */
function audioFormatOf(value: unknown): AudioFormat {
  const told = objectOf(value);
  const format = textOf(told['format']) ?? 'pcm_s16le';
  if (format !== 'pcm_s16le' && format !== 'mulaw') {
    throw invalidArgument('providerOptions.transport.audioFormat.format', 'expected pcm_s16le or mulaw');
  }
  const sampleRate = numberOf(told['sampleRate']) ?? (format === 'mulaw' ? 8000 : 16_000);
  if (!Number.isInteger(sampleRate) || sampleRate < MIN_RATE || sampleRate > MAX_RATE) {
    throw invalidArgument(
      'providerOptions.transport.audioFormat.sampleRate',
      `expected ${MIN_RATE} to ${MAX_RATE}`,
    );
  }
  return { encoding: format, sampleRate };
}
