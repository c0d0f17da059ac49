// Placing and transferring calls over REST.

import { describe, expect, it, vi } from 'vitest';
import type { VobizBehaviour } from '../../../src/index.ts';
import { createSetup } from '../../support/setup.ts';
import type { Setup } from '../../support/setup.ts';
import { openStream, NO_HANGUP, rest, statuses, TWO_WAY } from '../../support/vobiz.ts';

const OURS = '+918000000001';
const THEIRS = '919000000002';

const order = ({ application: { url } }: Setup, more: object = {}): object => ({
  from: OURS,
  to: THEIRS,
  answer_url: `${url}/answer`,
  hangup_url: `${url}/ended`,
  ring_url: `${url}/rings`,
  ...more,
});

async function place(setup: Setup, more: object = {}): Promise<string> {
  const { status, body } = await rest(setup, 'POST', '/Call/', order(setup, more));
  expect({ status, body }).toEqual({
    status: 201,
    body: { api_id: expect.any(String), message: 'call fired', request_uuid: expect.any(String) },
  });
  return String(body['request_uuid']);
}

const dialled = (
  context: Parameters<typeof createSetup>[0],
  behaviour: Partial<VobizBehaviour>,
): Promise<Setup> => createSetup(context, {}, { behaviour });

vi.setConfig({ maxConcurrency: 20 });

describe.concurrent('a call that REST places', () => {
  it('rings, is answered, requests its XML, and sends its hangup to its own URLs', async (context) => {
    const setup = await createSetup(context);
    setup.application.answer = () => '<Response><Hangup/></Response>';
    const id = await place(setup);
    await setup.simulator.call(id)?.over;
    const received = setup.application.requests.map(({ path, body }) => {
      const form = new URLSearchParams(body);
      return [path, form.get('Event'), form.get('CallStatus'), form.get('Direction'), form.get('CallUUID')];
    });
    expect(received).toEqual([
      ['/rings', 'Ring', 'ringing', 'outbound', id],
      ['/answer', 'StartApp', 'in-progress', 'outbound', id],
      ['/ended', 'Hangup', 'completed', 'outbound', id],
    ]);
    expect(setup.application.forms('StartApp')[0]).toMatchObject({ From: '918000000001', To: THEIRS });
  });

  it.for([
    ['busy', { HangupCause: 'USER_BUSY', HangupCauseCode: '3010', HangupSource: 'Carrier', Duration: '0' }],
    ['no-answer', { HangupCause: 'NO_ANSWER', HangupCauseCode: '6010', HangupSource: 'Vobiz' }],
    ['failed', { HangupCauseCode: '3080', HangupSource: 'Carrier', AnswerTime: '' }],
  ] as const)('does not request XML when the callee is %s', async ([callOutcome, form], context) => {
    const setup = await dialled(context, { callOutcome });
    const id = await place(setup);
    await setup.simulator.call(id)?.over;
    expect(setup.application.forms('StartApp')).toEqual([]);
    expect(setup.application.forms('Hangup')).toMatchObject([form]);
  });

  it('uses the given methods and the fallback URL', async (context) => {
    const setup = await createSetup(context);
    setup.application.answer = (_, path) =>
      path.startsWith('/after') ? '<Response><Hangup/></Response>' : 503;
    const { url } = setup.application;
    const id = await place(setup, { hangup_method: 'GET', fallback_url: `${url}/after/fallback` });
    const state = await setup.simulator.call(id)?.over;
    expect(state?.endedReason).toBe('4000');
    expect(setup.application.requests.at(-1)).toMatchObject({ method: 'GET', body: '' });
  });

  it.for([
    [{ from: undefined }, 'from is required'],
    [{ to: '' }, 'to is required'],
    [{ to: 'nobody' }, 'to is invalid'],
    [{ answer_url: 'here' }, 'answer_url is required'],
    [{ from: '918000000002' }, 'from number 918000000002 not owned by this account'],
    [{ time_limit: 90_000 }, 'time_limit must be from 1 to 86400'],
  ] as const)('is rejected with %j: %s', async ([more, error], context) => {
    const setup = await createSetup(context);
    expect(await rest(setup, 'POST', '/Call/', order(setup, more))).toEqual({
      status: 400,
      body: { api_id: expect.any(String), error },
    });
    expect(setup.simulator.calls()).toEqual([]);
  });

  it('accepts any owned number, with or without its plus, and many destinations', async (context) => {
    const setup = await dialled(context, { ownNumbers: ['+911'.padEnd(13, '0')] });
    const from = '911'.padEnd(12, '0');
    const { body } = await rest(
      setup,
      'POST',
      '/Call/',
      order(setup, { from, to: '919000000002<+919000000003' }),
    );
    expect(body['request_uuid']).toHaveLength(2);
    expect(setup.simulator.calls().map(({ vobiz }) => vobiz?.to)).toEqual(['+919000000002', '+919000000003']);
  });

  it('ends at its time limit', async (context) => {
    const setup = await dialled(context, NO_HANGUP);
    const id = await place(setup, { time_limit: 1 });
    setup.application.answer = () => '<Response><Wait length="600"/></Response>';
    expect((await setup.simulator.call(id)?.over)?.endedReason).toBe('6000');
  });
});

