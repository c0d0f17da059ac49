// Call detail records, and faults of REST.

import { describe, expect, it, vi } from 'vitest';
import { createSetup } from '../../support/setup.ts';
import type { Setup } from '../../support/setup.ts';
import { openStream, rest, control } from '../../support/vobiz.ts';

async function past(setup: Setup, count: number): Promise<string[]> {
  setup.application.answer = () => '<Response><Hangup/></Response>';
  const calls = Array.from({ length: count }, () =>
    setup.simulator.startCall({ provider: 'vobiz', script: 'brief' }),
  );
  await Promise.all(calls.map(({ over }) => over));
  return calls.map(({ id }) => id);
}

const idsIn = (body: Record<string, unknown>): unknown[] =>
  (body['data'] as { uuid: string }[]).map(({ uuid }) => uuid);

vi.setConfig({ maxConcurrency: 20 });

describe.concurrent('call detail records', () => {
  it('are listed in pages, newest first', async (context) => {
    const setup = await createSetup(context);
    const ids = await past(setup, 3);
    const first = await rest(setup, 'GET', '/cdr?page=1&per_page=2');
    expect(first.body).toMatchObject({
      success: true,
      account_id: 'MA_DEMO',
      count: 2,
      pagination: { page: 1, per_page: 2, total: 3, pages: 2, has_next: true, has_prev: false },
    });
    const second = await rest(setup, 'GET', '/cdr?page=2&per_page=2');
    expect([...idsIn(first.body), ...idsIn(second.body)]).toEqual(ids.toReversed());
  });

  it('are filtered by number, direction, duration and date', async (context) => {
    const setup = await createSetup(context);
    const [id = ''] = await past(setup, 2);
    const from = setup.simulator.call(id)?.state().vobiz?.from ?? '';
    const total = async (query: string): Promise<unknown> =>
      ((await rest(setup, 'GET', `/cdr?${query}`)).body['pagination'] as { total: number }).total;
    const today = new Date().toISOString().slice(0, 10);
    expect(await total(`from_number=${encodeURIComponent(from)}`)).toBe(1);
    expect(await total('call_direction=outbound')).toBe(0);
    expect(await total('min_duration=3600')).toBe(0);
    expect(await total(`start_date=${today}&end_date=${today}`)).toBe(2);
    expect(await total('end_date=2020-01-01')).toBe(0);
    expect(await total('start_date=2099-01-01')).toBe(0);
  });

  it('show one ended call', async (context) => {
    const setup = await createSetup(context);
    const { call } = await openStream(setup);
    expect((await rest(setup, 'GET', `/cdr/${call.id}`)).status).toBe(404);
    call.hangUp();
    await call.over;
    expect((await rest(setup, 'GET', `/cdr/${call.id}`)).body).toMatchObject({
      success: true,
      data: {
        uuid: call.id,
        call_direction: 'inbound',
        start_time: expect.stringMatching(/Z$/),
        hangup_cause_code: 4000,
        hangup_source: 'Caller',
        stream_cdrs: [{ billed_amount: 0.2 }],
        currency: 'INR',
      },
    });
  });
});

describe.concurrent('the costs in call detail records', () => {
  it('are in rupees, although lists name dollars', async (context) => {
    const setup = await createSetup(context);
    const [id = ''] = await past(setup, 1);
    const currencies = async (): Promise<unknown[]> => {
      const { data } = (await rest(setup, 'GET', '/cdr')).body as { data: { currency: string }[] };
      const single = (await rest(setup, 'GET', `/cdr/${id}`)).body as { data: { currency: string } };
      return [data[0]?.currency, single.data.currency];
    };
    expect(await currencies()).toEqual(['USD', 'INR']);
    setup.simulator.vobiz.setBehaviour({ listCurrency: 'INR' });
    expect(await currencies()).toEqual(['INR', 'INR']);
  });

  it('are available after a delay', async (context) => {
    const setup = await createSetup(context);
    setup.simulator.vobiz.setBehaviour({ recordDelayMs: 60_000 });
    const [id = ''] = await past(setup, 1);
    expect((await rest(setup, 'GET', `/cdr/${id}`)).status).toBe(404);
    expect(idsIn((await rest(setup, 'GET', '/cdr')).body)).toEqual([]);
  });

  it('are charged for each leg', async (context) => {
    const setup = await createSetup(context);
    const { application, simulator } = setup;
    application.answer = () =>
      `<Response><Dial callbackUrl="${application.url}/leg"><Number>+918000000009</Number></Dial></Response>`;
    const call = simulator.startCall({ provider: 'vobiz', script: 'brief' });
    await call.over;
    const legId = application.forms('DialHangup')[0]?.['DialBLegUUID'];
    expect((await rest(setup, 'GET', `/cdr/${legId}`)).body).toMatchObject({
      data: { call_direction: 'outbound', destination_number: '918000000009', total_cost: 0.45 },
    });
    expect(idsIn((await rest(setup, 'GET', '/cdr')).body)).toEqual([legId, call.id]);
  });
});

