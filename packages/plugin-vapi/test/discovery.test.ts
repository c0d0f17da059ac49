import type { BackfillPage } from '@sidetone/core';
import {
  createCommandContext,
  createControlledCall,
  type FakeHost,
  type FakeRequest,
} from '@sidetone/testkit';
import { describe, expect, it } from 'vitest';
import { LOOKUP_DELAYS_MS } from '../src/rest/call-lookup.ts';
import { PAGE_LIMIT } from '../src/rest/call-pages.ts';
import { start, type Harness } from './harness.ts';
import { CALL, CONTROL_URL, LISTEN_URL, OTHER_CALL, sample } from './samples.ts';

const LIST = /^https:\/\/api\.vapi\.ai\/call\?/;
const SWEEP = { sweep: {} };
const live = { status: 'in-progress', type: 'webCall', createdAt: '2026-01-05T08:59:00.000Z' };
const ended = sample('get ended call, full', 'rest-response') as Record<string, unknown>;
const apiCall = (id: string): string => `https://api.vapi.ai/call/${id}`;
const lists = (host: FakeHost): FakeRequest[] => host.requests.filter(({ url }) => LIST.test(url.href));
const liveMonitor = { listenUrl: LISTEN_URL, controlUrl: CONTROL_URL };

describe('sweep', () => {
  async function startSweeping(calls: () => unknown, options: object = SWEEP): Promise<Harness> {
    const harness = await start(options);
    harness.host.respond('GET', LIST, () => ({ json: calls() }));
    return harness;
  }

  it('runs every 45 seconds, covers 12 hours, and ends with the provider', async () => {
    const { host, provider } = await startSweeping(() => []);
    await host.clock.advance(44_999);
    expect(host.requests).toEqual([]);
    await host.clock.advance(1);
    const from = Date.parse(host.requests[0]!.url.searchParams.get('createdAtGt')!);
    expect(from).toBe(host.clock.now() - 12 * 60 * 60 * 1000 - 1);
    await host.clock.advance(90_000);
    expect(host.requests).toHaveLength(3);
    await provider.stop(new AbortController().signal);
    await host.clock.advance(90_000);
    expect(host.requests).toHaveLength(3);
    expect(host.clock.pending).toBe(0);
    host.verify();
  });

  it('is disabled by an interval of 0', async () => {
    const { host } = await start({ sweep: { intervalMs: 0 } });
    expect(host.clock.pending).toBe(0);
  });

  it.each([
    ['bare', (calls: unknown[]) => calls],
    ['paged', (results: unknown[]) => ({ results, metadata: { hasNextPage: false } })],
  ])('finds a live call without webhooks in a list that is %s', async (_shape, shape) => {
    const { host } = await startSweeping(() =>
      shape([
        { ...live, id: CALL, monitor: liveMonitor },
        { ...live, id: OTHER_CALL, status: 'scheduled' },
      ]),
    );
    host.answerDials(() => {});
    host.setDemand('levels', CALL, true);
    await host.clock.advance(45_000);
    expect(host.eventsOf('call.started')).toMatchObject([{ providerCallId: CALL, status: 'IN_PROGRESS' }]);
    expect(host.dials).toHaveLength(1);
  });

  it('ends a call whose end was not reported, by the list or by its id', async () => {
    const { host, post } = await startSweeping(() => [ended]);
    host.respond('GET', apiCall(OTHER_CALL), { status: 404, json: {} });
    await post({ message: { type: 'status-update', status: 'in-progress', call: { ...live, id: CALL } } });
    await post({
      message: { type: 'status-update', status: 'in-progress', call: { ...live, id: OTHER_CALL } },
    });
    await host.clock.advance(46_000);
    expect(
      host.eventsOf('call.ended').map(({ providerCallId, end }) => [providerCallId, end.category]),
    ).toEqual([
      [CALL, 'CUSTOMER_ENDED'],
      [OTHER_CALL, 'UNKNOWN'],
    ]);
    expect(host.eventsOf('call.report')).toHaveLength(1);
    // The next sweeps emit nothing more.
    const count = host.events.length;
    await host.clock.advance(90_000);
    expect(host.events).toHaveLength(count);
  });

  it('does not end a recently reported call that Vapi does not find', async () => {
    const { host, post } = await startSweeping(() => []);
    host.respond('GET', apiCall(CALL), { status: 404, json: {} });
    await host.clock.advance(44_000);
    await post({ message: { type: 'hang', call: { ...live, id: CALL } } });
    await host.clock.advance(2000);
    expect(host.eventsOf('call.ended')).toEqual([]);
  });

  it('reads the report of an ended call again until its cost is final', async () => {
    let cost = 0;
    const { host, post } = await startSweeping(() => [{ ...ended, cost }]);
    await post(sample('status-update in-progress, embedded call stale'));
    await host.clock.advance(45_000);
    expect(host.eventsOf('call.report')[0]).not.toHaveProperty('cost');
    cost = 0.1432;
    await host.clock.advance(45_000);
    expect(host.eventsOf('call.report').at(-1)).toMatchObject({ cost: { amount: 0.1432 } });
  });

  it('publishes an ended call without webhooks if it was created after the start', async () => {
    const { host } = await startSweeping(() => [
      { ...ended, id: CALL, createdAt: '2026-01-05T09:00:10.000Z', endedAt: '2026-01-05T09:00:20.000Z' },
      { ...ended, id: OTHER_CALL, createdAt: '2026-01-05T08:59:59.000Z' },
    ]);
    await host.clock.advance(45_000);
    expect(host.events.map(({ type, providerCallId }) => [type, providerCallId])).toEqual([
      ['call.started', CALL],
      ['call.ended', CALL],
      ['call.report', CALL],
    ]);
  });

  it('reads all pages, at most four requests per second', async () => {
    const all = Array.from({ length: 250 }, (_, i) => ({
      ...live,
      id: `call-${i}`,
      createdAt: new Date(Date.UTC(2026, 0, 5, 8) - i * 1000).toISOString(),
    }));
    const askedAt: number[] = [];
    const harness = await start(SWEEP);
    const { host } = harness;
    host.respond('GET', LIST, ({ url }) => {
      askedAt.push(host.clock.now());
      return { json: pageOf(all, url) };
    });
    await host.clock.advance(46_000);
    expect(host.eventsOf('call.started')).toHaveLength(250);
    expect(askedAt).toHaveLength(3);
    expect(askedAt[1]! - askedAt[0]!).toBeGreaterThanOrEqual(250);
  });

  it.each([
    [{ 'retry-after': '21' }, 21_000],
    [{}, 30_000],
  ])('pauses after a 429 with %j', async (headers, coolDownMs) => {
    const { host } = await startSweeping(() => [], { sweep: { intervalMs: 10_000 } });
    host.respond('GET', LIST, { status: 429, headers, json: {} });
    await host.clock.advance(10_000);
    expect(host.requests).toHaveLength(1);
    await host.clock.advance(coolDownMs - 1);
    expect(host.requests).toHaveLength(1);
    await host.clock.advance(1);
    expect(host.requests).toHaveLength(2);
  });

  it('requests a smaller page if a response exceeds the size limit', async () => {
    const { host } = await start(SWEEP);
    host.respond('GET', LIST, ({ url }) =>
      Number(url.searchParams.get('limit')) > 30
        ? { text: '[{"id":"cut of' }
        : { json: [{ ...live, id: CALL }] },
    );
    await host.clock.advance(46_000);
    expect(host.eventsOf('call.started')).toHaveLength(1);
  });
});

