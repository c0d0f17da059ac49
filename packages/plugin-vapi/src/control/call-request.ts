/** Builds the request that places a call: over the telephone, or over a WebSocket that we connect to. Pure. */
import { invalidArgument, type PlaceCallArguments } from '@sidetone/core';
import {
  isJsonObject,
  numberOf,
  objectOf,
  definedFields,
  textOf,
  type AudioFormat,
  type Country,
  type JsonObject,
} from '@sidetone/plugin-kit';
import { checkE164 } from './check-e164.ts';
import { withNumbers } from './number-options.ts';
import { GPT_LIVE_SAMPLE_RATE, hasGptLive } from '../calls/gpt-live.ts';

/** Fields that name the assistant: one of them is required. */
const ASSISTANT_FIELDS = ['assistantId', 'assistant', 'squadId', 'squad', 'workflowId', 'workflow'] as const;
/** Fields of a telephone call, which Vapi rejects with the WebSocket transport. */
const TELEPHONE_FIELDS = ['phoneNumberId', 'phoneNumber', 'customer', 'customerId'] as const;

const WEBSOCKET = 'vapi.websocket';
const MIN_RATE = 3000;
const MAX_RATE = 192_000;

interface CallRequest {
  /** The body that is posted. */
  readonly body: JsonObject;
  /** The audio format of a call over a WebSocket; absent for a telephone call. */
  readonly transport?: AudioFormat;
}

/**
 * `country` completes the national numbers in the options.
 * @throws {FaultError} INPUT_INVALID, with the argument's name.
 */
export function callRequestOf(
  { to, from, assistantId, providerOptions = {} }: PlaceCallArguments,
  country?: Country,
): CallRequest {
  if (providerOptions['customers'] !== undefined) {
    throw invalidArgument('providerOptions.customers', 'not supported: one call is placed at a time');
  }
  const body: JsonObject = { ...definedFields({ assistantId }), ...withNumbers(providerOptions, country) };
  if (!ASSISTANT_FIELDS.some((name) => body[name] != null)) {
    throw invalidArgument('assistantId', 'expected an assistant: assistantId, or one in providerOptions');
  }
  const transport = objectOf(providerOptions['transport']);
  return transport['provider'] === WEBSOCKET
    ? websocketRequest(body, transport)
    : { body: telephoneBody(to, from, body) };
}

function telephoneBody(to: string, from: string | undefined, body: JsonObject): JsonObject {
  const given = objectOf(body['customer']);
  const hasAddress =
    given['number'] !== undefined || given['sipUri'] !== undefined || body['customerId'] !== undefined;
  if (!hasAddress && to.trim() === '') throw invalidArgument('to', 'expected a number or a SIP address');
  const isDialled = !hasAddress && given['numberE164CheckEnabled'] !== false && !/^sips?:/i.test(to);
  if (isDialled) checkE164('to', to);
  const own = /^sips?:/i.test(to) ? { sipUri: to } : { number: to };
  const customer = hasAddress ? given : { ...own, ...given };
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

function websocketRequest(body: JsonObject, transport: JsonObject): CallRequest {
  const invalid = TELEPHONE_FIELDS.find((name) => body[name] !== undefined);
  if (invalid !== undefined)
    throw invalidArgument(`providerOptions.${invalid}`, 'not allowed with the transport vapi.websocket');
  const format = hasGptLive(body)
    ? gptLiveFormat(transport['audioFormat'])
    : audioFormatOf(transport['audioFormat']);
  const audioFormat = { format: format.encoding, container: 'raw', sampleRate: format.sampleRate };
  return { body: { ...body, transport: { ...transport, audioFormat } }, transport: format };
}

/** Returns the only format of GPT-Live assistants. @throws {FaultError} INPUT_INVALID for another one. */
function gptLiveFormat(value: unknown): AudioFormat {
  const given = objectOf(value);
  const format: AudioFormat = { encoding: 'pcm_s16le', sampleRate: GPT_LIVE_SAMPLE_RATE };
  const { encoding, sampleRate } = audioFormatOf({ sampleRate: GPT_LIVE_SAMPLE_RATE, ...given });
  if (encoding !== format.encoding) {
    throw invalidArgument('providerOptions.transport.audioFormat.format', 'expected pcm_s16le for GPT-Live');
  }
  if (sampleRate !== format.sampleRate) {
    throw invalidArgument(
      'providerOptions.transport.audioFormat.sampleRate',
      `expected ${GPT_LIVE_SAMPLE_RATE} for GPT-Live`,
    );
  }
  return format;
}

/** Returns the given format. Defaults: 16-bit samples; 16 kHz, or 8 kHz for mu-law. */
function audioFormatOf(value: unknown): AudioFormat {
  const given = objectOf(value);
  const format = textOf(given['format']) ?? 'pcm_s16le';
  if (format !== 'pcm_s16le' && format !== 'mulaw') {
    throw invalidArgument('providerOptions.transport.audioFormat.format', 'expected pcm_s16le or mulaw');
  }
  const sampleRate = numberOf(given['sampleRate']) ?? (format === 'mulaw' ? 8000 : 16_000);
  if (!Number.isInteger(sampleRate) || sampleRate < MIN_RATE || sampleRate > MAX_RATE) {
    throw invalidArgument(
      'providerOptions.transport.audioFormat.sampleRate',
      `expected ${MIN_RATE} to ${MAX_RATE}`,
    );
  }
  return { encoding: format, sampleRate };
}
