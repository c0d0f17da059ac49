// How sockets end: the codes, and the sentences that come with them.

/** The close for sending neither audio nor text. */
export const IDLE_CLOSE = {
  code: 1011,
  reason:
    'Deepgram did not receive audio data or a text message within the timeout window. See https://dpgr.am/net0001',
} as const;

/** The close for what is no audio. */
export const UNDECODABLE_CLOSE = {
  code: 1008,
  reason: 'DATA-0000: the payload cannot be decoded as audio',
} as const;

/** The close after the service itself had nothing to say. */
export const NO_RESPONSE_CLOSE = {
  code: 1011,
  reason:
    'Deepgram did not provide a response message within the timeout window. See https://dpgr.am/net0000',
} as const;

const REASONS: Readonly<Record<number, string>> = {
  1001: 'going away',
  1008: UNDECODABLE_CLOSE.reason,
  1011: NO_RESPONSE_CLOSE.reason,
  1012: 'service restart',
  1013: 'try again later',
};

/** The sentence that comes with a code when the service closes by itself. */
export function reasonOf(code: number): string {
  return REASONS[code] ?? '';
}

/** How a socket is closed. */
export interface Close {
  readonly code: number;
  readonly reason: string;
}
