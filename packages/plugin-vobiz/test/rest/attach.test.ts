import { NEVER, createCommandContext, createControlledCall } from '@sidetone/testkit';
import { describe, expect, it } from 'vitest';
import { providerCallId } from '@sidetone/core';
import { MAX_ATTEMPTS, RETRY, SOCKET_TIMEOUT_MS, STABLE_MS } from '../../src/rest/attach.ts';
import { MAX_ATTACHED } from '../../src/rest/attached-calls.ts';
import { MAX_PER_SWEEP, SWEEP_MAX_DELAY_MS } from '../../src/rest/sweep.ts';
import { AUTH, BASE, start, type Harness } from '../harness.ts';
import { CALL, form, frame, reply } from '../samples.ts';

const ACCOUNT = `${BASE}/Account/${AUTH.authId}`;
const LIVE = /\/Call\/([^/]+)\/\?status=live$/;
const LIST = `${ACCOUNT}/Call/?status=live`;
const INTERVAL_MS = 5000;
const TOLD = { answer: undefined, attach: { calls: 'told' } };
const ALL = { answer: undefined, attach: { calls: 'all', intervalMs: INTERVAL_MS } };
const call = createControlledCall(CALL);
const context = createCommandContext();
const id = providerCallId(CALL);
const TALKING = {
  call_status: 'in-progress',
  direction: 'inbound',
  from: '919000000002',
  to: '918000000001',
};

const countOf = ({ host }: Pick<Harness, 'host'>, method: string, pattern: RegExp): number =>
  host.requests.filter((request) => request.method === method && pattern.test(request.url.href)).length;
const streamsAsked = (harness: Pick<Harness, 'host'>): number => countOf(harness, 'POST', /\/Stream\/$/);

/** An instance, at a Vobiz where the sample's call is live. */
async function started(options: object = TOLD): Promise<Harness> {
  const harness = await start(options);
  return withVobiz(harness);
}

