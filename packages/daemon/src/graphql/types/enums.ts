/** The enums that mirror a list in core. */
import type { Builder } from '../builder.ts';
import * as values from './enum-values.ts';

export type Enums = ReturnType<typeof addEnums>;

/** Adds an enum from a table of its values and their descriptions. */
export function addEnum<Value extends string>(
  builder: Builder,
  name: string,
  description: string,
  descriptions: Readonly<Record<Value, string>>,
) {
  const entries = Object.entries<string>(descriptions).map(([value, text]) => [value, { description: text }]);
  return builder.enumType(name, {
    description,
    values: Object.fromEntries(entries) as Record<Value, { description: string }>,
  });
}

export function addEnums(builder: Builder) {
  return {
    CallStatus: addEnum(builder, 'CallStatus', 'The phase of a call. A call ends once.', values.CALL_STATUS),
    CallDirection: addEnum(builder, 'CallDirection', 'Who started a call.', values.CALL_DIRECTION),
    Party: addEnum(builder, 'Party', 'A participant of a call.', values.PARTY),
    EndCategory: addEnum(
      builder,
      'EndCategory',
      "Why a call ended, in terms that are the same for all providers. `CallEnd.code` has the provider's own code.",
      values.END_CATEGORY,
    ),
    Capability: addEnum(
      builder,
      'Capability',
      'An action that is possible at this moment. A command without its capability is rejected with CAPABILITY_MISSING before the provider is asked.',
      values.CAPABILITY,
    ),
    MessageRole: addEnum(
      builder,
      'MessageRole',
      'The author of a message in the conversation of the assistant.',
      values.MESSAGE_ROLE,
    ),
    RequestDirection: addEnum(
      builder,
      'RequestDirection',
      'Who sent a request, or opened a socket.',
      values.REQUEST_DIRECTION,
    ),
    RequestKind: addEnum(
      builder,
      'RequestKind',
      'A kind of traffic between a provider and the daemon.',
      values.REQUEST_KIND,
    ),
    ProviderState: addEnum(
      builder,
      'ProviderState',
      'The state of a provider or transcriber instance.',
      values.PROVIDER_STATE,
    ),
    CheckState: addEnum(
      builder,
      'CheckState',
      'The result of a check of the configuration.',
      values.CHECK_STATE,
    ),
    CommandKind: addEnum(builder, 'CommandKind', 'The action that a command requests.', values.COMMAND_KIND),
    CommandStatus: addEnum(
      builder,
      'CommandStatus',
      'The progress of a command: REQUESTED, then ACCEPTED, REFUSED or UNKNOWN, then possibly CONFIRMED.',
      values.COMMAND_STATUS,
    ),
    FailureCode: addEnum(
      builder,
      'FailureCode',
      'The reason for an expected failure of a command.',
      values.FAILURE_CODE,
    ),
    TranscriptionState: addEnum(
      builder,
      'TranscriptionState',
      'The state of the transcription of a call.',
      values.TRANSCRIPTION_STATE,
    ),
    CapturePart: addEnum(
      builder,
      'CapturePart',
      'What can be paused during a call. Levels, events and controls are never paused.',
      values.CAPTURE_PART,
    ),
    CallEventType: addEnum(builder, 'CallEventType', 'The type of an event.', values.CALL_EVENT_TYPE),
  };
}
