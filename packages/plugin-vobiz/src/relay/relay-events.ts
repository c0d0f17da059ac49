/** What a relay tells beside what its messages say. Pure. */
import type { CommandId, ProviderCallId, ProviderEvent } from '@sidetone/core';

const AGENT_NOTICES = {
  VOBIZ_AGENT_LOST: 'The connection to the agent of this call was lost, and is dialled again.',
  VOBIZ_AGENT_BACK: 'The agent of this call is connected again.',
  VOBIZ_AGENT_UNREACHABLE: 'The agent of this call cannot be reached: the call goes on without it.',
} as const;

export type AgentNotice = keyof typeof AGENT_NOTICES;

/** What an operator should know of the agent. */
export const notice = (callId: ProviderCallId, code: AgentNotice, occurredAt: number): ProviderEvent => ({
  providerCallId: callId,
  occurredAt,
  type: 'notice',
  code,
  message: AGENT_NOTICES[code],
});

/** That a command took effect. The stream and a status callback may both tell it: once is enough. */
export const confirmation = (
  callId: ProviderCallId,
  commandId: CommandId,
  occurredAt: number,
): ProviderEvent => ({
  providerCallId: callId,
  occurredAt,
  dedupeKey: `confirmed:${commandId}`,
  type: 'command.confirmed',
  commandId,
});