/** Returns Vapi's response: the newest calls within the bounds. */
function pageOf(all: readonly { createdAt: string }[], url: URL): unknown[] {
  const [gt, lt] = ['createdAtGt', 'createdAtLt'].map((name) => url.searchParams.get(name));
  return all
    .filter(({ createdAt }) => (gt == null || createdAt > gt) && (lt == null || createdAt < lt))
    .slice(0, Number(url.searchParams.get('limit')));
}

describe('lookup of a call that is known only by its id', () => {
  it('requests the call after 0, 1, 2 and 4 seconds until it has monitor URLs', async () => {
    const { host, post } = await start();
    const askedAt: number[] = [];
    const begin = host.clock.now();
    host.respond('GET', apiCall(CALL), () => {
      askedAt.push(host.clock.now() - begin);
      return { json: { ...live, id: CALL, ...(askedAt.length === 3 && { monitor: liveMonitor }) } };
    });
    host.answerDials(() => {});
    host.setDemand('levels', CALL, true);
    await post(sample('bare body without envelope'));
    await host.clock.advance(60_000);
    expect(askedAt).toEqual([0, 1000, 3000]);
    expect(host.dials.map(({ url }) => url.href)).toEqual([LISTEN_URL]);
  });

  it('does not create a call for an unknown message if Vapi does not find the call', async () => {
    const { host, post } = await start();
    host.respond('GET', apiCall(CALL), { status: 404, json: {} });
    await post({ message: { type: 'brand.new', call: { id: CALL, type: 'webCall' } } });
    await post(sample('call.artifact.upload'));
    await post({ message: { type: 'call.deleted', call: { id: CALL, type: 'webCall' } } });
    await host.clock.advance(10_000);
    expect(host.events).toEqual([]);
  });

  it.each([
    ['the required fields', { orgId: 'o', createdAt: live.createdAt, updatedAt: live.createdAt }],
    ['a type but no monitor', { type: 'outboundPhoneCall', createdAt: live.createdAt }],
    ['monitor URLs but no type', { monitor: liveMonitor }],
    ['a customer', { customer: { number: '+15005550006' }, phoneNumberId: 'p' }],
  ])('requests a call that is described by its id and %s', async (_what, fields) => {
    const { host, post } = await start();
    host.respond('GET', apiCall(CALL), {
      json: {
        ...live,
        id: CALL,
        type: 'outboundPhoneCall',
        customer: { number: '+15005550006' },
        monitor: liveMonitor,
      },
    });
    host.answerDials(() => {});
    host.setDemand('levels', CALL, true);
    await post({
      message: { type: 'speech-update', role: 'user', status: 'started', call: { id: CALL, ...fields } },
    });
    await host.clock.settle();
    expect(host.eventsOf('call.started').at(-1)).toMatchObject({
      details: { direction: 'OUTBOUND', to: '+15005550006' },
    });
    expect(host.dials).toHaveLength(1);
    expect(host.requests).toHaveLength(1);
  });

  it('does not request a call that is described', async () => {
    const { host, post } = await start();
    await post({ message: { type: 'hang', call: { id: CALL, type: 'webCall', monitor: liveMonitor } } });
    await host.clock.advance(120_000);
    expect(host.requests).toEqual([]);
  });

  it('requests a call without monitor URLs a few times, not for every message', async () => {
    const { host, post } = await start();
    host.respond('GET', apiCall(CALL), { json: { ...live, id: CALL } });
    for (let i = 0; i < 30; i++) {
      await post({ message: { type: 'hang', call: { id: CALL, type: 'webCall' } } });
      await host.clock.advance(10_000);
    }
    expect(host.requests).toHaveLength(LOOKUP_DELAYS_MS.length);
  });

  it('leaves a call live that Vapi reports but does not find', async () => {
    const { host, post } = await start();
    host.respond('GET', apiCall(CALL), { status: 404, json: {} });
    await post({ message: { type: 'hang', call: { id: CALL } } });
    await host.clock.advance(10_000);
    expect(host.eventsOf('call.ended')).toEqual([]);
  });

  it('finds the control URL for a command', async () => {
    const { host, provider } = await start();
    let asked = 0;
    host.respond('GET', apiCall(CALL), () => ({
      json: { ...live, id: CALL, ...(++asked === 2 && { monitor: liveMonitor }) },
    }));
    host.respond('POST', CONTROL_URL, { status: 200 });
    const done = provider.controls!.mute!(
      createControlledCall(CALL),
      { party: 'CUSTOMER' },
      createCommandContext(),
    );
    await host.clock.advance(1000);
    await done;
    expect(host.requests.at(-1)?.json).toEqual({ type: 'control', control: 'mute-customer' });
  });
});

