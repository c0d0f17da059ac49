/** Commands and what becomes of them, in words. */
import type { EnumOf } from '../../api/graphql.ts';

export const COMMAND_LABELS = {
  ADD_MESSAGE: 'Message to the assistant',
  CLEAR_AUDIO: 'Stop what is being said',
  END_CALL: 'End the call',
  HANDOFF: 'Hand over',
  MUTE: 'Mute',
  PLACE_CALL: 'Place the call',
  PLAY_AUDIO: 'Play a sound',
  SAY: 'Say',
  SAY_FIRST_MESSAGE: 'Say the first message',
  SEND_DTMF: 'Press keys',
  TRANSFER: 'Transfer',
  UNMUTE: 'Unmute',
} as const satisfies Record<EnumOf<'CommandKind'>, string>;

export const STATUS_LABELS = {
  REQUESTED: 'Requested',
  ACCEPTED: 'Accepted',
  CONFIRMED: 'Confirmed',
  REFUSED: 'Refused',
  UNKNOWN: 'Unknown',
} as const satisfies Record<EnumOf<'CommandStatus'>, string>;

export const STATUS_HINTS = {
  REQUESTED: 'The provider is being asked.',
  ACCEPTED: 'The provider took it. Its events have not shown it yet.',
  CONFIRMED: "The provider's own events show that it took effect.",
  REFUSED: 'It was not done.',
  UNKNOWN: 'No answer came in time: it may or may not have been done. Look at the call before you try again.',
} as const satisfies Record<EnumOf<'CommandStatus'>, string>;

export const REMEDIES = {
  CALL_NOT_FOUND: 'The call was erased, or never was.',
  CALL_NOT_LIVE: 'The call is over: nothing more can be done to it.',
  CAPABILITY_MISSING: 'The provider does not allow this for this call, or not now.',
  DAEMON_DRAINING: 'The daemon is stopping. Try again when it is back.',
  IDEMPOTENCY_CONFLICT: 'Something else was asked with the same key. Reload the page and try again.',
  PROVIDER_NOT_RUNNING: "Look at the provider's state; the daemon tries to start it again by itself.",
  PROVIDER_RATE_LIMITED: 'The provider turns requests away for a while. Wait a little, then try again.',
  PROVIDER_REFUSED: 'What the provider says tells why.',
  PROVIDER_TIMEOUT: 'It may or may not have been done. Look at the call before you try again.',
  PROVIDER_UNREACHABLE: 'The provider was not reached. Try again.',
} as const satisfies Record<EnumOf<'FailureCode'>, string>;

/** What a command was about, if its arguments say: words, a number, a party. */
export function commandDetail(args: unknown): string | undefined {
  const { content, number, digits, party, url, assistantId } = (args ?? {}) as Readonly<
    Record<string, unknown>
  >;
  const about =
    content ??
    number ??
    digits ??
    url ??
    assistantId ??
    (typeof party === 'string' ? party.toLowerCase() : undefined);
  return typeof about === 'string' ? about : undefined;
}
