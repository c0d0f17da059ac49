/**
 * Which call is which member of which conference room. Only the webhook about entering a room identifies the member, so
 * after a restart no member is known until they enter another room.
 */
import type { ProviderCallId } from '@sidetone/core';
import { BoundedMap } from '@sidetone/plugin-kit';
import type { VobizWebhook } from '../webhook/webhook-form.ts';

/** Largest number of members that are remembered. */
export const MAX_MEMBERS = 2000;

export interface ConferenceMember {
  /** Name of the room. */
  readonly room: string;
  /** As sent with `ConferenceEnter`. */
  readonly memberId: string;
}

export interface ConferenceMembers {
  /** Updates the members from a webhook; ignores webhooks about anything else. */
  receive(webhook: VobizWebhook): void;
  get(callId: ProviderCallId): ConferenceMember | undefined;
  /** Removes the member of an ended call. */
  delete(callId: ProviderCallId): void;
}

/** Creates an empty registry of members. */
export function createConferenceMembers(): ConferenceMembers {
  const members = new BoundedMap<string, ConferenceMember>(MAX_MEMBERS);

  return {
    receive({ callId, event, conference = {} }) {
      const { name: room, memberId } = conference;
      if (room === undefined || memberId === undefined) return;
      if (event === 'ConferenceEnter') members.set(callId, { room, memberId });
      // Webhooks may be reordered: leaving one room does not undo having entered another.
      const known = members.get(callId);
      const isSame = known?.room === room && known.memberId === memberId;
      if (event === 'ConferenceExit' && isSame) members.delete(callId);
    },
    get: (callId) => members.get(callId),
    delete: (callId) => void members.delete(callId),
  };
}
