// Rooms: audio, webhooks, and the REST operations on members.

import { describe, expect, it, vi } from 'vitest';
import type { SimulatedCall } from '../../../src/index.ts';
import { createSetup } from '../../support/setup.ts';
import type { Setup } from '../../support/setup.ts';
import { containsTone, NO_HANGUP, rest, control } from '../../support/vobiz.ts';

const room = ({ application: { url } }: Setup, attributes = 'stayAlone="true"', after = ''): string =>
  `<Response><Conference ${attributes} callbackUrl="${url}/room">desk 42</Conference>${after}</Response>`;

const NAME = encodeURIComponent('desk 42');

const enter = (setup: Setup): SimulatedCall =>
  setup.simulator.startCall({ provider: 'vobiz', script: 'brief', behaviour: NO_HANGUP });

/** Starts two calls in a room and returns their member ids. */
async function meet(
  setup: Setup,
  attributes?: string,
  after?: string,
): Promise<[SimulatedCall, SimulatedCall, string[]]> {
  setup.application.answer = () => room(setup, attributes, after);
  const first = enter(setup);
  await setup.application.until('the first', () => setup.application.forms('ConferenceEnter').length === 1);
  const second = enter(setup);
  await setup.application.until('the second', () => setup.application.forms('ConferenceEnter').length === 2);
  const entered = setup.application.forms('ConferenceEnter');
  const memberOf = ({ id }: SimulatedCall): string =>
    entered.find(({ CallUUID }) => CallUUID === id)?.['ConferenceMemberID'] ?? '';
  return [first, second, [memberOf(first), memberOf(second)]];
}

const tone = (setup: Setup, { id }: SimulatedCall, hz: number, ms = 400): Promise<unknown> =>
  control(setup, 'POST', `/calls/${id}/tone`, { track: 'inbound', hz, dbfs: -6, ms });

const heardBy = (setup: Setup, { id }: SimulatedCall): Buffer =>
  setup.simulator.vobiz.call(id)?.heard() ?? Buffer.alloc(0);

vi.setConfig({ maxConcurrency: 20 });

