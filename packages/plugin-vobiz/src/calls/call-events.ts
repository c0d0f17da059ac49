/** Parts that events from several sources share. Pure. */
import { providerCallId, type CommandId, type ProviderCallId, type ProviderEvent } from '@sidetone/core';

/** Returns the fields that every event has. */
export const eventBase = (callId: string, occurredAt: number) => ({
  providerCallId: providerCallId(callId),
  occurredAt,
});

/** Returns the event that a command took effect. It may be built twice, from the stream and from a status callback. */
export const commandConfirmed = (
  callId: ProviderCallId,
  commandId: CommandId,
  occurredAt: number,
): ProviderEvent => ({
  ...eventBase(callId, occurredAt),
  dedupeKey: `confirmed:${commandId}`,
  type: 'command.confirmed',
  commandId,
});
