import { describe, expect, it, vi } from 'vitest';
import { createWorld } from '../support/setup.ts';
import type { World } from '../support/setup.ts';

interface Listed {
  readonly id: string;
  readonly createdAt: string;
  readonly status: string;
  readonly artifact: { readonly transcript: string };
}

async function get<Body>({ simulator }: World, path: string): Promise<Body> {
  const { apiBaseUrl, apiKey } = simulator.vapi;
  const headers = { authorization: `Bearer ${apiKey}` };
  return (await fetch(apiBaseUrl + path, { headers })).json() as Promise<Body>;
}

function makeUp({ simulator }: World, body: object): Promise<Response> {
  return fetch(`${simulator.url}/simulator/history`, { method: 'POST', body: JSON.stringify(body) });
}

vi.setConfig({ maxConcurrency: 20 });

describe.concurrent('calls of the past', () => {
  it('are paged through by the oldest that was seen, each once, and have transcripts', async (context) => {
    const world = await createWorld(context);
    expect((await makeUp(world, { count: 250, days: 10 })).status).toBe(201);
    const seen: Listed[] = [];
    let page = await get<Listed[]>(world, '/call');
    while (page.length > 0) {
      seen.push(...page);
      page = await get<Listed[]>(world, `/call?createdAtLt=${seen.at(-1)?.createdAt}`);
    }
    expect(new Set(seen.map(({ id }) => id)).size).toBe(250);
    const instants = seen.map(({ createdAt }) => createdAt);
    expect(instants).toEqual(instants.toSorted().toReversed());
    expect(Date.now() - Date.parse(instants.at(-1) ?? '')).toBeLessThanOrEqual(10 * 86_400_000 + 5_000);
    expect(seen.every(({ status }) => status === 'ended')).toBe(true);
    expect(seen.filter(({ artifact }) => artifact.transcript.startsWith('AI: ')).length).toBeGreaterThan(150);
    const [first] = seen;
    expect(await get(world, `/call/${first?.id}`)).toMatchObject({ id: first?.id, cost: expect.any(Number) });
    expect(world.simulator.calls()).toEqual([]);
  });

  it('come in pages with a cursor, when the shape is the one of the schema', async (context) => {
    const world = await createWorld(context, { listShape: 'paginated' });
    world.simulator.vapi.addPastCalls({ count: 5 });
    const first = await get<{ results: Listed[]; metadata: object }>(world, '/call?limit=3');
    expect(first).toMatchObject({
      metadata: { itemsPerPage: 3, totalItems: 5, hasNextPage: true, nextCursor: '3', sortOrder: 'DESC' },
    });
    const second = await get<{ results: Listed[]; metadata: object }>(world, '/call?limit=3&cursor=3');
    expect(second.metadata).toMatchObject({ hasNextPage: false, currentPage: 2 });
    const ids = [...first.results, ...second.results].map(({ id }) => id);
    expect(new Set(ids).size).toBe(5);
  });

  it.for([
    [{}, 'count is missing'],
    [{ count: -1 }, 'count must be'],
    [{ count: 200_000 }, 'there may be'],
    [{ count: 1, days: 0 }, 'days must be'],
    [{ count: 1, hours: 3 }, 'hours does not exist'],
  ] as const)('are not made up for %j', async ([body, error], context) => {
    const world = await createWorld(context);
    const response = await makeUp(world, body);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error: expect.stringContaining(error) });
  });
});