describe.concurrent('a transfer', () => {
  it('requests new XML, closes the streams of the old XML, and keeps those of REST', async (context) => {
    const setup = await createSetup(context);
    const { call, socket } = await openStream(setup, {}, TWO_WAY, '<Hangup/>');
    await rest(setup, 'POST', `/Call/${call.id}/Stream/`, { service_url: `${setup.application.wsUrl}/tap` });
    const tap = await setup.application.until('the tap', () =>
      setup.application.streams.find(({ path, messages }) => path === '/tap' && messages.length > 0),
    );
    const reply = await rest(setup, 'POST', `/Call/${call.id}/`, {
      legs: 'aleg',
      aleg_url: `${setup.application.url}/after/transfer`,
    });
    expect(reply).toMatchObject({ status: 202, body: { message: 'call transferred', call_uuid: call.id } });
    await setup.application.until('the stream is closed', () => socket.closeCode !== undefined);
    expect(setup.application.forms('Transfer')).toMatchObject([
      { CallUUID: call.id, CallStatus: 'in-progress' },
    ]);
    const count = tap.messages.length;
    await setup.application.until('the tap continues', () => tap.messages.length > count + 5);
    expect([call.state().status, statuses(setup)]).toEqual(['in-progress', ['StartStream']]);
  });

  it.for([
    [503, '7013'],
    ['<Response><Pause/></Response>', '8013'],
  ] as const)('with response %j ends the call with %s', async ([answer, code], context) => {
    const setup = await createSetup(context);
    const { call } = await openStream(setup);
    setup.application.answer = () => answer;
    await rest(setup, 'POST', `/Call/${call.id}/`, { aleg_url: `${setup.application.url}/after/transfer` });
    expect((await call.over).endedReason).toBe(code);
  });

  it('requires a URL for each leg', async (context) => {
    const setup = await createSetup(context);
    const { call } = await openStream(setup);
    const aleg_url = `${setup.application.url}/after`;
    const rejected = await Promise.all(
      [{}, { legs: 'bleg', aleg_url }, { legs: 'both', aleg_url }, { legs: 'all', aleg_url }].map((body) =>
        rest(setup, 'POST', `/Call/${call.id}/`, body),
      ),
    );
    expect(rejected.map(({ status }) => status)).toEqual([400, 400, 400, 400]);
  });

  it('of an ended call returns 404', async (context) => {
    const setup = await createSetup(context);
    const { call } = await openStream(setup);
    call.hangUp();
    await call.over;
    const aleg_url = `${setup.application.url}/after`;
    expect((await rest(setup, 'POST', `/Call/${call.id}/`, { aleg_url })).status).toBe(404);
  });
});

describe.concurrent('the paths of live calls', () => {
  const SPELLINGS = ['/', ''] as const;
  const NO_ROUTE = { status: 404, body: { message: 'Not Found' } };

  async function looked(setup: Setup, id: string) {
    const lists = SPELLINGS.map(async (ending) => {
      const { status, body } = await rest(setup, 'GET', `/Call${ending}?status=live`);
      return status === 200 ? (body['calls'] as unknown[]).length : status;
    });
    const singles = SPELLINGS.map(
      async (ending) => (await rest(setup, 'GET', `/Call/${id}${ending}?status=live`)).status,
    );
    return { lists: await Promise.all(lists), singles: await Promise.all(singles) };
  }

  it.for([
    ['slash', [1, 404], [200, 404]],
    ['plain', [0, 1], [404, 200]],
    ['both', [1, 1], [200, 200]],
  ] as const)('work in one spelling or both: %s', async ([liveRoutes, lists, singles], context) => {
    const setup = await createSetup(context, {}, { behaviour: { liveRoutes } });
    const { call } = await openStream(setup);
    expect(await looked(setup, call.id)).toEqual({ lists, singles });
    const wrong = { slash: '', plain: '/', both: undefined }[liveRoutes];
    if (wrong !== undefined) {
      const refused = await rest(setup, 'DELETE', `/Call/${call.id}${wrong}`);
      expect(refused.status).toBe(404);
      if (liveRoutes === 'slash') expect(refused).toEqual(NO_ROUTE);
    }
    expect(call.state().over).toBe(false);
    const right = liveRoutes === 'plain' ? '' : '/';
    expect((await rest(setup, 'DELETE', `/Call/${call.id}${right}`)).status).toBe(204);
  });
});
