/** Controls of a call as a member of a conference room: Vobiz can mute a member. */
import {
  FaultError,
  type CommandContext,
  type ControlArguments,
  type ControlledCall,
  type Controls,
} from '@sidetone/core';
import type { ConferenceMember, ConferenceMembers } from '../calls/conference-members.ts';
import type { Outcome, VobizApi } from '../rest/api.ts';

/** Creates the controls; each rejects with CAPABILITY_MISSING unless the call is a known member. */
export function createConferenceControls(
  api: Pick<VobizApi, 'muteMember' | 'unmuteMember'>,
  members: Pick<ConferenceMembers, 'get'>,
) {
  const forCustomer =
    (request: (member: ConferenceMember, signal: AbortSignal) => Promise<Outcome>) =>
    async (
      { providerCallId }: ControlledCall,
      { party }: ControlArguments['mute'],
      { signal }: CommandContext,
    ): Promise<void> => {
      const member = party === 'CUSTOMER' ? members.get(providerCallId) : undefined;
      if (!member) {
        throw new FaultError(
          'CAPABILITY_MISSING',
          'only the customer of a call in a conference can be muted',
        );
      }
      if ((await request(member, signal)) === 'gone') {
        throw new FaultError('CAPABILITY_MISSING', 'the call is no longer in its conference room');
      }
    };

  return {
    mute: forCustomer((member, signal) => api.muteMember(member, signal)),
    unmute: forCustomer((member, signal) => api.unmuteMember(member, signal)),
  } satisfies Controls;
}
