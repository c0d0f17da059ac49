import { createCommandContext, createControlledCall, type FakeReply } from '@sidetone/testkit';
import { describe, expect, it } from 'vitest';
import { AUTH, BASE, start, type Harness } from '../harness.ts';
import { CALL, reply } from '../samples.ts';

const SLASH = `${BASE}/Account/${AUTH.authId}/Call/${CALL}/`;
const PLAIN = `${BASE}/Account/${AUTH.authId}/Call/${CALL}`;
const LIVE = '?status=live';
const FOUND: FakeReply = { json: { call_status: 'in-progress' } };
const GONE = reply('call_get_live_404');
const NO_ROUTE = reply('route_missing_gateway_404');

const call = createControlledCall(CALL);
const context = createCommandContext();

/** Responds to the two spellings, and returns the requested ones. */
async function looked(slash: FakeReply, plain: FakeReply, times = 1) {
  const harness = await start();
  const { host, provider } = harness;
  host.respond('GET', SLASH + LIVE, slash);
  host.respond('GET', PLAIN + LIVE, plain);
  host.respond('GET', /\/cdr\//, { status: 404, json: { error: 'cdr not found' } });
  let error: unknown;
  for (let time = 0; time < times; time++) {
    await provider.reconcile!([call], context.signal).catch((thrown: unknown) => void (error = thrown));
  }
  return { ...harness, error, spellings: spellingsIn(harness) };
}

const spellingsIn = ({ host }: Pick<Harness, 'host'>): readonly string[] =>
  host.requests
    .filter(({ url }) => url.pathname.includes('/Call'))
    .map(({ url }) => (url.pathname.endsWith('/') ? 'slash' : 'plain'));

const endsOf = ({ host }: Pick<Harness, 'host'>) => host.eventsOf('call.ended');

describe('the lookup of a live call', () => {
  it('is sent in one spelling if it is found', async () => {
    const { spellings } = await looked(FOUND, GONE, 3);
    expect(spellings).toEqual(['slash', 'slash', 'slash']);
  });

  it.each([
    ['as if there were no call', GONE],
    ['as a missing route', NO_ROUTE],
    ['as a redirect', { status: 301, text: '' }],
    ['as a wrong method', { status: 405, text: '' }],
  ])('is repeated in the other spelling if the first is answered %s', async (_how, slash) => {
    const harness = await looked(slash, FOUND, 2);
    expect(harness.host.eventsOf('call.started')).not.toEqual([]);
    expect(endsOf(harness)).toEqual([]);
    // The second lookup starts with the spelling that found the call.
    expect(harness.spellings).toEqual(['slash', 'plain', 'plain']);
  });

  it.each([
    [GONE, GONE],
    [GONE, NO_ROUTE],
    [NO_ROUTE, GONE],
  ])('ends the call if neither spelling finds it: %#', async (slash, plain) => {
    const harness = await looked(slash, plain);
    expect(endsOf(harness)).toHaveLength(1);
    expect(harness.spellings).toEqual(['slash', 'plain']);
  });

  it.each<[string, FakeReply, FakeReply]>([
    ['both spellings are missing routes', NO_ROUTE, NO_ROUTE],
    ['the other spelling is rate-limited', GONE, { status: 429 }],
    ['the other spelling fails', GONE, { status: 503 }],
    ['the keys are wrong', { status: 401 }, GONE],
  ])('does not end the call if %s', async (_case, slash, plain) => {
    const harness = await looked(slash, plain);
    expect(endsOf(harness)).toEqual([]);
    expect(harness.error).toMatchObject({ kind: 'provider' });
  });

  it('ends a call with one request once the spelling is known', async () => {
    const { host, provider } = await start();
    const replies: FakeReply[] = [FOUND, GONE];
    host.respond('GET', SLASH + LIVE, GONE);
    host.respond('GET', PLAIN + LIVE, () => replies.shift()!);
    host.respond('GET', /\/cdr\//, GONE);
    await provider.reconcile!([call], context.signal);
    await provider.reconcile!([call], context.signal);
    expect(endsOf({ host })).toHaveLength(1);
    expect(spellingsIn({ host })).toEqual(['slash', 'plain', 'plain']);
  });

  it('finds the spelling again if the known one disappears', async () => {
    const { host, provider } = await start();
    const replies: FakeReply[] = [FOUND, NO_ROUTE];
    host.respond('GET', SLASH + LIVE, () => replies.shift()!);
    host.respond('GET', PLAIN + LIVE, FOUND);
    for (let time = 0; time < 3; time++) await provider.reconcile!([call], context.signal);
    expect(endsOf({ host })).toEqual([]);
    expect(spellingsIn({ host })).toEqual(['slash', 'slash', 'plain', 'plain']);
  });
});

describe('hanging up', () => {
  it('is repeated in the other spelling before a 404 means that the call has ended', async () => {
    const { host, provider } = await start();
    host.respond('DELETE', SLASH, GONE);
    host.respond('DELETE', PLAIN, { status: 204 });
    await provider.controls!.endCall!(call, {}, context);
    expect(spellingsIn({ host })).toEqual(['slash', 'plain']);
  });

  it('uses the spelling that a lookup has found', async () => {
    const { host, provider } = await looked(GONE, FOUND);
    host.respond('DELETE', PLAIN, { status: 204 });
    await provider.controls!.endCall!(call, {}, context);
    expect(spellingsIn({ host })).toEqual(['slash', 'plain', 'plain']);
  });
});

describe('the list of live calls', () => {
  const LIST = new RegExp(`^${BASE}/Account/${AUTH.authId}/Call(/?)\\?status=live$`);

  async function polled(slash: FakeReply, plain: FakeReply) {
    const harness = await start({ answer: undefined, attach: { calls: 'all' } });
    const { host } = harness;
    host.respond('GET', LIST, ({ url }) => (url.pathname.endsWith('/') ? slash : plain));
    host.respond('GET', /\/Call\/[^/]+\/?\?status=live$/, FOUND);
    host.respond('POST', /\/Stream\/$/, { status: 202, json: { stream_id: 'stream-1' } });
    await host.clock.advance(10_000);
    return harness;
  }

  it.each([
    ['is empty', { json: { calls: [] } }],
    ['is a missing route', NO_ROUTE],
    ['is not found', GONE],
  ])('is requested in the other spelling if the first %s', async (_case, slash) => {
    const { host } = await polled(slash, { json: { calls: [CALL] } });
    expect(host.requests.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });

  it('is empty if it is empty in both spellings', async () => {
    const { host } = await polled({ json: { calls: [] } }, { json: { calls: [] } });
    expect(host.logs.filter(({ level }) => level === 'warn')).toEqual([]);
  });
});
