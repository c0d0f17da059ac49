/**
 * Which call is which member of which room, and what that makes possible: a member can be muted by Vobiz. Only the news of
 * entering tells who is who, so after a restart nobody is known until they enter another room.
 */
import {
  FaultError,
  type CommandContext,
  type ControlArguments,
  type ControlledCall,
  type Controls,
  type ProviderCallId,
} from '@sidetone/core';
import type { Outcome } from '../rest/api.ts';
import type { ConferenceApi, Member } from '../rest/conference-api.ts';
import { remember } from '../remember.ts';
import type { VobizWebhook } from '../webhook/webhook-form.ts';

/** How many members are remembered; beyond, the oldest is forgotten. */
export const MAX_MEMBERS = 2000;

export interface Rooms {
  /** Takes in the news of a room. */
  take(webhook: VobizWebhook): void;
  of(callId: ProviderCallId): Member | undefined;
  /** The call is over. */
  forget(callId: ProviderCallId): void;
}

/** Empty rooms. */
export function createRooms(): Rooms {
  const members = new Map<string, Member>();

  return {
    take({ callId, event, conference = {} }) {
      const { name: room, memberId } = conference;
      if (room === undefined || memberId === undefined) return;
      if (event === 'ConferenceEnter') {
        remember(members, callId, { room, memberId }, MAX_MEMBERS);
      }
      // News may change places: leaving one room does not undo having entered another.
      const known = members.get(callId);
      const isTheSame = known?.room === room && known.memberId === memberId;
      if (event === 'ConferenceExit' && isTheSame) members.delete(callId);
    },
    of: (callId) => members.get(callId),
    forget: (callId) => void members.delete(callId),
  };
}

/** What can be done to a call as the member of a room. */
export function createRoomControls(
  conferences: Pick<ConferenceApi, 'mute' | 'unmute'>,
  rooms: Pick<Rooms, 'of'>,
) {
  const over =
    (ask: (member: Member, signal: AbortSignal) => Promise<Outcome>) =>
    async (
      { providerCallId }: ControlledCall,
      { party }: ControlArguments['mute'],
      { signal }: CommandContext,
    ): Promise<void> => {
      const member = party === 'CUSTOMER' ? rooms.of(providerCallId) : undefined;
      if (!member)
        throw new FaultError('CAPABILITY_MISSING', 'only the customer of a call in a room can be muted');
      if ((await ask(member, signal)) === 'gone') {
        throw new FaultError('CAPABILITY_MISSING', 'Vobiz says that the call is no longer in its room');
      }
    };

  return {
    mute: over((member, signal) => conferences.mute(member, signal)),
    unmute: over((member, signal) => conferences.unmute(member, signal)),
  } satisfies Controls;
}