function withVobiz(harness: Harness): Harness {
  const { host } = harness;
  host.respond('GET', LIVE, { json: TALKING });
  host.respond('POST', /\/Stream\/$/, { ...reply('stream_start_202') });
  host.respond('GET', /\/cdr\//, { ...reply('route_missing_gateway_404') });
  return harness;
}

/** Opens the socket of the stream that was asked for last. */
async function connect({ host, open }: Harness) {
  const asked = host.requests.findLast(({ url }) => url.href.endsWith('/Stream/'));
  const { service_url: address } = asked!.json as { service_url: string };
  const peer = open(/stream\/.+$/.exec(address)![0]);
  await peer.send(frame('start_nested_mulaw_8k'));
  await host.clock.settle();
  return peer;
}

describe('a call that we are told of', () => {
  it('is looked up and heard, by a fork of both parties', async () => {
    const harness = await started();
    const { host, provider } = harness;
    await provider.watch!(id, context);
    expect(host.eventsOf('call.started')).toMatchObject([
      {
        providerCallId: CALL,
        status: 'IN_PROGRESS',
        details: { direction: 'INBOUND', from: '+919000000002', to: '+918000000001' },
      },
    ]);
    expect(host.requests.at(-1)?.json).toEqual({
      service_url: 'wss://calls.example.com/providers/fake/stream/fake-token-1',
      bidirectional: 'false',
      audio_track: 'both',
      content_type: 'audio/x-mulaw;rate=8000',
      stream_timeout: 86_400,
      status_callback_url: 'https://calls.example.com/providers/fake/stream-status',
      status_callback_method: 'POST',
    });
    await connect(harness);
    expect(host.streams).toHaveLength(1);
    expect(provider.controlsFor!(call)).toContain('LISTEN');
    await host.clock.advance(SOCKET_TIMEOUT_MS);
    expect(streamsAsked(harness)).toBe(1);
    host.verify();
  });

  it('that is not there fails with that, and tells nothing of a call', async () => {
    const { host, provider } = await started();
    host.respond('GET', LIVE, { ...reply('call_get_live_404') });
    await expect(provider.watch!(id, context)).rejects.toMatchObject({ code: 'CALL_NOT_FOUND' });
    expect(host.events).toEqual([]);
    expect(host.clock.pending).toBe(0);
  });

  it('that ended before fails with that, without asking', async () => {
    const { host, provider, post } = await started();
    await post('hangup', form('hangup_normal_caller'));
    await expect(provider.watch!(id, context)).rejects.toMatchObject({ code: 'CALL_NOT_LIVE' });
    expect(host.requests).toEqual([]);
  });

  it('that ends while it is joined fails with that, and ends', async () => {
    const { host, provider } = await started();
    host.respond('POST', /\/Stream\/$/, { ...reply('call_get_live_404') });
    await expect(provider.watch!(id, context)).rejects.toMatchObject({ code: 'CALL_NOT_LIVE' });
    expect(host.eventsOf('call.ended')).toHaveLength(1);
    expect(host.clock.pending).toBe(0);
  });

  it('that Vobiz does not let us hear fails with that, and is not tried again', async () => {
    const { host, provider } = await started();
    host.respond('POST', /\/Stream\/$/, { ...reply('call_make_401') });
    await expect(provider.watch!(id, context)).rejects.toMatchObject({ code: 'PROVIDER_REFUSED' });
    expect(host.clock.pending).toBe(0);
  });

  it('is joined once, however often we are told', async () => {
    const harness = await started();
    const { provider } = harness;
    await Promise.all([provider.watch!(id, context), provider.watch!(id, context)]);
    await connect(harness);
    await provider.watch!(id, context);
    expect(streamsAsked(harness)).toBe(1);
  });

  it('beyond those that are joined at once is refused, with one word to the operator', async () => {
    const { host, provider } = await started();
    for (let count = 0; count < MAX_ATTACHED; count++) {
      await provider.watch!(providerCallId(`call-${count}`), context);
    }
    for (const another of ['one', 'two']) {
      await expect(provider.watch!(providerCallId(another), context)).rejects.toMatchObject({
        code: 'LIMIT_EXCEEDED',
      });
    }
    expect(host.logs.filter(({ level }) => level === 'warn')).toHaveLength(1);
  });

  it('that still rings is joined when it is answered', async () => {
    const harness = await started();
    const { host, provider } = harness;
    host.respond('GET', LIVE, { json: { ...TALKING, call_status: 'ringing' } });
    await provider.watch!(id, context);
    await host.clock.advance(INTERVAL_MS);
    expect(streamsAsked(harness)).toBe(0);
    host.respond('GET', LIVE, { json: TALKING });
    await host.clock.advance(INTERVAL_MS);
    expect(streamsAsked(harness)).toBe(1);
  });

  it('is not joined where we answer it ourselves', async () => {
    const harness = await started({ attach: {} });
    await harness.answer();
    await harness.provider.watch!(id, context);
    expect(streamsAsked(harness)).toBe(0);
    expect(harness.host.clock.pending).toBe(0);
  });
});

it('a joined call that is answered here after all is not joined again', async () => {
  const harness = await started({ attach: {} });
  await harness.provider.watch!(id, context);
  const peer = await connect(harness);
  await harness.answer();
  peer.cut();
  await harness.host.clock.advance(RETRY.maxMs);
  expect(streamsAsked(harness)).toBe(1);
  expect(harness.host.clock.pending).toBe(0);
});

describe('the end of the stream of a joined call', () => {
  it('is followed by another one while the call is live, which may hold', async () => {
    const harness = await started();
    await harness.provider.watch!(id, context);
    for (let count = 2; count <= MAX_ATTEMPTS + 3; count++) {
      const peer = await connect(harness);
      await harness.host.clock.advance(STABLE_MS);
      peer.cut();
      await harness.host.clock.advance(RETRY.firstMs);
      expect(streamsAsked(harness)).toBe(count);
    }
    expect(harness.host.eventsOf('notice')).toEqual([]);
  });

  it('is the end of the call when that is no longer live, by its record', async () => {
    const harness = await started();
    const { host, provider } = harness;
    await provider.watch!(id, context);
    const peer = await connect(harness);
    host.respond('GET', LIVE, { ...reply('call_get_live_404') });
    host.respond('GET', /\/cdr\//, { ...reply('cdr_get_200') });
    peer.close(1000);
    await host.clock.advance(RETRY.firstMs);
    expect(host.eventsOf('call.ended')).toMatchObject([{ end: { category: 'CUSTOMER_ENDED' } }]);
    expect(host.state.entries.size).toBe(0);
    expect(host.clock.pending).toBe(0);
  });

  it('is asked about less and less often, and given up with a word to the operator', async () => {
    const harness = await started();
    const { host, provider } = harness;
    await provider.watch!(id, context);
    // Their sockets never come.
    await host.clock.advance(MAX_ATTEMPTS * (SOCKET_TIMEOUT_MS + RETRY.maxMs));
    expect(streamsAsked(harness)).toBeLessThanOrEqual(MAX_ATTEMPTS);
    expect(host.eventsOf('notice')).toMatchObject([{ code: 'VOBIZ_ATTACH_FAILED' }]);
    expect(host.clock.pending).toBe(0);
    // Told again it is tried again.
    const before = streamsAsked(harness);
    await provider.watch!(id, context);
    expect(streamsAsked(harness)).toBe(before + 1);
  });

  it('is asked about for as long as nobody answers, for the call may be live', async () => {
    const harness = await started();
    const { host, provider } = harness;
    await provider.watch!(id, context);
    const peer = await connect(harness);
    host.respond('GET', LIVE, { status: 503 });
    peer.cut();
    await host.clock.advance(20 * RETRY.maxMs);
    expect(countOf(harness, 'GET', LIVE)).toBeGreaterThan(MAX_ATTEMPTS + 5);
    expect(countOf(harness, 'GET', LIVE)).toBeLessThan(30);
    expect(host.eventsOf('notice')).toEqual([]);
    withVobiz(harness);
    await host.clock.advance(RETRY.maxMs);
    expect(streamsAsked(harness)).toBe(2);
  });

  it('is no reason to ask once the instance has stopped', async () => {
    const harness = await started();
    await harness.provider.watch!(id, context);
    await connect(harness);
    const asked = harness.host.requests.length;
    await harness.provider.stop(context.signal);
    expect(harness.host.clock.pending).toBe(0);
    await harness.host.clock.advance(RETRY.maxMs);
    expect(harness.host.requests).toHaveLength(asked);
  });

  it('is no reason to ask when the end of the call is told otherwise', async () => {
    const harness = await started();
    await harness.provider.watch!(id, context);
    await connect(harness);
    await harness.post('hangup', form('hangup_normal_caller'));
    expect(harness.host.clock.pending).toBe(0);
    expect(harness.host.state.entries.size).toBe(0);
  });

  it('that was never joined is none: asking how a call stands joins nothing', async () => {
    const harness = await started();
    await harness.provider.reconcile!([call], context.signal);
    expect(countOf(harness, 'GET', LIVE)).toBe(1);
    expect(streamsAsked(harness)).toBe(0);
  });

  it('by a restart of ours is followed by another one when it is asked how the call stands', async () => {
    const before = await started();
    await before.provider.watch!(id, context);
    await connect(before);
    const { clock, state } = before.host;
    await before.provider.stop(context.signal);
    const after = withVobiz(await start(TOLD, { clock, state }));
    await after.provider.reconcile!([call], context.signal);
    expect(streamsAsked(after)).toBe(1);
    await connect(after);
    await after.provider.reconcile!([call], context.signal);
    expect(streamsAsked(after)).toBe(1);
  });
});

describe('all calls of an account', () => {
  const OTHER = '7a1c5e80-3d2f-4b96-8c47-f09b2d6e1a35';
  const list = ({ host }: Harness, ...calls: readonly string[]): void =>
    host.respond('GET', LIST, { json: { api_id: 'a', calls } });

  /** An instance that finds these calls from its start on. */
  async function sweeping(...calls: readonly string[]): Promise<Harness> {
    // Its first list is asked for as it starts, before a script can be given.
    const harness = await started(ALL);
    list(harness, ...calls);
    await harness.host.clock.advance(2 * INTERVAL_MS);
    return harness;
  }

  it('are found, each joined once', async () => {
    const harness = await sweeping(CALL, OTHER);
    const joined = harness.host.requests
      .filter(({ method }) => method === 'POST')
      .map(({ url }) => url.pathname);
    expect(joined).toEqual(
      [CALL, OTHER].map((each) => `/api/v1/Account/${AUTH.authId}/Call/${each}/Stream/`),
    );
    await harness.host.clock.advance(INTERVAL_MS);
    expect(streamsAsked(harness)).toBe(2);
  });

  it('end when they are no longer listed, and no longer live', async () => {
    const harness = await sweeping(CALL);
    await connect(harness);
    list(harness);
    await harness.host.clock.advance(INTERVAL_MS);
    expect(harness.host.eventsOf('call.ended')).toEqual([]);
    harness.host.respond('GET', LIVE, { ...reply('call_get_live_404') });
    await harness.host.clock.advance(INTERVAL_MS);
    expect(harness.host.eventsOf('call.ended')).toHaveLength(1);
    await harness.host.clock.advance(INTERVAL_MS);
    expect(harness.host.eventsOf('call.ended')).toHaveLength(1);
  });

  it('are left alone where they are answered here, placed here, or over', async () => {
    const harness = await started({
      ...ALL,
      answer: { mode: 'tap', dial: '+918000000001' },
      from: '+918000000001',
    });
    const { host, provider, post } = harness;
    await post('answer', form('answer_minimal_fields'));
    await post('hangup', { ...form('hangup_normal_caller'), CallUUID: 'over' });
    host.respond('POST', `${ACCOUNT}/Call/`, { json: { request_uuid: 'placed' } });
    await provider.placeCall!({ to: '+919000000002' }, context);
    list(harness, CALL, 'over', 'placed');
    await host.clock.advance(3 * INTERVAL_MS);
    expect(countOf(harness, 'GET', /\?status=live$/)).toBeGreaterThan(1);
    expect(countOf(harness, 'GET', LIVE)).toBe(0);
    expect(streamsAsked(harness)).toBe(0);
  });

  it('are asked about a few at a time', async () => {
    const calls = Array.from({ length: MAX_PER_SWEEP + 5 }, (_, index) => `call-${index}`);
    const harness = await sweeping();
    list(harness, ...calls);
    await harness.host.clock.advance(INTERVAL_MS);
    expect(streamsAsked(harness)).toBe(MAX_PER_SWEEP);
    await harness.host.clock.advance(INTERVAL_MS);
    expect(streamsAsked(harness)).toBe(calls.length);
  });

  it('are asked for by one question at a time', async () => {
    const harness = await sweeping(CALL);
    harness.host.respond('GET', LIST, NEVER);
    await harness.host.clock.advance(INTERVAL_MS);
    const asked = countOf(harness, 'GET', /\/Call\/\?status=live$/);
    await harness.host.clock.advance(INTERVAL_MS);
    expect(countOf(harness, 'GET', /\/Call\/\?status=live$/)).toBe(asked);
  });

  it('are asked for less often while Vobiz does not answer, with one word to the operator', async () => {
    const harness = await sweeping(CALL);
    const { host } = harness;
    const before = countOf(harness, 'GET', /\/Call\/\?status=live$/);
    host.respond('GET', LIST, { status: 503 });
    await host.clock.advance(10 * SWEEP_MAX_DELAY_MS);
    const asked = countOf(harness, 'GET', /\/Call\/\?status=live$/) - before;
    expect(asked).toBeGreaterThan(8);
    expect(asked).toBeLessThan(20);
    list(harness, CALL, OTHER);
    await host.clock.advance(SWEEP_MAX_DELAY_MS);
    expect(streamsAsked(harness)).toBeGreaterThanOrEqual(2);
  });

  it('of which one is refused are joined all the same, and that one is given up in time', async () => {
    const harness = await started(ALL);
    const { host } = harness;
    host.respond('POST', new RegExp(`${CALL}/Stream/$`), { status: 400, json: { error: 'no' } });
    list(harness, CALL, OTHER);
    await host.clock.advance(20 * RETRY.maxMs);
    const asked = countOf(harness, 'POST', new RegExp(`${CALL}/Stream/$`));
    expect(asked).toBe(MAX_ATTEMPTS);
    expect(countOf(harness, 'POST', new RegExp(`${OTHER}/Stream/$`))).toBe(MAX_ATTEMPTS);
    expect(host.eventsOf('notice').map(({ providerCallId: which }) => which)).toEqual([CALL, OTHER]);
  });

  it('are joined also after one was refused when we were told of it', async () => {
    const harness = await sweeping();
    harness.host.respond('POST', /\/Stream\/$/, { ...reply('call_make_401') });
    await expect(harness.provider.watch!(id, context)).rejects.toMatchObject({ code: 'PROVIDER_REFUSED' });
    withVobiz(harness);
    list(harness, CALL);
    await harness.host.clock.advance(INTERVAL_MS);
    expect(streamsAsked(harness)).toBe(2);
  });

  it('are not looked for once the instance has stopped', async () => {
    const harness = await sweeping(CALL);
    await harness.provider.stop(context.signal);
    await harness.host.clock.settle();
    const asked = harness.host.requests.length;
    await harness.host.clock.advance(SWEEP_MAX_DELAY_MS);
    expect(harness.host.requests).toHaveLength(asked);
  });
});
