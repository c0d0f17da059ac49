/**
 * What can go wrong with the service: the stable code of each trouble, whether it passes, and what the operator is told. And
 * which trouble the status of a refused handshake, and the code and reason of a close, stand for. Pure.
 */
import { isFault } from '@sidetone/core';
import { isJsonObject, getOwn, numberOf, parseJson, textOf } from '@sidetone/plugin-kit';

interface TroubleEntry {
  /** Whether the same attempt may succeed: at once and then with growing waits, only after a while, or never. */
  readonly retry: 'soon' | 'slowly' | 'never';
  /** What happened, and what to do. */
  readonly message: string;
}

export const TROUBLES = {
  DEEPGRAM_BAD_REQUEST: {
    retry: 'never',
    message:
      'Deepgram does not take these options: correct `model`, `language`, `keyterms` or what its reason names.',
  },
  DEEPGRAM_KEYTERMS_REFUSED: {
    retry: 'soon',
    message: 'Deepgram does not take the keyterms, and is used without: correct `keyterms`.',
  },
  DEEPGRAM_UNAUTHORIZED: {
    retry: 'never',
    message: 'Deepgram does not accept the API key: set `apiKey` to a key that is valid.',
  },
  DEEPGRAM_PAYMENT_REQUIRED: {
    retry: 'never',
    message: "The project's credit at Deepgram is used up: add credit in Deepgram's console.",
  },
  DEEPGRAM_FORBIDDEN: {
    retry: 'never',
    message: 'The project has no access to this model: choose another `model`, or ask Deepgram for access.',
  },
  DEEPGRAM_NOT_FOUND: {
    retry: 'never',
    message:
      'There is no live transcription at this address: correct `apiBaseUrl`, or choose another `model`.',
  },
  DEEPGRAM_REFUSED: {
    retry: 'never',
    message: 'Deepgram refused the connection: see its reason, and `apiBaseUrl`.',
  },
  DEEPGRAM_RATE_LIMITED: {
    retry: 'slowly',
    message:
      "As many streams are open as the project may have: it is tried again; lower `maxCalls`, or raise the project's limit.",
  },
  DEEPGRAM_UNAVAILABLE: {
    retry: 'soon',
    message: 'Deepgram is in trouble: it is tried again; nothing is to be done here.',
  },
  DEEPGRAM_UNREACHABLE: {
    retry: 'soon',
    message: 'Deepgram does not answer: it is tried again; check the network and `apiBaseUrl`.',
  },
  DEEPGRAM_CONNECTION_LOST: {
    retry: 'soon',
    message: 'The connection to Deepgram was lost: it is opened again.',
  },
  DEEPGRAM_IDLE: {
    retry: 'soon',
    message: 'Deepgram closed a connection over which no audio came: it is opened again with the next audio.',
  },
  DEEPGRAM_AUDIO_REJECTED: {
    retry: 'never',
    message: 'Deepgram cannot read the audio: check `encoding` and `sampleRate`.',
  },
  DEEPGRAM_PROTOCOL_REJECTED: {
    retry: 'never',
    message: 'Deepgram does not understand what it is sent: look for a newer release of the plugin.',
  },
} as const satisfies Readonly<Record<string, TroubleEntry>>;

/** The stable code of a trouble. */
export type TroubleCode = keyof typeof TROUBLES;

/** A trouble, with the service's own words where it gave any. */
export interface Trouble {
  readonly code: TroubleCode;
  readonly reason?: string;
}

/** Longest part of the service's words that is shown. */
export const MAX_REASON_LENGTH = 300;

const REFUSALS: Readonly<Record<number, TroubleCode>> = {
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

const CLOSES: Readonly<Record<number, TroubleCode>> = {
  1002: 'DEEPGRAM_PROTOCOL_REJECTED',
  1003: 'DEEPGRAM_AUDIO_REJECTED',
  1007: 'DEEPGRAM_AUDIO_REJECTED',
  1008: 'DEEPGRAM_AUDIO_REJECTED',
  1011: 'DEEPGRAM_UNAVAILABLE',
  1012: 'DEEPGRAM_UNAVAILABLE',
  1013: 'DEEPGRAM_UNAVAILABLE',
};

/** What a reason says, whatever the code: live reasons are sentences with a link, documented ones bare words. */
const CLOSE_REASONS: readonly (readonly [pattern: RegExp, code: TroubleCode])[] = [
  [/data-?0000/i, 'DEEPGRAM_AUDIO_REJECTED'],
  [/net-?000[12]|no_audio_timeout/i, 'DEEPGRAM_IDLE'],
  [/net-?0000/i, 'DEEPGRAM_UNAVAILABLE'],
];

const trouble = (code: TroubleCode, reason: string | undefined): Trouble => ({
  code,
  ...(reason !== undefined && { reason }),
});

/** The service's own words in the body of a refusal, of which there are three shapes. */
export function reasonIn(body: string): string | undefined {
  const json = parseJson(body);
  if (!isJsonObject(json)) return textOf(body);
  const message = textOf(json['err_msg']) ?? textOf(json['message']) ?? textOf(json['description']);
  const details = textOf(json['details']);
  return message === undefined || details === undefined ? message : `${message} (${details})`;
}

/** What a dial that failed stands for. */
export function troubleOfDial(error: unknown): Trouble {
  const details = isFault(error) ? error.details : {};
  const status = numberOf(details['status']);
  if (status === undefined) return { code: 'DEEPGRAM_UNREACHABLE' };
  const code =
    status >= 500 ? 'DEEPGRAM_UNAVAILABLE' : (getOwn(REFUSALS, String(status)) ?? 'DEEPGRAM_REFUSED');
  return trouble(code, reasonIn(textOf(details['body']) ?? ''));
}

/** What a close that we did not ask for stands for. */
export function troubleOfClose(code: number, reason: string): Trouble {
  const said = CLOSE_REASONS.find(([pattern]) => pattern.test(reason))?.[1];
  return trouble(said ?? getOwn(CLOSES, String(code)) ?? 'DEEPGRAM_CONNECTION_LOST', textOf(reason));
}

/** What the operator is told: never a secret, even if the service should repeat it. */
export function messageOf({ code, reason }: Trouble, secret: string): string {
  const { message } = TROUBLES[code];
  if (reason === undefined) return message;
  const words = reason.replaceAll(secret, '[redacted]').replaceAll(/[\p{Cc}\s]+/gu, ' ');
  return `${message} Deepgram says: ${words.slice(0, MAX_REASON_LENGTH)}`;
}
