// Rooms in which several calls hear each other. A member receives the others' audio with one frame of delay.

import { randomUUID } from 'node:crypto';
import { mix } from './line.ts';
import type { VobizRecord } from '../webhook/forms.ts';

/** The limit of members in a room; elements cannot raise it. */
const MAX_MEMBERS = 20;

/** What a room can do to the call of a member. */
export interface Participant {
  readonly record: Readonly<VobizRecord>;
  readonly stayAlone: boolean;
  readonly endsRoom: boolean;
  say(text: string): boolean;
  play(url: string): void;
  stopPlaying(): void;
  hangUp(): void;
  /** Called once, when the member has left. `isLast`: the room is now empty. */
  onLeft(member: Member, isLast: boolean): void;
}

/** A call in a room. */
export interface Member {
  readonly id: string;
  readonly room: Room;
  readonly participant: Participant;
  readonly first: boolean;
  readonly joinedAt: number;
  readonly isPresent: boolean;
  muted: boolean;
  deaf: boolean;
  /** Sends the member's next frame to the room. */
  send(frame: Int16Array): void;
  /** Returns the mixed audio of the other members. */
  receive(): Int16Array;
  /** Removes the member. No effect if it has left. */
  leave(): void;
}

/** A room. */
export interface Room {
  readonly id: string;
  /** Case-sensitive. */
  readonly name: string;
  readonly createdAt: number;
  readonly members: readonly Member[];
}

/** The rooms of an account. A room exists while it has members. */
export interface Rooms {
  /** A copy of the list of rooms. */
  readonly all: readonly Room[];
  find(name: string): Room | undefined;
  /** Adds a member. Returns undefined if the room is full. */
  join(name: string, participant: Participant, muted: boolean): Member | undefined;
}

const FIRST_MEMBER_ID = 249;

/** Creates an empty set of rooms. */
export function createRooms(): Rooms {
  const rooms: {
    readonly id: string;
    readonly name: string;
    readonly createdAt: number;
    members: Member[];
  }[] = [];
  const lastFrames = new WeakMap<Member, Int16Array>();
  let memberId = FIRST_MEMBER_ID;
  const find = (name: string): (typeof rooms)[number] | undefined => rooms.find((room) => room.name === name);

  return {
    get all() {
      return [...rooms];
    },
    find,
    join(name, participant, muted) {
      const existing = find(name);
      const room = existing ?? { id: randomUUID(), name, createdAt: Date.now(), members: [] };
      if (existing === undefined) rooms.push(room);
      if (room.members.length >= MAX_MEMBERS) return undefined;
      const member: Member = {
        id: String(memberId),
        room,
        participant,
        first: room.members.length === 0,
        joinedAt: Date.now(),
        get isPresent() {
          return room.members.includes(member);
        },
        muted,
        deaf: false,
        send: (frame) => lastFrames.set(member, frame),
        receive: () =>
          mix(
            room.members
              .filter((other) => other !== member && !other.muted)
              .flatMap((other) => lastFrames.get(other) ?? []),
          ),
        leave() {
          if (!member.isPresent) return;
          room.members = room.members.filter((other) => other !== member);
          participant.onLeft(member, room.members.length === 0);
          if (participant.endsRoom) for (const other of room.members) other.leave();
          const [lone, ...others] = room.members;
          if (lone !== undefined && others.length === 0 && !lone.participant.stayAlone) lone.leave();
          if (room.members.length === 0 && rooms.includes(room)) rooms.splice(rooms.indexOf(room), 1);
        },
      };
      memberId += 1;
      room.members = [...room.members, member];
      return member;
    },
  };
}
