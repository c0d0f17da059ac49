/** Labels that only the page of providers needs. A new value of the schema does not compile until it has a label. */
import type { EnumOf } from '../api/graphql.ts';

export const PROVIDER_STATE_LABELS = {
  RUNNING: 'Running',
  STARTING: 'Starting',
  DEGRADED: 'Degraded',
  FAILED: 'Failed',
  STOPPED: 'Stopped',
} as const satisfies Record<EnumOf<'ProviderState'>, string>;

export const CHECK_STATE_LABELS = {
  OK: 'OK',
  WARNING: 'Warning',
  FAILED: 'Failed',
  SKIPPED: 'Not checked',
} as const satisfies Record<EnumOf<'CheckState'>, string>;

export const CAPABILITY_LABELS = {
  ADD_MESSAGE: 'Message to assistant',
  CLEAR_AUDIO: 'Stop audio',
  END_CALL: 'End call',
  HANDOFF: 'Hand off',
  LISTEN: 'Live audio',
  MUTE_ASSISTANT: 'Mute assistant',
  MUTE_CUSTOMER: 'Mute customer',
  PLACE_CALL: 'Place call',
  PLAY_AUDIO: 'Play audio',
  SAY: 'Say',
  SAY_FIRST_MESSAGE: 'Say first message',
  SEND_DTMF: 'Send keys',
  TRANSFER: 'Transfer',
} as const satisfies Record<EnumOf<'Capability'>, string>;
