/**
 * The errors of connections to the service: the stable code of each, whether it is retried, and its message for the operator. Maps
 * the status of a rejected handshake, and the code and reason of a close, to these codes. Pure.
 */
import { isFault } from '@sidetone/core';
import { getOwn, isJsonObject, numberOf, parseJson, textOf } from '@sidetone/plugin-kit';

interface ErrorEntry {
  /** When a retry may succeed: soon (at once, then with backoff), slowly, or never. */
  readonly retry: 'soon' | 'slowly' | 'never';
  /** What happened, and the remedy. */
  readonly message: string;
}

export const CONNECTION_ERRORS = {
  DEEPGRAM_BAD_REQUEST: {
    retry: 'never',
    message:
      'Deepgram rejected the options: correct `model`, `language`, `keyterms` or the option that it names.',
  },
  DEEPGRAM_KEYTERMS_REFUSED: {
    retry: 'soon',
    message: 'Deepgram rejected the keyterms, and transcribes without them: correct `keyterms`.',
  },
  DEEPGRAM_UNAUTHORIZED: {
    retry: 'never',
    message: 'Deepgram rejected the API key: set `apiKey` to a valid key.',
  },
  DEEPGRAM_PAYMENT_REQUIRED: {
    retry: 'never',
    message: "The project's credit at Deepgram is exhausted: add credit in Deepgram's console.",
  },
  DEEPGRAM_FORBIDDEN: {
    retry: 'never',
    message: 'The project has no access to this model: choose another `model`, or ask Deepgram for access.',
  },
  DEEPGRAM_NOT_FOUND: {
    retry: 'never',
    message: 'Live transcription was not found at this URL: correct `apiBaseUrl`, or choose another `model`.',
  },
  DEEPGRAM_REFUSED: {
    retry: 'never',
    message: 'Deepgram rejected the connection: check the reason, and `apiBaseUrl`.',
  },
  DEEPGRAM_RATE_LIMITED: {
    retry: 'slowly',
    message:
      "Retrying, because the project's limit of streams is reached: lower `maxCalls`, or raise the project's limit.",
  },
  DEEPGRAM_UNAVAILABLE: {
    retry: 'soon',
    message: 'Retrying, because Deepgram is unavailable: no action is required.',
  },
  DEEPGRAM_UNREACHABLE: {
    retry: 'soon',
    message: 'Retrying, because Deepgram does not respond: check the network and `apiBaseUrl`.',
  },
  DEEPGRAM_CONNECTION_LOST: {
    retry: 'soon',
    message: 'Reconnecting, because the connection to Deepgram was lost: no action is required.',
  },
  DEEPGRAM_IDLE: {
    retry: 'soon',
    message: 'Deepgram closed a connection without audio: it is reopened with the next audio.',
  },
  DEEPGRAM_AUDIO_REJECTED: {
    retry: 'never',
    message: 'Deepgram cannot decode the audio: check `encoding` and `sampleRate`.',
  },
  DEEPGRAM_PROTOCOL_REJECTED: {
    retry: 'never',
    message: 'Deepgram rejected a message of the plugin: install a newer release of the plugin.',
  },
} as const satisfies Readonly<Record<string, ErrorEntry>>;

export type ConnectionErrorCode = keyof typeof CONNECTION_ERRORS;

export interface ConnectionError {
  readonly code: ConnectionErrorCode;
  /** The service's own message, if it sent one. */
  readonly reason?: string;
}

/** Characters of the service's message that are shown. */
export const MAX_REASON_LENGTH = 300;

const CODES_BY_STATUS: Readonly<Record<number, ConnectionErrorCode>> = {
  400: 'DEEPGRAM_BAD_REQUEST',
  401: 'DEEPGRAM_UNAUTHORIZED',
  402: 'DEEPGRAM_PAYMENT_REQUIRED',
  403: 'DEEPGRAM_FORBIDDEN',
  404: 'DEEPGRAM_NOT_FOUND',
  405: 'DEEPGRAM_NOT_FOUND',
  408: 'DEEPGRAM_UNAVAILABLE',
  414: 'DEEPGRAM_BAD_REQUEST',
  429: 'DEEPGRAM_RATE_LIMITED',
  499: 'DEEPGRAM_UNAVAILABLE',
};

const CODES_BY_CLOSE: Readonly<Record<number, ConnectionErrorCode>> = {
  1002: 'DEEPGRAM_PROTOCOL_REJECTED',
  1003: 'DEEPGRAM_AUDIO_REJECTED',
  1007: 'DEEPGRAM_AUDIO_REJECTED',
  1008: 'DEEPGRAM_AUDIO_REJECTED',
  1011: 'DEEPGRAM_UNAVAILABLE',
  1012: 'DEEPGRAM_UNAVAILABLE',
  1013: 'DEEPGRAM_UNAVAILABLE',
};

/** Close reasons, which take precedence over the close code. Observed ones are sentences with a link, documented ones are codes. */
const CODES_BY_REASON: readonly (readonly [pattern: RegExp, code: ConnectionErrorCode])[] = [
  [/data-?0000/i, 'DEEPGRAM_AUDIO_REJECTED'],
  [/net-?000[12]|no_audio_timeout/i, 'DEEPGRAM_IDLE'],
  [/net-?0000/i, 'DEEPGRAM_UNAVAILABLE'],
];

const connectionError = (code: ConnectionErrorCode, reason: string | undefined): ConnectionError => ({
  code,
  ...(reason !== undefined && { reason }),
});

/** Returns the service's message in the body of a rejection, which has one of three formats or is text. */
export function reasonIn(body: string): string | undefined {
  const json = parseJson(body);
  if (!isJsonObject(json)) return textOf(body);
  const message = textOf(json['err_msg']) ?? textOf(json['message']) ?? textOf(json['description']);
  const details = textOf(json['details']);
  return message === undefined || details === undefined ? message : `${message} (${details})`;
}

/** Returns the error of a failed dial. */
export function errorOfDial(error: unknown): ConnectionError {
  const details = isFault(error) ? error.details : {};
  const status = numberOf(details['status']);
  if (status === undefined) return { code: 'DEEPGRAM_UNREACHABLE' };
  const code =
    status >= 500 ? 'DEEPGRAM_UNAVAILABLE' : (getOwn(CODES_BY_STATUS, String(status)) ?? 'DEEPGRAM_REFUSED');
  return connectionError(code, reasonIn(textOf(details['body']) ?? ''));
}

/** Returns the error of a close that was not requested. */
export function errorOfClose(code: number, reason: string): ConnectionError {
  const byReason = CODES_BY_REASON.find(([pattern]) => pattern.test(reason))?.[1];
  const byCode = getOwn(CODES_BY_CLOSE, String(code));
  return connectionError(byReason ?? byCode ?? 'DEEPGRAM_CONNECTION_LOST', textOf(reason));
}

/** Returns the message for the operator. The secret is redacted, in case the service repeats it. */
export function messageOf({ code, reason }: ConnectionError, secret: string): string {
  const { message } = CONNECTION_ERRORS[code];
  if (reason === undefined) return message;
  const text = reason.replaceAll(secret, '[redacted]').replaceAll(/[\p{Cc}\s]+/gu, ' ');
  return `${message} Deepgram says: ${text.slice(0, MAX_REASON_LENGTH)}`;
}
