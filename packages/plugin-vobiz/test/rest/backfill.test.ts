import { RETRY_BACK_OFF } from '@sidetone/plugin-kit';
import { type BackfillPage, type BackfillRequest } from '@sidetone/core';
import type { FakeHost, FakeReply } from '@sidetone/testkit';
import { describe, expect, it } from 'vitest';
import { CALLS_PER_PAGE, MAX_PAGES, SPAN_MS } from '../../src/rest/backfill.ts';
import { decodeCdr, translateCdr } from '../../src/rest/cdr.ts';
import { AUTH, BASE, start } from '../harness.ts';
import { CALL, form, reply } from '../samples.ts';

const LIST = new RegExp(`^${BASE}/Account/${AUTH.authId}/cdr\\?`);
const DAY_MS = 24 * 60 * 60 * 1000;
const SAMPLE = (reply('cdr_get_200').json as { data: Record<string, unknown> }).data;
const START = Date.parse('2026-10-02T06:15:04Z');
const UNTIL = Date.parse('2026-10-03T00:00:00Z');
const signal = new AbortController().signal;

const record = (uuid: string, startedAt: number) => ({
  ...SAMPLE,
  uuid,
  start_time: new Date(startedAt).toISOString(),
});

const page = (data: readonly object[], pagination?: object): FakeReply => ({
  json: { success: true, count: data.length, data, ...(pagination && { pagination }) },
});

/** Responds with these pages for any days. */
function list(host: FakeHost, pages: readonly (readonly object[])[]): void {
  host.respond('GET', LIST, ({ url }) => {
    const number = Number(url.searchParams.get('page'));
    return page(pages[number - 1] ?? [], { page: number, has_next: number < pages.length });
  });
}

async function all(
  { provider }: Pick<Awaited<ReturnType<typeof start>>, 'provider'>,
  request: Partial<BackfillRequest> = {},
): Promise<BackfillPage[]> {
  const pages: BackfillPage[] = [];
  for await (const each of provider.backfill!({ since: START - DAY_MS, until: UNTIL, ...request }, signal)) {
    pages.push(each);
  }
  return pages;
}

const costsIn = (pages: readonly BackfillPage[]) =>
  pages.flatMap(({ events }) =>
    events.flatMap((event) => (event.type === 'call.report' ? [event.cost] : [])),
  );

const idsIn = (pages: readonly BackfillPage[]): readonly string[] =>
  pages.flatMap(({ events }) =>
    events.filter(({ type }) => type === 'call.started').map(({ providerCallId }) => providerCallId),
  );

describe('the record of a call', () => {
  it('is translated into all events of the call', () => {
    const base = { providerCallId: CALL };
    const answeredAt = START + 5000;
    const endedAt = START + 78_000;
    expect(translateCdr(decodeCdr(SAMPLE, 'single')!)).toEqual([
      {
        ...base,
        type: 'call.started',
        occurredAt: START,
        dedupeKey: 'cdr-started',
        details: {
          direction: 'INBOUND',
          from: '+919000000002',
          to: '+918000000001',
          createdAt: START,
          answeredAt,
        },
      },
      {
        ...base,
        type: 'call.ended',
        occurredAt: endedAt,
        dedupeKey: 'hangup',
        end: { category: 'CUSTOMER_ENDED', code: '4000', message: 'Normal Hangup' },
      },
      {
        ...base,
        type: 'call.report',
        occurredAt: endedAt,
        dedupeKey: 'cdr',
        details: { answeredAt, endedAt },
        cost: { amount: 1.3, currency: 'INR' },
        providerData: {
          durationSeconds: 73,
          ringSeconds: 5,
          streamingCost: 0.4,
          hangupCause: 'NORMAL_CLEARING',
          hangupSource: 'Caller',
        },
      },
    ]);
  });

  it('has the dedupe key of the hangup webhook for the end', async () => {
    const { host, post } = await start();
    await post('hangup', form('hangup_normal_caller'));
    const [live] = host.eventsOf('call.ended');
    const past = translateCdr(decodeCdr(SAMPLE, 'single')!).find(({ type }) => type === 'call.ended');
    expect(past).toMatchObject({ dedupeKey: live!.dedupeKey!, end: live!.end });
  });

  it.each([{ end_time: null }, { start_time: '' }, { uuid: undefined }])(
    'is ignored unless it is of an ended call: %j',
    (fields) => {
      expect(decodeCdr({ ...SAMPLE, ...fields }, 'single')).toBeUndefined();
    },
  );

  it('may have another currency, or no cost', () => {
    expect(decodeCdr({ ...SAMPLE, currency: 'usd', total_cost: '0.02' }, 'single')?.cost).toEqual({
      amount: 0.02,
      currency: 'USD',
    });
    expect(decodeCdr({ ...SAMPLE, total_cost: null }, 'single')?.cost).toBeUndefined();
  });

  it.each(['USD', 'usd', 'EUR', '', null, undefined])(
    'in a list has a cost in rupees, whatever its currency says: %s',
    (currency) => {
      expect(decodeCdr({ ...SAMPLE, currency, total_cost: 1.35 }, 'list')?.cost).toEqual({
        amount: 1.35,
        currency: 'INR',
      });
    },
  );
});

