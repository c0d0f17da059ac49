import type { HttpReply } from '../../http/http-request.ts';
import type { VapiBehaviour } from '../behaviour.ts';
import type { ListedCall } from '../past-calls.ts';

/** The maximum and the default number of calls in a list. */
const MAX_LIMIT = 1_000;
const DEFAULT_LIMIT = 100;

type Bound = (value: number, limit: number) => boolean;

const BOUNDS: Readonly<Record<string, Bound>> = {
  Gt: (value, limit) => value > limit,
  Lt: (value, limit) => value < limit,
  Ge: (value, limit) => value >= limit,
  Le: (value, limit) => value <= limit,
};

/** Handles `GET /call`: newest first, filtered by the query. */
export function listCalls(
  query: URLSearchParams,
  calls: readonly ListedCall[],
  { listShape }: VapiBehaviour,
): HttpReply {
  const limit = Number(query.get('limit') ?? DEFAULT_LIMIT);
  if (!Number.isInteger(limit) || limit < 0 || limit > MAX_LIMIT) {
    return badRequest(`limit must be a whole number from 0 to ${MAX_LIMIT}`);
  }
  let found = [...calls];
  for (const field of ['createdAt', 'updatedAt'] as const) {
    for (const [suffix, holds] of Object.entries(BOUNDS)) {
      const text = query.get(`${field}${suffix}`);
      if (text === null) continue;
      const instant = Date.parse(text);
      if (Number.isNaN(instant)) return badRequest(`${field}${suffix} must be a valid ISO 8601 date string`);
      found = found.filter((call) => holds(call[field], instant));
    }
  }
  const id = query.get('id');
  if (id !== null) found = found.filter((call) => call.id === id);
  for (const field of ['assistantId', 'phoneNumberId']) {
    const wanted = query.get(field);
    if (wanted !== null) found = found.filter((call) => call.describe()[field] === wanted);
  }
  found = found.toSorted((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1));
  if (listShape === 'array')
    return { status: 200, body: found.slice(0, limit).map((call) => call.describe()) };
  const cursor = Number(query.get('cursor') ?? 0);
  if (!Number.isInteger(cursor) || cursor < 0) return badRequest('cursor must be one that a page gave');
  return { status: 200, body: page(found, limit, cursor) };
}

/** Returns a page in the format of the schema, which no documented path uses. The cursor is an offset. */
function page(found: readonly ListedCall[], limit: number, from: number): object {
  const results = found.slice(from, from + limit).map((call) => call.describe());
  const next = from + results.length;
  return {
    results,
    metadata: {
      itemsPerPage: limit,
      totalItems: found.length,
      currentPage: limit === 0 ? 1 : Math.floor(from / limit) + 1,
      totalPages: limit === 0 ? 0 : Math.ceil(found.length / limit),
      hasNextPage: next < found.length,
      ...(next < found.length ? { nextCursor: String(next) } : {}),
      sortOrder: 'DESC',
      itemsBeyondRetention: false,
    },
  };
}

function badRequest(message: string): HttpReply {
  return { status: 400, body: { message: [message], error: 'Bad Request', statusCode: 400 } };
}