describe.concurrent('faults of REST', () => {
  it('rejects the given number of requests, counted from when it was set', async (context) => {
    const setup = await createSetup(context);
    for (let again = 0; again < 2; again += 1) {
      expect((await control(setup, 'PUT', '/vobiz/behaviour', { restRateLimited: 2 })).status).toBe(204);
      const replies = [1, 2, 3].map(() => rest(setup, 'GET', '/Call/?status=live'));
      const statuses = (await Promise.all(replies)).map(({ status }) => status);
      expect(statuses.filter((status) => status === 429)).toHaveLength(2);
      expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    }
    setup.simulator.vobiz.setBehaviour({ restRateLimited: 1 });
    expect((await rest(setup, 'GET', '/Call/?status=live')).body).toMatchObject({
      status: 'error',
      error: { code: 'RATE_LIMIT_EXCEEDED', details: { retryAfter: expect.any(Number) } },
      requestId: expect.any(String),
    });
  });

  it.for([
    [{ restStatus: 503 }, 503, { error: 'simulated failure' }],
    [{ restErrorInside: true }, 200, { error: 'failed' }],
  ] as const)(
    'with %j responds %i and does not execute the request',
    async ([behaviour, expected, body], context) => {
      const setup = await createSetup(context);
      const { call } = await openStream(setup);
      setup.simulator.vobiz.setBehaviour(behaviour);
      expect(await rest(setup, 'DELETE', `/Call/${call.id}/`)).toMatchObject({ status: expected, body });
      expect(call.state().endedAt).toBeNull();
    },
  );

  it.for([
    ['before', null],
    ['after', expect.any(Number)],
  ] as const)('breaks the connection %s the request is executed', async ([restDrop, endedAt], context) => {
    const setup = await createSetup(context);
    const { call } = await openStream(setup);
    setup.simulator.vobiz.setBehaviour({ restDrop });
    await expect(rest(setup, 'DELETE', `/Call/${call.id}/`)).rejects.toThrow('fetch failed');
    expect(call.state().endedAt).toEqual(endedAt);
  });

  it('delays the response but not the execution', async (context) => {
    const setup = await createSetup(context);
    const { call } = await openStream(setup);
    setup.simulator.vobiz.setBehaviour({ restDelayMs: 86_400_000 });
    const aborted = new AbortController();
    const late = fetch(`${setup.simulator.vobiz.apiBaseUrl}/Account/MA_DEMO/Call/${call.id}/`, {
      method: 'DELETE',
      headers: { 'x-auth-id': 'MA_DEMO', 'x-auth-token': 'demo-vobiz-token' },
      signal: aborted.signal,
    });
    await call.over;
    aborted.abort();
    await expect(late).rejects.toThrow('aborted');
  });

  it('the caller hangs up just before a command', async (context) => {
    const setup = await createSetup(context);
    const { call } = await openStream(setup, { callGone: true });
    const body = { text: 'Too late.' };
    expect((await rest(setup, 'POST', `/Call/${call.id}/Speak/`, body)).status).toBe(404);
    const { said, endedReason } = await call.over;
    expect([said, endedReason]).toEqual([[], '4000']);
    expect(setup.application.forms('Hangup')[0]).toMatchObject({ HangupSource: 'Caller' });
  });

  it('rejects unknown options', async (context) => {
    const setup = await createSetup(context);
    const { call } = await openStream(setup);
    for (const path of ['/vobiz/behaviour', `/calls/${call.id}/behaviour`]) {
      const { status, body } = await control(setup, 'PUT', path, { colour: 'red' });
      expect([status, body]).toEqual([400, { error: 'behaviour.colour: unknown option' }]);
    }
  });
});
