// Rooms and their members. The default responses are as observed: the list is empty while rooms exist, and an existing
// room returns 200 with `failed`.

import type { HttpReply } from '../../http/http-request.ts';
import type { Member, Room } from '../line/conference.ts';
import { failure, fieldsOf, NO_CONTENT, success } from './replies.ts';
import type { RestCloud, Route } from './replies.ts';

const ROOM = '/Conference/([^/]+)/';
const MEMBER = `${ROOM}Member/([^/]+)/`;
const ALL = 'all';

/** The routes of rooms and members. */
export const CONFERENCE_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    path: /^\/Conference\/$/,
    answer(_, { rooms, behaviour }) {
      const isShown = behaviour().conferenceAnswers === 'documented';
      return success(200, { conferences: isShown ? rooms.all.map(({ name }) => name) : [] });
    },
  },
  {
    method: 'DELETE',
    path: /^\/Conference\/$/,
    answer(_, { rooms }) {
      for (const room of rooms.all) end(room);
      return NO_CONTENT;
    },
  },
  {
    method: 'GET',
    path: new RegExp(`^${ROOM}$`),
    answer: (_, cloud, [name]) =>
      onRoom(cloud, name, (room) =>
        cloud.behaviour().conferenceAnswers === 'documented'
          ? success(200, describe(room))
          : failure(200, 'failed'),
      ),
  },
  {
    method: 'DELETE',
    path: new RegExp(`^${ROOM}$`),
    answer: (_, cloud, [name]) =>
      onRoom(cloud, name, (room) => {
        end(room);
        return NO_CONTENT;
      }),
  },
  switchOn('Mute', 'muted', (member) => (member.muted = true)),
  switchOff('Mute', (member) => (member.muted = false)),
  switchOn('Deaf', 'deaf', (member) => (member.deaf = true)),
  switchOff('Deaf', (member) => (member.deaf = false)),
  switchOn('Kick', 'kicked', (member) => member.leave()),
  switchOff('Play', ({ participant }) => participant.stopPlaying()),
  {
    method: 'POST',
    path: new RegExp(`^${MEMBER}Play/$`),
    answer(request, cloud, [name, ids]) {
      const { url } = fieldsOf(request);
      if (typeof url !== 'string' || !URL.canParse(url)) return failure(400, 'url is required');
      return onMembers(cloud, name, ids, 'play queued into conference', ({ participant }) =>
        participant.play(url),
      );
    },
  },
  {
    method: 'POST',
    path: new RegExp(`^${MEMBER}Speak/$`),
    answer(request, cloud, [name, ids]) {
      const { text } = fieldsOf(request);
      if (typeof text !== 'string' || text.trim() === '') return failure(400, 'text is required');
      return onMembers(
        cloud,
        name,
        ids,
        'speak queued into conference',
        ({ participant }) => void participant.say(text),
      );
    },
  },
  {
    method: 'DELETE',
    path: new RegExp(`^${MEMBER}$`),
    answer: (_, cloud, [name, ids]) =>
      withoutBody(onMembers(cloud, name, ids, '', ({ participant }) => participant.hangUp())),
  },
  {
    method: 'POST',
    path: new RegExp(`^${ROOM}Record/$`),
    // Observed to never produce a file.
    answer: (_, cloud, [name]) => onRoom(cloud, name, () => success(200, { message: 'async api spawned' })),
  },
  {
    method: 'DELETE',
    path: new RegExp(`^${ROOM}Record/$`),
    answer: (_, cloud, [name]) => onRoom(cloud, name, () => NO_CONTENT),
  },
];

function switchOn(verb: string, message: string, act: (member: Member) => void): Route {
  return {
    method: 'POST',
    path: new RegExp(`^${MEMBER}${verb}/$`),
    answer: (_, cloud, [name, ids]) => onMembers(cloud, name, ids, message, act),
  };
}

function switchOff(verb: string, act: (member: Member) => void): Route {
  return {
    method: 'DELETE',
    path: new RegExp(`^${MEMBER}${verb}/$`),
    answer: (_, cloud, [name, ids]) => withoutBody(onMembers(cloud, name, ids, '', act)),
  };
}

function onRoom({ rooms }: RestCloud, name: string | undefined, act: (room: Room) => HttpReply): HttpReply {
  const room = rooms.find(decode(name));
  return room === undefined ? failure(404, 'conference not found') : act(room);
}

/** Acts on one member, on several with commas between, or on all. 404 if there is none of them. */
function onMembers(
  cloud: RestCloud,
  name: string | undefined,
  ids: string | undefined,
  message: string,
  act: (member: Member) => void,
): HttpReply {
  const memberIds = decode(ids).split(',');
  return onRoom(cloud, name, ({ members }) => {
    const found = members.filter(({ id }) => memberIds.includes(ALL) || memberIds.includes(id));
    if (found.length === 0) return failure(404, 'member not found');
    for (const member of found) act(member);
    return success(202, { message, member_id: memberIds });
  });
}

/** A successful DELETE is answered with 204. */
function withoutBody(reply: HttpReply): HttpReply {
  return reply.status === 202 ? NO_CONTENT : reply;
}

function end({ members }: Room): void {
  for (const { participant } of members) participant.hangUp();
}

function decode(text = ''): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a stray percent sign
  }
}

function describe({ name, createdAt, members }: Room): Record<string, unknown> {
  return {
    conference_name: name,
    conference_run_time: String(Math.round((Date.now() - createdAt) / 1000)),
    conference_member_count: String(members.length),
    members: members.map(({ id, muted, deaf, joinedAt, participant: { record } }) => ({
      member_id: id,
      muted,
      deaf,
      from: record.from.replace(/^\+/, ''),
      to: record.to.replace(/^\+/, ''),
      caller_name: '',
      direction: record.direction,
      call_uuid: record.id,
      join_time: String(Math.round((Date.now() - joinedAt) / 1000)),
    })),
  };
}
