/** Enums, straight from the lists in `core`. */
import {
  CALL_DIRECTIONS,
  CALL_FACT_TYPES,
  CALL_STATUSES,
  CAPABILITIES,
  COMMAND_KINDS,
  COMMAND_STATUSES,
  END_CATEGORIES,
  FAILURE_CODES,
  MESSAGE_ROLES,
  PARTIES,
  PROVIDER_STATES,
  type CallFactType,
} from '@sidetone/core';
import type { Builder } from '../builder.ts';

export type Enums = ReturnType<typeof addEnums>;

export function addEnums(builder: Builder) {
  const ofList = <Value extends string>(name: string, values: readonly Value[], description: string) =>
    builder.enumType(name, { description, values: values as readonly [Value, ...Value[]] });

  return {
    CallStatus: ofList('CallStatus', CALL_STATUSES, 'How far a call has come. It ends once.'),
    CallDirection: ofList('CallDirection', CALL_DIRECTIONS, 'Who began the call, seen from the account.'),
    Party: ofList(
      'Party',
      PARTIES,
      'Who is heard. UNKNOWN where the provider does not say which side a track is.',
    ),
    EndCategory: ofList(
      'EndCategory',
      END_CATEGORIES,
      "Why a call is over, in words that hold across providers. The provider's own code stands beside it.",
    ),
    Capability: ofList(
      'Capability',
      CAPABILITIES,
      'What can be done to a call right now. A capability that is not listed is refused before the provider is asked.',
    ),
    MessageRole: ofList('MessageRole', MESSAGE_ROLES, 'Whose words a message is.'),
    ProviderState: ofList('ProviderState', PROVIDER_STATES, 'How a provider instance is doing.'),
    CommandKind: ofList('CommandKind', COMMAND_KINDS, 'What can be asked of a call.'),
    CommandStatus: ofList(
      'CommandStatus',
      COMMAND_STATUSES,
      "REQUESTED, then ACCEPTED or REFUSED by the provider, or UNKNOWN when no answer came in time; CONFIRMED when the provider's own events show that it took effect.",
    ),
    FailureCode: ofList('FailureCode', FAILURE_CODES, 'The ways in which a command is expected to fail.'),
    CallEventType: ofList<CallFactType>('CallEventType', CALL_FACT_TYPES, 'What kind of fact an event is.'),
  };
}
