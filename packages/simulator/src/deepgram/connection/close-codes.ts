// The close codes and reasons of sockets.

/** Neither audio nor text was received in time. */
export const IDLE_CLOSE = {
  code: 1011,
  reason:
    'Deepgram did not receive audio data or a text message within the timeout window. See https://dpgr.am/net0001',
} as const;

/** The payload is not audio. */
export const UNDECODABLE_CLOSE = {
  code: 1008,
  reason: 'DATA-0000: the payload cannot be decoded as audio',
} as const;

/** The service did not respond in time. */
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

/** Returns the reason for a code with which the service closes a socket. */
export function reasonOf(code: number): string {
  return REASONS[code] ?? '';
}

/** The code and the reason of a close. */
export interface Close {
  readonly code: number;
  readonly reason: string;
}