describe('backfill', () => {
  it('imports costs in rupees', async () => {
    const harness = await start();
    list(harness.host, [[{ ...SAMPLE, currency: 'USD' }]]);
    expect(costsIn(await all(harness))).toEqual([{ amount: 1.3, currency: 'INR' }]);
  });

  it('requests days that contain the span in any time zone', async () => {
    const harness = await start();
    list(harness.host, [[SAMPLE]]);
    expect(idsIn(await all(harness))).toEqual([CALL]);
    expect(Object.fromEntries(harness.host.requests[0]!.url.searchParams)).toEqual({
      page: '1',
      per_page: '100',
      start_date: '2026-09-30',
      end_date: '2026-10-04',
    });
    expect(harness.host.requests).toHaveLength(1);
    harness.host.verify();
  });

  it('yields the calls of the requested time once, newest first', async () => {
    const harness = await start();
    list(harness.host, [
      [record('old', START - DAY_MS - 1), record('b', START + 2000), record('a', START + 1000)],
      [record('c', START + 3000), record('b', START + 2000), record('new', UNTIL)],
    ]);
    const pages = await all(harness);
    expect(idsIn(pages)).toEqual(['c', 'b', 'a']);
    expect(pages).toMatchObject([
      { calls: 3, position: new Date(START + 1000).toISOString(), reached: START + 1000 },
    ]);
  });

  it('goes back span by span without repeated calls', async () => {
    const harness = await start();
    const calls = [0, 1, 2].map((span) => record(`span-${span}`, UNTIL - span * SPAN_MS - DAY_MS));
    list(harness.host, [calls]);
    expect(idsIn(await all(harness, { since: UNTIL - 3 * SPAN_MS }))).toEqual(['span-0', 'span-1', 'span-2']);
    expect(harness.host.requests).toHaveLength(3);
  });

  it('yields pages, and resumes after the last one', async () => {
    const harness = await start();
    const calls = Array.from({ length: CALLS_PER_PAGE + 1 }, (_, index) =>
      record(`call-${index}`, START - index * 1000),
    );
    list(harness.host, [calls]);
    const pages = await all(harness);
    expect(pages.map(({ calls: count }) => count)).toEqual([CALLS_PER_PAGE, 1]);
    const rest = await all(harness, { resumeAt: pages[0]!.position });
    expect(idsIn(rest)).toEqual([`call-${CALLS_PER_PAGE - 1}`, `call-${CALLS_PER_PAGE}`]);
  });

  it('stops at the last page, by either form of pagination', async () => {
    const harness = await start();
    const full = Array.from({ length: 100 }, (_, index) => record(`call-${index}`, START));
    for (const [pagination, requests] of [
      [{ has_next: false }, 1],
      [{ page: 1, pages: 1 }, 1],
      [undefined, 2],
    ] as const) {
      const before = harness.host.requests.length;
      harness.host.respond('GET', LIST, ({ url }) =>
        url.searchParams.get('page') === '1' ? page(full, pagination) : page([]),
      );
      await all(harness);
      expect(harness.host.requests.length - before).toBe(requests);
    }
  });

  it('stops at the limit of pages', async () => {
    const harness = await start();
    harness.host.respond('GET', LIST, () => page([SAMPLE], { has_next: true }));
    expect(idsIn(await all(harness))).toEqual([CALL]);
    expect(harness.host.requests).toHaveLength(MAX_PAGES);
    expect(harness.host.logs.filter(({ level }) => level === 'warn')).toHaveLength(1);
  });

  it('retries temporary failures, and rejects otherwise', async () => {
    const harness = await start();
    harness.host.respond('GET', LIST, { status: 429 });
    const found = all(harness);
    await harness.host.clock.settle();
    list(harness.host, [[SAMPLE]]);
    await harness.host.clock.advance(RETRY_BACK_OFF.firstMs);
    expect(idsIn(await found)).toEqual([CALL]);
    harness.host.respond('GET', LIST, { status: 401, json: { error: 'no' } });
    await expect(all(harness)).rejects.toMatchObject({ code: 'PROVIDER_REFUSED' });
  });

  it('stops with the instance', async () => {
    const harness = await start();
    harness.host.respond('GET', LIST, { status: 503 });
    const found = all(harness);
    await harness.host.clock.settle();
    await harness.provider.stop(signal);
    expect(await found).toEqual([]);
    expect(harness.host.clock.pending).toBe(0);
  });
});
