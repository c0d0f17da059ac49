// Rooms: who hears whom, what is told of them, and what REST does to their members.

import { describe, expect, it, vi } from 'vitest';
import type { SimulatedCall } from '../../../src/index.ts';
import { createWorld } from '../../support/setup.ts';
import type { World } from '../../support/setup.ts';
import { hears, PATIENT, rest, surface } from '../../support/vobiz.ts';

const room = ({ application: { url } }: World, attributes = 'stayAlone="true"', after = ''): string =>
  `<Response><Conference ${attributes} callbackUrl="${url}/room">desk 42</Conference>${after}</Response>`;

const NAME = encodeURIComponent('desk 42');

const enter = (world: World): SimulatedCall =>
  world.simulator.startCall({ provider: 'vobiz', script: 'brief', behaviour: PATIENT });

/** Two calls in a room, and their ids in it. */
async function meet(
  world: World,
  attributes?: string,
  after?: string,
): Promise<[SimulatedCall, SimulatedCall, string[]]> {
  world.application.answer = () => room(world, attributes, after);
  const first = enter(world);
  await world.application.until('the first', () => world.application.forms('ConferenceEnter').length === 1);
  const second = enter(world);
  await world.application.until('the second', () => world.application.forms('ConferenceEnter').length === 2);
  const entered = world.application.forms('ConferenceEnter');
  const memberOf = ({ id }: SimulatedCall): string =>
    entered.find(({ CallUUID }) => CallUUID === id)?.['ConferenceMemberID'] ?? '';
  return [first, second, [memberOf(first), memberOf(second)]];
}

const tone = (world: World, { id }: SimulatedCall, hz: number, ms = 400): Promise<unknown> =>
  surface(world, 'POST', `/calls/${id}/tone`, { track: 'inbound', hz, dbfs: -6, ms });

const heardBy = (world: World, { id }: SimulatedCall): Buffer =>
  world.simulator.vobiz.call(id)?.heard() ?? Buffer.alloc(0);

vi.setConfig({ maxConcurrency: 20 });

describe.concurrent('a room', () => {
  it('lets its members hear each other, and tells who came and went', async (context) => {
    const world = await createWorld(context);
    const [first, second] = await meet(world);
    await tone(world, first, 900);
    await world.application.until('the other hears it', () => hears(heardBy(world, second), 900));
    expect(hears(heardBy(world, first), 900)).toBe(false);
    expect(world.application.forms('ConferenceEnter')).toMatchObject([
      {
        ConferenceAction: 'enter',
        ConferenceName: 'desk 42',
        ConferenceFirstMember: 'true',
        Direction: 'inbound',
      },
      { ConferenceFirstMember: 'false' },
    ]);
    expect(first.state().vobiz?.conference).toBe('desk 42');
    for (const call of [first, second]) {
      call.hangUp();
      await call.over;
    }
    const gone = world.application.forms('ConferenceExit');
    expect(gone.map((form) => form['ConferenceLastMember'])).toEqual(['false', 'true']);
    expect(Object.keys(gone[0] ?? {}).toSorted()).toEqual([
      'CallUUID',
      'ConferenceAction',
      'ConferenceLastMember',
      'ConferenceMemberID',
      'ConferenceName',
      'ConferenceUUID',
      'Event',
    ]);
  });

  it('throws a lone member out at once, unless they may stay, and their XML goes on', async (context) => {
    const world = await createWorld(context);
    world.application.answer = () => room(world, '', '<Hangup/>');
    const { endedReason } = await enter(world).over;
    expect(endedReason).toBe('4000');
    await world.application.until('the exit', () => world.application.forms('ConferenceExit').length === 1);
  });

  it('throws everybody out when one leaves who ends it', async (context) => {
    const world = await createWorld(context);
    const [first, second] = await meet(world, 'stayAlone="true" endConferenceOnExit="true"');
    second.hangUp();
    expect((await first.over).endedReason).toBe('4010');
    expect((await rest(world, 'GET', `/Conference/${NAME}/`)).status).toBe(404);
  });

  it('asks what is heard while it is empty', async (context) => {
    const world = await createWorld(context);
    const { url } = world.application;
    world.application.answer = (_, path) =>
      path === '/after/wait'
        ? '<Response><Speak>One moment, please.</Speak></Response>'
        : room(world, `stayAlone="true" waitSound="${url}/after/wait"`);
    const call = enter(world);
    await world.application.until('it is heard', () =>
      call.state().transcript.some(({ text }) => text === 'One moment, please.'),
    );
    expect(world.application.forms('ConferenceRemoteSounds')).toMatchObject([
      { ConferenceAction: 'waitSound', ConferenceMemberID: '', CallUUID: call.id },
    ]);
  });
});