describe.concurrent('a room', () => {
  it('mixes its members and reports who joined and left', async (context) => {
    const setup = await createSetup(context);
    const [first, second] = await meet(setup);
    await tone(setup, first, 900);
    await setup.application.until('the other hears it', () => containsTone(heardBy(setup, second), 900));
    expect(containsTone(heardBy(setup, first), 900)).toBe(false);
    expect(setup.application.forms('ConferenceEnter')).toMatchObject([
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
    const gone = setup.application.forms('ConferenceExit');
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

  it('removes a lone member, unless stayAlone is set, and their XML continues', async (context) => {
    const setup = await createSetup(context);
    setup.application.answer = () => room(setup, '', '<Hangup/>');
    const { endedReason } = await enter(setup).over;
    expect(endedReason).toBe('4000');
    await setup.application.until('the exit', () => setup.application.forms('ConferenceExit').length === 1);
  });

  it('removes all members when one with endConferenceOnExit leaves', async (context) => {
    const setup = await createSetup(context);
    const [first, second] = await meet(setup, 'stayAlone="true" endConferenceOnExit="true"');
    second.hangUp();
    expect((await first.over).endedReason).toBe('4010');
    expect((await rest(setup, 'GET', `/Conference/${NAME}/`)).status).toBe(404);
  });

  it('requests the wait sound while it is empty', async (context) => {
    const setup = await createSetup(context);
    const { url } = setup.application;
    setup.application.answer = (_, path) =>
      path === '/after/wait'
        ? '<Response><Speak>One moment, please.</Speak></Response>'
        : room(setup, `stayAlone="true" waitSound="${url}/after/wait"`);
    const call = enter(setup);
    await setup.application.until('it is heard', () =>
      call.state().transcript.some(({ text }) => text === 'One moment, please.'),
    );
    expect(setup.application.forms('ConferenceRemoteSounds')).toMatchObject([
      { ConferenceAction: 'waitSound', ConferenceMemberID: '', CallUUID: call.id },
    ]);
  });
});

describe.concurrent('REST operations on rooms', () => {
  it('mutes, deafens and restores a member', async (context) => {
    const setup = await createSetup(context);
    const [first, second, [one, two]] = await meet(setup);
    const member = (id: string | undefined): string => `/Conference/${NAME}/Member/${id}`;
    expect(await rest(setup, 'POST', `${member(one)}/Mute/`, {})).toMatchObject({
      status: 202,
      body: { message: 'muted', member_id: [one], api_id: expect.any(String) },
    });
    expect((await rest(setup, 'POST', `${member(one)}/Mute/`, {})).status).toBe(202);
    await tone(setup, first, 900, 200);
    await tone(setup, second, 1_300, 600);
    await setup.application.until('the second is heard', () => containsTone(heardBy(setup, first), 1_300));
    expect(containsTone(heardBy(setup, second), 900)).toBe(false);
    expect((await rest(setup, 'DELETE', `${member(one)}/Mute/`)).status).toBe(204);
    expect(await rest(setup, 'POST', `${member(two)}/Deaf/`, {})).toMatchObject({
      body: { message: 'deaf' },
    });
    await tone(setup, first, 2_100, 200);
    await tone(setup, second, 1_700, 600);
    await setup.application.until('the second is heard again', () =>
      containsTone(heardBy(setup, first), 1_700),
    );
    expect(containsTone(heardBy(setup, second), 2_100)).toBe(false);
    await rest(setup, 'DELETE', `${member('all')}/Deaf/`);
    await tone(setup, first, 2_500);
    await setup.application.until('both hear again', () => containsTone(heardBy(setup, second), 2_500));
  });

  it('kicks a member, whose XML continues, and hangs one up', async (context) => {
    const setup = await createSetup(context);
    const [first, second, [one, two]] = await meet(setup, 'stayAlone="true"', '<Hangup reason="busy"/>');
    expect(await rest(setup, 'POST', `/Conference/${NAME}/Member/${one}/Kick/`, {})).toMatchObject({
      status: 202,
      body: { message: 'kicked', member_id: [one] },
    });
    expect((await first.over).endedReason).toBe('3010');
    expect((await rest(setup, 'DELETE', `/Conference/${NAME}/Member/${two}/`)).status).toBe(204);
    expect((await second.over).endedReason).toBe('4000');
    expect((await rest(setup, 'DELETE', `/Conference/${NAME}/Member/${two}/`)).status).toBe(404);
  });

  it('speaks to one member only', async (context) => {
    const setup = await createSetup(context);
    const [first, second, [one]] = await meet(setup);
    const path = `/Conference/${NAME}/Member/${one}/Speak/`;
    expect((await rest(setup, 'POST', path, { text: 'One moment, please.' })).status).toBe(202);
    expect((await rest(setup, 'POST', path, {})).status).toBe(400);
    const heard = (call: SimulatedCall): boolean =>
      call.state().transcript.some(({ text }) => text === 'One moment, please.');
    await setup.application.until('it is heard', () => heard(first));
    expect(heard(second)).toBe(false);
  });

  it('responds as observed or as documented', async (context) => {
    const setup = await createSetup(context);
    const [first] = await meet(setup);
    expect(await rest(setup, 'GET', '/Conference/')).toMatchObject({
      status: 200,
      body: { conferences: [] },
    });
    expect(await rest(setup, 'GET', `/Conference/${NAME}/`)).toMatchObject({
      status: 200,
      body: { error: 'failed' },
    });
    setup.simulator.vobiz.setBehaviour({ conferenceAnswers: 'documented' });
    expect((await rest(setup, 'GET', '/Conference/')).body['conferences']).toEqual(['desk 42']);
    expect((await rest(setup, 'GET', `/Conference/${NAME}/`)).body).toMatchObject({
      conference_member_count: '2',
      members: [{ call_uuid: first.id, muted: false, deaf: false }, {}],
    });
    expect(await rest(setup, 'GET', '/Conference/none/')).toMatchObject({
      status: 404,
      body: { error: 'conference not found' },
    });
  });

  it('hangs up all members of a room', async (context) => {
    const setup = await createSetup(context);
    const [first, second] = await meet(setup);
    expect((await rest(setup, 'DELETE', `/Conference/${NAME}/`)).status).toBe(204);
    expect([(await first.over).endedReason, (await second.over).endedReason]).toEqual(['4000', '4000']);
  });

  it('has no room-wide play', async (context) => {
    const setup = await createSetup(context);
    await meet(setup);
    expect(await rest(setup, 'POST', `/Conference/${NAME}/Play/`, {})).toEqual({
      status: 404,
      body: { message: 'Not Found' },
    });
  });
});
