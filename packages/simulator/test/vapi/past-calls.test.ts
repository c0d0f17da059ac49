import { describe, expect, it, vi } from 'vitest';
import { createSetup } from '../support/setup.ts';
import type { Setup } from '../support/setup.ts';

interface Listed {
  readonly id: string;
  readonly createdAt: string;
  readonly status: string;
  readonly customer: { readonly number: string };
  readonly artifact: { readonly transcript: string };
}

async function get<Body>({ simulator }: Setup, path: string): Promise<Body> {
  const { apiBaseUrl, apiKey } = simulator.vapi;
  const headers = { authorization: `Bearer ${apiKey}` };
  return (await fetch(apiBaseUrl + path, { headers })).json() as Promise<Body>;
}

function makeUp({ simulator }: Setup, body: object): Promise<Response> {
  return fetch(`${simulator.url}/simulator/history`, { method: 'POST', body: JSON.stringify(body) });
}

vi.setConfig({ maxConcurrency: 20 });

describe.concurrent('past calls', () => {
  it('can be paged through by the oldest one so far, each once, with transcripts', async (context) => {
    const setup = await createSetup(context);
    expect((await makeUp(setup, { count: 250, days: 10 })).status).toBe(201);
    const seen: Listed[] = [];
    let page = await get<Listed[]>(setup, '/call');
    while (page.length > 0) {
      seen.push(...page);
      page = await get<Listed[]>(setup, `/call?createdAtLt=${seen.at(-1)?.createdAt}`);
    }
    expect(new Set(seen.map(({ id }) => id)).size).toBe(250);
    expect(new Set(seen.map(({ customer }) => customer.number)).size).toBe(250);
    const instants = seen.map(({ createdAt }) => createdAt);
    expect(instants).toEqual(instants.toSorted().toReversed());
    expect(Date.now() - Date.parse(instants.at(-1) ?? '')).toBeLessThanOrEqual(10 * 86_400_000 + 5_000);
    expect(seen.every(({ status }) => status === 'ended')).toBe(true);
    expect(seen.filter(({ artifact }) => artifact.transcript.startsWith('AI: ')).length).toBeGreaterThan(150);
    const [first] = seen;
    expect(await get(setup, `/call/${first?.id}`)).toMatchObject({ id: first?.id, cost: expect.any(Number) });
    expect(setup.simulator.calls()).toEqual([]);
  });

  it('are listed in pages with a cursor, with the shape of the schema', async (context) => {
    const setup = await createSetup(context, { listShape: 'paginated' });
    setup.simulator.vapi.addPastCalls({ count: 5 });
    const first = await get<{ results: Listed[]; metadata: object }>(setup, '/call?limit=3');
    expect(first).toMatchObject({
      metadata: { itemsPerPage: 3, totalItems: 5, hasNextPage: true, nextCursor: '3', sortOrder: 'DESC' },
    });
    const second = await get<{ results: Listed[]; metadata: object }>(setup, '/call?limit=3&cursor=3');
    expect(second.metadata).toMatchObject({ hasNextPage: false, currentPage: 2 });
    const ids = [...first.results, ...second.results].map(({ id }) => id);
    expect(new Set(ids).size).toBe(5);
  });

  it.for([
    [{}, 'count: expected'],
    [{ count: -1 }, 'count: expected'],
    [{ count: 200_000 }, 'past calls in total'],
    [{ count: 1, days: 0 }, 'days: expected'],
    [{ count: 1, hours: 3 }, 'hours: unknown field'],
  ] as const)('are rejected for %j', async ([body, error], context) => {
    const setup = await createSetup(context);
    const response = await makeUp(setup, body);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error: expect.stringContaining(error) });
  });
});
