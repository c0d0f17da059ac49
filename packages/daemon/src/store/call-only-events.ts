/** Events that change nothing but the row of the call. */
import type { CallFact } from '@sidetone/core';
import type { HandlerTable } from '@sidetone/plugin-kit';

const nothing = (): void => undefined;

export const EVENTS_OF_THE_CALL_ONLY = {
  CALL_STARTED: nothing,
  CALL_UPDATED: nothing,
  CALL_STATUS_CHANGED: nothing,
  CALL_ENDED: nothing,
  CALL_REPORTED: nothing,
  CALL_WATCHED: nothing,
  CALL_HOLD_CHANGED: nothing,
  CALL_NOTICE: nothing,
  SPEECH_STARTED: nothing,
  SPEECH_STOPPED: nothing,
  DTMF_RECEIVED: nothing,
  TRANSFER_STARTED: nothing,
  ASSISTANT_CHANGED: nothing,
  TRANSCRIPTION_CHANGED: nothing,
  CAPTURE_CHANGED: nothing,
} as const satisfies Partial<HandlerTable<CallFact>>;
