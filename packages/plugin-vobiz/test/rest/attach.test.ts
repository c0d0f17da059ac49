import { NEVER, createCommandContext, createControlledCall } from '@sidetone/testkit';
import { LATE_AUDIO_MS } from '@sidetone/plugin-kit';
import { describe, expect, it } from 'vitest';
import { providerCallId } from '@sidetone/core';
import { MAX_ATTEMPTS, RETRY, SOCKET_TIMEOUT_MS, STABLE_MS } from '../../src/rest/attach.ts';
import { MAX_ATTACHED } from '../../src/rest/attached-calls.ts';
import { MAX_PER_SWEEP, SWEEP_MAX_DELAY_MS } from '../../src/rest/sweep.ts';
import { AUTH, BASE, start, type Harness } from '../harness.ts';
import { CALL, form, frame, reply } from '../samples.ts';

const ACCOUNT = `${BASE}/Account/${AUTH.authId}`;
const LIVE = /\/Call\/([^/]+)\/?\?status=live$/;
const LIST = /\/Call\/?\?status=live$/;
const INTERVAL_MS = 5000;
const WATCHED = { answer: undefined, attach: { calls: 'watched' } };
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
const streamRequests = (harness: Pick<Harness, 'host'>): number => countOf(harness, 'POST', /\/Stream\/$/);