describe.concurrent('REST over rooms', () => {
  it('mutes and deafens a member, and takes that back', async (context) => {
    const world = await createWorld(context);
    const [first, second, [one, two]] = await meet(world);
    const member = (id: string | undefined): string => `/Conference/${NAME}/Member/${id}`;
    expect(await rest(world, 'POST', `${member(one)}/Mute/`, {})).toMatchObject({
      status: 202,
      body: { message: 'muted', member_id: [one], api_id: expect.any(String) },
    });
    expect((await rest(world, 'POST', `${member(one)}/Mute/`, {})).status).toBe(202);
    await tone(world, first, 900, 200);
    await tone(world, second, 1_300, 600);
    await world.application.until('the second is heard', () => hears(heardBy(world, first), 1_300));
    expect(hears(heardBy(world, second), 900)).toBe(false);
    expect((await rest(world, 'DELETE', `${member(one)}/Mute/`)).status).toBe(204);
    expect(await rest(world, 'POST', `${member(two)}/Deaf/`, {})).toMatchObject({
      body: { message: 'deaf' },
    });
    await tone(world, first, 2_100, 200);
    await tone(world, second, 1_700, 600);
    await world.application.until('the second is heard again', () => hears(heardBy(world, first), 1_700));
    expect(hears(heardBy(world, second), 2_100)).toBe(false);
    await rest(world, 'DELETE', `${member('all')}/Deaf/`);
    await tone(world, first, 2_500);
    await world.application.until('both hear again', () => hears(heardBy(world, second), 2_500));
  });

  it('kicks a member, whose XML goes on, and hangs one up', async (context) => {
    const world = await createWorld(context);
    const [first, second, [one, two]] = await meet(world, 'stayAlone="true"', '<Hangup reason="busy"/>');
    expect(await rest(world, 'POST', `/Conference/${NAME}/Member/${one}/Kick/`, {})).toMatchObject({
      status: 202,
      body: { message: 'kicked', member_id: [one] },
    });
    expect((await first.over).endedReason).toBe('3010');
    expect((await rest(world, 'DELETE', `/Conference/${NAME}/Member/${two}/`)).status).toBe(204);
    expect((await second.over).endedReason).toBe('4000');
    expect((await rest(world, 'DELETE', `/Conference/${NAME}/Member/${two}/`)).status).toBe(404);
  });

  it('speaks to one member alone', async (context) => {
    const world = await createWorld(context);
    const [first, second, [one]] = await meet(world);
    const path = `/Conference/${NAME}/Member/${one}/Speak/`;
    expect((await rest(world, 'POST', path, { text: 'One moment, please.' })).status).toBe(202);
    expect((await rest(world, 'POST', path, {})).status).toBe(400);
    const heard = (call: SimulatedCall): boolean =>
      call.state().transcript.some(({ text }) => text === 'One moment, please.');
    await world.application.until('it is heard', () => heard(first));
    expect(heard(second)).toBe(false);
  });

  it('answers as was observed, or as is documented', async (context) => {
    const world = await createWorld(context);
    const [first] = await meet(world);
    expect(await rest(world, 'GET', '/Conference/')).toMatchObject({
      status: 200,
      body: { conferences: [] },
    });
    expect(await rest(world, 'GET', `/Conference/${NAME}/`)).toMatchObject({
      status: 200,
      body: { error: 'failed' },
    });
    world.simulator.vobiz.setBehaviour({ conferenceAnswers: 'documented' });
    expect((await rest(world, 'GET', '/Conference/')).body['conferences']).toEqual(['desk 42']);
    expect((await rest(world, 'GET', `/Conference/${NAME}/`)).body).toMatchObject({
      conference_member_count: '2',
      members: [{ call_uuid: first.id, muted: false, deaf: false }, {}],
    });
    expect(await rest(world, 'GET', '/Conference/none/')).toMatchObject({
      status: 404,
      body: { error: 'conference not found' },
    });
  });

  it('ends a room with everybody in it', async (context) => {
    const world = await createWorld(context);
    const [first, second] = await meet(world);
    expect((await rest(world, 'DELETE', `/Conference/${NAME}/`)).status).toBe(204);
    expect([(await first.over).endedReason, (await second.over).endedReason]).toEqual(['4000', '4000']);
  });

  it('has no room-wide play', async (context) => {
    const world = await createWorld(context);
    await meet(world);
    expect(await rest(world, 'POST', `/Conference/${NAME}/Play/`, {})).toEqual({
      status: 404,
      body: { message: 'Not Found' },
    });
  });
});
