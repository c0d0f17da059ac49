/** Vobiz's REST API, as far as rooms and their members need it. */
import { isFault } from '@sidetone/core';
import {
  listOf,
  numberOf,
  objectOf,
  definedFields,
  textOf,
  type ProviderResponse,
} from '@sidetone/plugin-kit';
import type { Outcome } from './api.ts';
import { createRest, isGone, type RestDeps } from './rest-client.ts';

/** A member of a room, or all of them. */
export interface Member {
  readonly room: string;
  /** As `ConferenceEnter` told it, or `all`. */
  readonly memberId: string;
}

export interface RoomMember {
  readonly memberId: string;
  readonly callId?: string;
  readonly isMuted: boolean;
  readonly isDeaf: boolean;
}

/** `untold`: Vobiz has the room and does not say what is in it, which is its usual answer. */
export type RoomAnswer = { readonly members: readonly RoomMember[] } | 'untold' | 'gone';

/** Every method rejects with a FaultError of kind `provider` when Vobiz refuses or does not answer. Nothing is repeated. */
export interface ConferenceApi {
  get(room: string, signal: AbortSignal): Promise<RoomAnswer>;
  /** Done again it is done as well; so are the others. */
  mute(member: Member, signal: AbortSignal): Promise<Outcome>;
  unmute(member: Member, signal: AbortSignal): Promise<Outcome>;
  /** The member hears nothing of the room any more. */
  deafen(member: Member, signal: AbortSignal): Promise<Outcome>;
  undeafen(member: Member, signal: AbortSignal): Promise<Outcome>;
  /** Out of the room: the member's call goes on with what follows the room in its XML. */
  kick(member: Member, signal: AbortSignal): Promise<Outcome>;
  /** For this member's ears. */
  speak(member: Member, text: string, signal: AbortSignal): Promise<Outcome>;
  play(member: Member, url: string, signal: AbortSignal): Promise<Outcome>;
  stopPlaying(member: Member, signal: AbortSignal): Promise<Outcome>;
  hangUp(member: Member, signal: AbortSignal): Promise<Outcome>;
}

const isTrue = (value: unknown): boolean => value === true || value === 'true';

function memberIn(value: unknown): RoomMember | undefined {
  const member = objectOf(value);
  const memberId = textOf(member['member_id']) ?? numberOf(member['member_id'])?.toString();
  if (memberId === undefined) return undefined;
  return {
    memberId,
    isMuted: isTrue(member['muted']),
    isDeaf: isTrue(member['deaf']),
    ...definedFields({ callId: textOf(member['call_uuid']) }),
  };
}

/** Whether Vobiz said that it has no answer, in an answer that is a success by its status. */
const isUntold = (error: unknown): boolean => isFault(error) && error.details['status'] === 200;

/** A client of one account. Holds nothing open. */
export function createConferenceApi(deps: RestDeps): ConferenceApi {
  const { ask } = createRest(deps);
  const roomPath = (room: string): string =>
    `/Account/${encodeURIComponent(deps.authId)}/Conference/${encodeURIComponent(room)}/`;
  const pathOf = ({ room, memberId }: Member, resource = ''): string =>
    `${roomPath(room)}Member/${encodeURIComponent(memberId)}/${resource}`;

  const outcome = async (reply: Promise<ProviderResponse>): Promise<Outcome> =>
    isGone(await reply) ? 'gone' : 'done';
  const turnOn = (
    member: Member,
    resource: string,
    signal: AbortSignal,
    json: object = {},
  ): Promise<Outcome> => outcome(ask('POST', pathOf(member, resource), signal, json));
  const turnOff = (member: Member, resource: string, signal: AbortSignal): Promise<Outcome> =>
    outcome(ask('DELETE', pathOf(member, resource), signal));

  return {
    async get(room, signal) {
      try {
        const reply = await ask('GET', roomPath(room), signal);
        if (isGone(reply)) return 'gone';
        const members = listOf(objectOf(reply.json)['members']).map(memberIn);
        return { members: members.filter((member) => member !== undefined) };
      } catch (error) {
        if (isUntold(error)) return 'untold';
        throw error;
      }
    },
    mute: (member, signal) => turnOn(member, 'Mute/', signal),
    unmute: (member, signal) => turnOff(member, 'Mute/', signal),
    deafen: (member, signal) => turnOn(member, 'Deaf/', signal),
    undeafen: (member, signal) => turnOff(member, 'Deaf/', signal),
    kick: (member, signal) => turnOn(member, 'Kick/', signal),
    speak: (member, text, signal) => turnOn(member, 'Speak/', signal, { text }),
    play: (member, url, signal) => turnOn(member, 'Play/', signal, { url }),
    stopPlaying: (member, signal) => turnOff(member, 'Play/', signal),
    hangUp: (member, signal) => turnOff(member, '', signal),
  };
}
