import type { FakeReply } from '@sidetone/testkit';
import { describe, expect, it } from 'vitest';
import { COST_DELAYS_MS, MAX_LEGS } from '../../src/rest/call-costs.ts';
import { AUTH, BASE, start, type Harness } from '../harness.ts';
import { CALL, form, reply } from '../samples.ts';

const LEG = '7a1c5e80-3d2f-4b96-8c47-f09b2d6e1a35';
const SAMPLE = (reply('cdr_get_200').json as { data: Record<string, unknown> }).data;
const NO_RECORD = { status: 404, json: { error: 'cdr not found' } };

const urlOf = (leg: string): string => `${BASE}/Account/${AUTH.authId}/cdr/${leg}`;
const record = (fields: object = {}): FakeReply => ({
  json: { success: true, data: { ...SAMPLE, ...fields } },
});
const reports = ({ host }: Harness) =>
  host.eventsOf('call.report').filter(({ dedupeKey }) => dedupeKey === 'cdr');

/** Ends the call, and lets all delays pass. */
async function endCall({ host, post }: Harness): Promise<void> {
  await post('hangup', form('hangup_normal_caller'));
  for (const delay of COST_DELAYS_MS) await host.clock.advance(delay);
}

/** Responds to the requests for a record in turn; the last response is repeated. */
function respond({ host }: Harness, leg: string, replies: readonly FakeReply[]): void {
  let count = 0;
  host.respond('GET', urlOf(leg), () => replies[Math.min(count++, replies.length - 1)]!);
}

const dialAnswered = (legId: string) => ({
  ...form('dial_answer'),
  DialBLegUUID: legId,
});

describe('the cost of a call', () => {
  it('is fetched a second after the hangup', async () => {
    const harness = await start();
    respond(harness, CALL, [record()]);
    await harness.post('hangup', form('hangup_normal_caller'));
    expect(harness.host.requests).toEqual([]);
    await harness.host.clock.advance(COST_DELAYS_MS[0]!);
    expect(reports(harness)).toMatchObject([{ cost: { amount: 1.3, currency: 'INR' } }]);
    harness.host.verify();
  });

  it.each<[string, FakeReply]>([
    ['there is no record yet', NO_RECORD],
    ['the record has no amount yet', record({ total_cost: 0 })],
    ['the request fails', { status: 503 }],
    ['the account is limited', { status: 429 }],
    ['the response is of another call', record({ uuid: LEG })],
  ])('is requested again if %s', async (_reason, first) => {
    const harness = await start();
    respond(harness, CALL, [first, record()]);
    await endCall(harness);
    expect(harness.host.requests).toHaveLength(2);
    expect(reports(harness)).toMatchObject([{ cost: { amount: 1.3, currency: 'INR' } }]);
  });

  it('is not requested without end', async () => {
    const harness = await start();
    respond(harness, CALL, [NO_RECORD]);
    await endCall(harness);
    await harness.host.clock.advance(24 * 60 * 60 * 1000);
    expect(harness.host.requests).toHaveLength(COST_DELAYS_MS.length);
    expect(reports(harness)).toEqual([]);
    expect(harness.host.logs.filter(({ level }) => level === 'warn')).toHaveLength(1);
  });

  it('of a call that was not billed is requested once', async () => {
    const harness = await start();
    respond(harness, CALL, [record({ total_cost: 0, billsec: 0 })]);
    await endCall(harness);
    expect(harness.host.requests).toHaveLength(1);
    expect(reports(harness)).toMatchObject([{ cost: { amount: 0, currency: 'INR' } }]);
  });

  it('is not requested if the webhook contains it', async () => {
    const harness = await start();
    await harness.post('hangup', { ...form('hangup_normal_caller'), TotalCost: '0.90' });
    await harness.host.clock.advance(60_000);
    expect(harness.host.requests).toEqual([]);
  });

  it('is requested once although the hangup is delivered twice', async () => {
    const harness = await start();
    respond(harness, CALL, [record()]);
    await harness.post('hangup', form('hangup_normal_caller'));
    await endCall(harness);
    expect(harness.host.requests).toHaveLength(1);
  });

  it('is not requested without keys, or after the instance stopped', async () => {
    const keyless = await start({ authId: undefined, authToken: undefined });
    await endCall(keyless);
    const stopped = await start();
    await stopped.post('hangup', form('hangup_normal_caller'));
    await stopped.provider.stop(new AbortController().signal);
    await stopped.host.clock.advance(60_000);
    expect([...keyless.host.requests, ...stopped.host.requests]).toEqual([]);
  });
});

describe('the cost of a call with dialled legs', () => {
  it('is that of all legs', async () => {
    const harness = await start();
    respond(harness, CALL, [record()]);
    respond(harness, LEG, [NO_RECORD, record({ uuid: LEG, total_cost: 0.9 })]);
    await harness.post('events', dialAnswered(LEG));
    await harness.post('events', dialAnswered(LEG));
    await endCall(harness);
    expect(reports(harness)).toMatchObject([
      {
        providerCallId: CALL,
        cost: { amount: 2.2, currency: 'INR' },
        providerData: { dialledLegsCost: 0.9 },
      },
    ]);
    // The record of the call itself is fetched once.
    expect(harness.host.requests.filter(({ url }) => url.href === urlOf(CALL))).toHaveLength(1);
  });

  it('is that of the known legs if a record never appears', async () => {
    const harness = await start();
    respond(harness, CALL, [record()]);
    respond(harness, LEG, [NO_RECORD]);
    await harness.post('events', dialAnswered(LEG));
    await endCall(harness);
    expect(reports(harness)).toMatchObject([{ cost: { amount: 1.3, currency: 'INR' } }]);
  });

  it('includes a limited number of legs', async () => {
    const harness = await start();
    harness.host.respond('GET', /\/cdr\//, NO_RECORD);
    for (let n = 0; n < MAX_LEGS * 2; n++) await harness.post('events', dialAnswered(`leg-${n}`));
    await harness.post('hangup', form('hangup_normal_caller'));
    await harness.host.clock.advance(COST_DELAYS_MS[0]!);
    expect(harness.host.requests).toHaveLength(MAX_LEGS + 1);
  });
});

describe('a call without a hangup webhook', () => {
  it('has its cost fetched once its record exists', async () => {
    const harness = await start();
    harness.host.respond('GET', /status=live/, reply('call_get_live_404'));
    respond(harness, CALL, [NO_RECORD, record()]);
    await harness.provider.reconcile!([{ providerCallId: CALL } as never], new AbortController().signal);
    expect(harness.host.eventsOf('call.ended')).toHaveLength(1);
    await harness.host.clock.advance(COST_DELAYS_MS[0]!);
    expect(reports(harness)).toMatchObject([{ cost: { amount: 1.3, currency: 'INR' } }]);
  });
});