describe('backfill', () => {
  const since = Date.UTC(2026, 0, 1);
  const until = Date.UTC(2026, 0, 5);

  async function run(harness: Harness, request: object = {}): Promise<BackfillPage[]> {
    const pages: BackfillPage[] = [];
    const progress = { isDone: false };
    const done = (async () => {
      const { signal } = new AbortController();
      for await (const page of harness.provider.backfill!({ since, until, ...request }, signal))
        pages.push(page);
    })().finally(() => (progress.isDone = true));
    done.catch(() => undefined);
    for (let turn = 0; turn < 200 && !progress.isDone; turn++) await harness.host.clock.advance(1000);
    await done;
    return pages;
  }
  const idsOf = (pages: readonly BackfillPage[]): string[] =>
    pages.flatMap(({ events }) =>
      events
        .filter(({ type }) => type === 'call.ended')
        .map(({ providerCallId }) => providerCallId as string),
    );
  const past = (i: number, at: number) => ({
    ...ended,
    id: `past-${i}`,
    createdAt: new Date(at).toISOString(),
  });

  it('yields each ended call once, newest first, with its transcript', async () => {
    const all = Array.from({ length: 230 }, (_, i) => past(i, until - 1 - i * 1000));
    const harness = await start();
    harness.host.respond('GET', LIST, ({ url }) => ({ json: pageOf(all, url) }));
    const pages = await run(harness);
    expect(idsOf(pages)).toEqual(all.map(({ id }) => id));
    expect(pages[0]!.events.slice(0, 3)).toMatchObject([
      { type: 'call.started', details: { to: '+15005550006' } },
      { type: 'call.ended', end: { code: 'customer-ended-call' } },
      { type: 'call.report', utterances: [{ text: 'Good morning, this is Nova.' }, { party: 'CUSTOMER' }] },
    ]);
    expect(pages.map(({ calls }) => calls)).toEqual([100, 99, 31]);
    expect(pages.at(-1)).toMatchObject({ reached: until - 1 - 229_000 });
    harness.host.verify();
  });

  it('skips no call if one instant has more calls than a page', async () => {
    const all = Array.from({ length: 3 * PAGE_LIMIT }, (_, i) => past(i, i < 10 ? until - 1 : until - 2));
    all.push(past(999, until - 5000));
    const harness = await start();
    harness.host.respond('GET', LIST, ({ url }) => ({ json: pageOf(all, url) }));
    expect(idsOf(await run(harness)).toSorted()).toEqual(all.map(({ id }) => id).toSorted());
  });

  it('ends if Vapi ignores the bounds', async () => {
    const all = Array.from({ length: PAGE_LIMIT }, (_, i) => past(i, until - 1));
    const harness = await start();
    harness.host.respond('GET', LIST, { json: { results: all, metadata: { hasNextPage: true } } });
    expect(idsOf(await run(harness))).toHaveLength(PAGE_LIMIT);
  });

  it('resumes at the position of an earlier run', async () => {
    const all = Array.from({ length: 230 }, (_, i) => past(i, until - 1 - i * 1000));
    const harness = await start();
    harness.host.respond('GET', LIST, ({ url }) => ({ json: pageOf(all, url) }));
    const [first] = await run(harness);
    const rest = await run(harness, { resumeAt: first!.position });
    // The last call of the previous page is repeated: others of its instant may not have been on it.
    expect(idsOf(rest)).toEqual(all.slice(99).map(({ id }) => id));
  });

  it('skips live calls', async () => {
    const harness = await start();
    const json = [{ ...live, id: CALL, createdAt: new Date(since).toISOString() }, past(1, since)];
    harness.host.respond('GET', LIST, { json });
    expect(idsOf(await run(harness))).toEqual(['past-1']);
  });

  it('retries temporary failures only', async () => {
    const harness = await start();
    const replies = [{ status: 429, headers: { 'retry-after': '5' } }, { status: 500 }, { status: 503 }];
    harness.host.respond('GET', LIST, () => replies.shift() ?? { json: [past(1, since)] });
    expect(idsOf(await run(harness))).toEqual(['past-1']);
    expect(lists(harness.host)).toHaveLength(4);
    harness.host.respond('GET', LIST, { status: 401, json: { message: 'Invalid key' } });
    await expect(run(harness)).rejects.toMatchObject({ code: 'PROVIDER_REFUSED' });
  });

  it('ends when its signal aborts', async () => {
    const harness = await start();
    harness.host.respond('GET', LIST, { status: 500 });
    const stop = new AbortController();
    const pages = harness.provider.backfill!({ since, until }, stop.signal)[Symbol.asyncIterator]();
    const next = pages.next();
    await harness.host.clock.advance(10_000);
    stop.abort();
    expect(await next).toMatchObject({ done: true });
    expect(harness.host.clock.pending).toBe(0);
  });
});