/** Starts an instance; the call of the samples is live. */
async function started(options: object = WATCHED): Promise<Harness> {
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

/** Opens the socket of the last requested stream. */
async function connect({ host, open }: Harness) {
  const request = host.requests.findLast((sent) => sent.url.href.endsWith('/Stream/'));
  const { service_url: url } = request!.json as { service_url: string };
  const peer = open(/stream\/.+$/.exec(url)![0]);
  await peer.send(frame('start_nested_mulaw_8k'));
  await host.clock.settle();
  return peer;
}

describe('watch', () => {
  it('looks up the call and requests a fork of both tracks', async () => {
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
    expect(streamRequests(harness)).toBe(1);
    host.verify();
  });

  it('rejects an unknown call and emits nothing', async () => {
    const { host, provider } = await started();
    host.respond('GET', LIVE, { ...reply('call_get_live_404') });
    await expect(provider.watch!(id, context)).rejects.toMatchObject({ code: 'CALL_NOT_FOUND' });
    expect(host.events).toEqual([]);
    expect(host.clock.pending).toBe(0);
  });

  it('rejects an ended call without a request', async () => {
    const { host, provider, post } = await started();
    await post('hangup', form('hangup_normal_caller'));
    await expect(provider.watch!(id, context)).rejects.toMatchObject({ code: 'CALL_NOT_LIVE' });
    expect(host.requests).toEqual([]);
  });

  it('rejects a call that ends meanwhile, and emits its end', async () => {
    const { host, provider } = await started();
    host.respond('POST', /\/Stream\/$/, { ...reply('call_get_live_404') });
    await expect(provider.watch!(id, context)).rejects.toMatchObject({ code: 'CALL_NOT_LIVE' });
    expect(host.eventsOf('call.ended')).toHaveLength(1);
    // The request for its cost.
    expect(host.clock.pending).toBe(1);
  });

  it('rejects if Vobiz refuses the stream, and does not retry', async () => {
    const { host, provider } = await started();
    host.respond('POST', /\/Stream\/$/, { ...reply('call_make_401') });
    await expect(provider.watch!(id, context)).rejects.toMatchObject({ code: 'PROVIDER_REFUSED' });
    expect(host.clock.pending).toBe(0);
  });

  it('attaches once for repeated requests', async () => {
    const harness = await started();
    const { provider } = harness;
    await Promise.all([provider.watch!(id, context), provider.watch!(id, context)]);
    await connect(harness);
    await provider.watch!(id, context);
    expect(streamRequests(harness)).toBe(1);
  });

  it('rejects calls beyond the limit, with one warning', async () => {
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

  it('attaches to a ringing call once it is answered', async () => {
    const harness = await started();
    const { host, provider } = harness;
    host.respond('GET', LIVE, { json: { ...TALKING, call_status: 'ringing' } });
    await provider.watch!(id, context);
    await host.clock.advance(INTERVAL_MS);
    expect(streamRequests(harness)).toBe(0);
    host.respond('GET', LIVE, { json: TALKING });
    await host.clock.advance(INTERVAL_MS);
    expect(streamRequests(harness)).toBe(1);
  });

  it('does not attach to a call that this instance answers', async () => {
    const harness = await started({ attach: {} });
    await harness.answer();
    await harness.provider.watch!(id, context);
    expect(streamRequests(harness)).toBe(0);
    expect(harness.host.clock.pending).toBe(0);
  });
});

it('does not attach again to a call that this instance answers later', async () => {
  const harness = await started({ attach: {} });
  await harness.provider.watch!(id, context);
  const peer = await connect(harness);
  await harness.answer();
  peer.cut();
  await harness.host.clock.advance(RETRY.maxMs);
  expect(streamRequests(harness)).toBe(1);
  expect(harness.host.clock.pending).toBe(0);
});

describe('the end of the stream of an attached call', () => {
  it('requests another stream while the call is live', async () => {
    const harness = await started();
    await harness.provider.watch!(id, context);
    for (let count = 2; count <= MAX_ATTEMPTS + 3; count++) {
      const peer = await connect(harness);
      await harness.host.clock.advance(STABLE_MS);
      peer.cut();
      await harness.host.clock.advance(RETRY.firstMs);
      expect(streamRequests(harness)).toBe(count);
    }
    expect(harness.host.eventsOf('notice')).not.toContainEqual(
      expect.objectContaining({ code: 'VOBIZ_ATTACH_FAILED' }),
    );
  });

  it('ends a call that is not live with the data of its record', async () => {
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

  it('retries with growing delays, then gives up with a notice', async () => {
    const harness = await started();
    const { host, provider } = harness;
    await provider.watch!(id, context);
    // Their sockets are never opened.
    await host.clock.advance(MAX_ATTEMPTS * (SOCKET_TIMEOUT_MS + RETRY.maxMs));
    expect(streamRequests(harness)).toBeLessThanOrEqual(MAX_ATTEMPTS);
    expect(host.eventsOf('notice')).toMatchObject([{ code: 'VOBIZ_ATTACH_FAILED' }]);
    expect(host.clock.pending).toBe(0);
    // Another request of a client tries again.
    const before = streamRequests(harness);
    await provider.watch!(id, context);
    expect(streamRequests(harness)).toBe(before + 1);
  });

  it('retries the lookup as long as it fails, because the call may be live', async () => {
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
    expect(streamRequests(harness)).toBe(2);
  });

  it('sends no request after the instance stopped', async () => {
    const harness = await started();
    await harness.provider.watch!(id, context);
    await connect(harness);
    const sent = harness.host.requests.length;
    await harness.provider.stop(context.signal);
    expect(harness.host.clock.pending).toBe(0);
    await harness.host.clock.advance(RETRY.maxMs);
    expect(harness.host.requests).toHaveLength(sent);
  });

  it('sends no request after the end of the call was reported', async () => {
    const harness = await started();
    await harness.provider.watch!(id, context);
    await connect(harness);
    await harness.post('hangup', { ...form('hangup_normal_caller'), TotalCost: '0.9' });
    const sent = harness.host.requests.length;
    await harness.host.clock.advance(LATE_AUDIO_MS + RETRY.maxMs);
    expect(harness.host.requests).toHaveLength(sent);
    expect(harness.host.clock.pending).toBe(0);
    expect(harness.host.state.entries.size).toBe(0);
  });

  it('does not attach to other calls on reconcile', async () => {
    const harness = await started();
    await harness.provider.reconcile!([call], context.signal);
    expect(countOf(harness, 'GET', LIVE)).toBe(1);
    expect(streamRequests(harness)).toBe(0);
  });

  it('attaches again on reconcile after a restart', async () => {
    const before = await started();
    await before.provider.watch!(id, context);
    await connect(before);
    const { clock, state } = before.host;
    await before.provider.stop(context.signal);
    const after = withVobiz(await start(WATCHED, { clock, state }));
    await after.provider.reconcile!([call], context.signal);
    expect(streamRequests(after)).toBe(1);
    await connect(after);
    await after.provider.reconcile!([call], context.signal);
    expect(streamRequests(after)).toBe(1);
  });
});

describe('attach with calls: all', () => {
  const OTHER = '7a1c5e80-3d2f-4b96-8c47-f09b2d6e1a35';
  const list = ({ host }: Harness, ...calls: readonly string[]): void =>
    host.respond('GET', LIST, { json: { api_id: 'a', calls } });

  /** Starts an instance that finds these calls. */
  async function sweeping(...calls: readonly string[]): Promise<Harness> {
    // The first list is requested at the start, before the response is scripted.
    const harness = await started(ALL);
    list(harness, ...calls);
    await harness.host.clock.advance(2 * INTERVAL_MS);
    return harness;
  }

  it('attaches once to each call', async () => {
    const harness = await sweeping(CALL, OTHER);
    const attached = harness.host.requests
      .filter(({ method }) => method === 'POST')
      .map(({ url }) => url.pathname);
    expect(attached).toEqual(
      [CALL, OTHER].map((each) => `/api/v1/Account/${AUTH.authId}/Call/${each}/Stream/`),
    );
    await harness.host.clock.advance(INTERVAL_MS);
    expect(streamRequests(harness)).toBe(2);
  });

  it('ends a call that is neither listed nor live', async () => {
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

  it('ignores calls that are answered here, placed here or ended', async () => {
    const harness = await started({
      ...ALL,
      answer: { mode: 'tap', dial: '+918000000001' },
      from: '+918000000001',
    });
    const { host, provider, post } = harness;
    await post('answer', form('answer_minimal_fields'));
    await post('hangup', { ...form('hangup_normal_caller'), CallUUID: 'ended' });
    host.respond('POST', `${ACCOUNT}/Call/`, { json: { request_uuid: 'placed' } });
    await provider.placeCall!({ to: '+919000000002' }, context);
    list(harness, CALL, 'ended', 'placed');
    await host.clock.advance(3 * INTERVAL_MS);
    expect(countOf(harness, 'GET', /\?status=live$/)).toBeGreaterThan(1);
    expect(countOf(harness, 'GET', LIVE)).toBe(0);
    expect(streamRequests(harness)).toBe(0);
  });

  it('handles a limited number of calls per sweep', async () => {
    const calls = Array.from({ length: MAX_PER_SWEEP + 5 }, (_, index) => `call-${index}`);
    const harness = await sweeping();
    list(harness, ...calls);
    await harness.host.clock.advance(INTERVAL_MS);
    expect(streamRequests(harness)).toBe(MAX_PER_SWEEP);
    await harness.host.clock.advance(INTERVAL_MS);
    expect(streamRequests(harness)).toBe(calls.length);
  });

  it('sends one list request at a time', async () => {
    const harness = await sweeping(CALL);
    harness.host.respond('GET', LIST, NEVER);
    await harness.host.clock.advance(INTERVAL_MS);
    const sent = countOf(harness, 'GET', LIST);
    await harness.host.clock.advance(INTERVAL_MS);
    expect(countOf(harness, 'GET', LIST)).toBe(sent);
  });

  it('polls less often while requests fail, with one warning', async () => {
    const harness = await sweeping(CALL);
    const { host } = harness;
    const before = countOf(harness, 'GET', LIST);
    host.respond('GET', LIST, { status: 503 });
    await host.clock.advance(10 * SWEEP_MAX_DELAY_MS);
    const sent = countOf(harness, 'GET', LIST) - before;
    expect(sent).toBeGreaterThan(8);
    expect(sent).toBeLessThan(20);
    list(harness, CALL, OTHER);
    await host.clock.advance(SWEEP_MAX_DELAY_MS);
    expect(streamRequests(harness)).toBeGreaterThanOrEqual(2);
  });

  it('gives up on a rejected call and attaches to the others', async () => {
    const harness = await started(ALL);
    const { host } = harness;
    host.respond('POST', new RegExp(`${CALL}/Stream/$`), { status: 400, json: { error: 'no' } });
    list(harness, CALL, OTHER);
    await host.clock.advance(20 * RETRY.maxMs);
    const sent = countOf(harness, 'POST', new RegExp(`${CALL}/Stream/$`));
    expect(sent).toBe(MAX_ATTEMPTS);
    expect(countOf(harness, 'POST', new RegExp(`${OTHER}/Stream/$`))).toBe(MAX_ATTEMPTS);
    expect(host.eventsOf('notice').map(({ providerCallId: which }) => which)).toEqual([CALL, OTHER]);
  });

  it('attaches to a call whose watch was rejected before', async () => {
    const harness = await sweeping();
    harness.host.respond('POST', /\/Stream\/$/, { ...reply('call_make_401') });
    await expect(harness.provider.watch!(id, context)).rejects.toMatchObject({ code: 'PROVIDER_REFUSED' });
    withVobiz(harness);
    list(harness, CALL);
    await harness.host.clock.advance(INTERVAL_MS);
    expect(streamRequests(harness)).toBe(2);
  });

  it('stops polling when the instance stops', async () => {
    const harness = await sweeping(CALL);
    await harness.provider.stop(context.signal);
    await harness.host.clock.settle();
    const sent = harness.host.requests.length;
    await harness.host.clock.advance(SWEEP_MAX_DELAY_MS);
    expect(harness.host.requests).toHaveLength(sent);
  });
});
