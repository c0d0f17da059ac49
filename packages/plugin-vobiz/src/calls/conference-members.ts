/**
 * Which call is which member of which conference room. Only the webhook about entering a room identifies the member, so
 * after a restart no member is known until they enter another room. In a cluster, another node may have received that webhook.
 */
import type { ProviderCallId, ProviderHost } from '@sidetone/core';
import { BoundedMap } from '@sidetone/plugin-kit';
import { z } from 'zod';
import type { VobizWebhook } from '../webhook/webhook-form.ts';
import { boundedWrite, decodeEntry, encodeEntry, loadEntries } from './durable-state.ts';

/** Largest number of members that are remembered. */
export const MAX_MEMBERS = 2000;
/** How long a shared entry is kept if no end of its call is received, ms: the longest possible call. */
const MEMBER_LIFETIME_MS = 24 * 60 * 60_000;

const STATE_PREFIX = 'member/';

const memberSchema = z.object({ room: z.string(), memberId: z.string(), expiresAt: z.number() });

export interface ConferenceMember {
  /** Name of the room. */
  readonly room: string;
  /** As sent with `ConferenceEnter`. */
  readonly memberId: string;
}

export interface ConferenceMembers {
  /** Removes what is stored of calls that ended long ago. */
  load(): Promise<void>;
  /** Updates the members from a webhook; ignores webhooks about anything else. Never rejects. */
  receive(webhook: VobizWebhook): Promise<void>;
  get(callId: ProviderCallId): ConferenceMember | undefined;
  /** Reads the member that another instance may have stored, for `get`. Rejects if the state cannot be read. */
  read(callId: ProviderCallId): Promise<void>;
  /** Removes the member of an ended call. Never rejects. */
  delete(callId: ProviderCallId): Promise<void>;
}

/** Creates an empty registry of members. */
export function createConferenceMembers(
  host: Pick<ProviderHost, 'state' | 'clock' | 'log'>,
): ConferenceMembers {
  const { state, clock } = host;
  const isShared = state.isShared === true;
  const members = new BoundedMap<string, ConferenceMember>(MAX_MEMBERS);
  const parse = (value: unknown): z.output<typeof memberSchema> | undefined =>
    memberSchema.safeParse(value).data;

  async function enter(callId: ProviderCallId, member: ConferenceMember): Promise<void> {
    members.set(callId, member);
    if (!isShared) return;
    const entry = { ...member, expiresAt: clock.elapsed() + MEMBER_LIFETIME_MS };
    await boundedWrite(host, state.set(STATE_PREFIX + callId, encodeEntry(clock, entry)));
  }

  async function remove(callId: ProviderCallId): Promise<void> {
    if (members.delete(callId) && isShared) await boundedWrite(host, state.delete(STATE_PREFIX + callId));
  }

  async function read(callId: ProviderCallId): Promise<void> {
    if (!isShared) return;
    const member = decodeEntry(clock, await state.get(STATE_PREFIX + callId), parse);
    if (member) members.set(callId, { room: member.room, memberId: member.memberId });
    else members.delete(callId);
  }

  return {
    async load() {
      if (isShared) await loadEntries(host, STATE_PREFIX, parse);
    },
    async receive({ callId: id, event, conference = {} }) {
      const { name: room, memberId } = conference;
      if (room === undefined || memberId === undefined) return;
      const callId = id as ProviderCallId;
      if (event === 'ConferenceEnter') await enter(callId, { room, memberId });
      if (event !== 'ConferenceExit') return;
      await read(callId).catch(() => undefined);
      // Webhooks may be reordered: leaving one room does not undo having entered another.
      const known = members.get(callId);
      if (known?.room === room && known.memberId === memberId) await remove(callId);
    },
    get: (callId) => members.get(callId),
    read,
    delete: remove,
  };
}
