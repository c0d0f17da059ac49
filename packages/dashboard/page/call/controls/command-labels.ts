/** Labels and explanations for commands, their statuses and failures. */
import type { EnumOf } from '../../api/graphql.ts';
import { phoneNumberText } from '../../ui/format.ts';

export const COMMAND_LABELS = {
  ADD_MESSAGE: 'Message to assistant',
  CLEAR_AUDIO: 'Stop audio',
  END_CALL: 'End call',
  HANDOFF: 'Hand off',
  MUTE: 'Mute',
  PAUSE_CAPTURE: 'Pause recording',
  PLACE_CALL: 'Place call',
  PLAY_AUDIO: 'Play audio',
  RESUME_CAPTURE: 'Resume recording',
  SAY: 'Say',
  SAY_FIRST_MESSAGE: 'Say first message',
  SEND_DTMF: 'Send DTMF',
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

const STATUS_HINTS = {
  REQUESTED: 'Waiting for the provider.',
  ACCEPTED: 'The provider accepted the command. No event has confirmed it yet.',
  CONFIRMED: 'Events from the provider confirm that it took effect.',
  REFUSED: 'The command was not executed.',
  UNKNOWN:
    'The provider did not answer in time. The command may have taken effect: check the call before you try again.',
} as const satisfies Record<EnumOf<'CommandStatus'>, string>;

const CONFIRMED_HINTS: Partial<Record<EnumOf<'CommandKind'>, string>> = {
  TRANSFER: 'The provider forwarded the call. Whether the destination answered is not known.',
  PAUSE_CAPTURE: 'Nothing is recorded, transcribed or played to listeners. The call continues.',
  RESUME_CAPTURE: 'The call is recorded and transcribed again.',
};

/** What a status means for a command. A forwarded call has not reached its destination yet. */
export const statusHint = (
  status: EnumOf<'CommandStatus'>,
  kind: EnumOf<'CommandKind'> | undefined,
): string => (status === 'CONFIRMED' && kind && CONFIRMED_HINTS[kind]) || STATUS_HINTS[status];

export const REMEDIES = {
  CALL_NOT_FOUND: 'The call was deleted or never existed.',
  CALL_NOT_LIVE: 'The call has ended.',
  CAPABILITY_MISSING: 'The provider does not support this for this call at the moment.',
  DAEMON_DRAINING: 'The daemon is shutting down. Try again after it has restarted.',
  IDEMPOTENCY_CONFLICT: 'Another command used the same idempotency key. Reload the page and try again.',
  PROVIDER_NOT_RUNNING: 'Check the state of the provider. The daemon restarts it automatically.',
  PROVIDER_RATE_LIMITED:
    'The provider is rejecting requests because of its rate limit. Wait, then try again.',
  PROVIDER_REFUSED: 'The message of the provider states the reason.',
  PROVIDER_TIMEOUT: 'The command may have taken effect. Check the call before you try again.',
  PROVIDER_UNREACHABLE: 'The provider could not be reached. Try again.',
} as const satisfies Record<EnumOf<'FailureCode'>, string>;

/** The arguments that say what a command is about, the most important first, and how they are shown. */
const DETAILS: readonly (readonly [argument: string, text?: (value: string) => string | undefined])[] = [
  ['number', phoneNumberText],
  ['sipUri'],
  ['digits'],
  ['url'],
  ['assistantId'],
  ['streamUrl'],
  ['content'],
  ['party', (party) => party.toLowerCase()],
];

/** Returns the main argument of a command, such as its text or number, or undefined if there is none. */
export function commandDetail(args: unknown): string | undefined {
  const values = (args ?? {}) as Readonly<Record<string, unknown>>;
  for (const [argument, text] of DETAILS) {
    const value = values[argument];
    if (typeof value === 'string') return text ? text(value) : value;
  }
  return undefined;
}
