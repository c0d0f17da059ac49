/**
 * Reads the calls of a list in its order, in chunks: the first ones are small, because most pages are complete after them.
 * Each statement names its index, so the work of a chunk does not depend on its estimates.
 */
import type { CallId } from '@sidetone/core';
import { and, sql, type SQL } from 'drizzle-orm';
import type { CallOrderField } from '../../../history/call-order.ts';
import { INTERRUPTION_POINT, type Db } from '../../db.ts';
import { calls } from '../../schema.ts';
import { lookup, type CallSource } from './call-sources.ts';
import type { KeyRange } from './key-ranges.ts';

/** An id with this character is the first text after the id, because ids have no smaller ones. */
const AFTER = '\u0001';

const COLUMNS = {
  CREATED_AT: { key: calls.createdAt, index: sql`calls_by_age` },
  ENDED_AT: { key: calls.endedAt, index: sql`calls_by_end` },
  DURATION: { key: calls.durationMs, index: sql`calls_by_duration` },
} as const satisfies Record<CallOrderField, object>;

/** The calls to read. */
export interface Reading {
  readonly field: CallOrderField;
  /** In the order of reading, as the rows of each. */
  readonly ranges: readonly KeyRange[];
  readonly descending: boolean;
  readonly where: SQL | undefined;
  /** Most calls that are returned. Default: all. */
  readonly limit?: number | undefined;
}

/** Calls of the first and of the largest chunk. */
export interface ChunkSizes {
  readonly first: number;
  readonly largest: number;
}

export interface Chunk {
  readonly ids: readonly CallId[];
  /** Calls that were read, whether or not they met the condition. */
  readonly read: number;
}

/** Reads the calls in order and compares each with the condition. */
export function* walkCalls(db: Db, reading: Reading, sizes: ChunkSizes): Generator<Chunk, void> {
  let { first: size } = sizes;
  const isUnconditional = reading.where === undefined && reading.limit !== undefined;
  const { index } = COLUMNS[reading.field];
  const source = sql`${calls} indexed by ${index}`;
  for (const range of reading.ranges) {
    for (let left: KeyRange | undefined = range; left;) {
      const boundary = isUnconditional ? undefined : boundaryOf(db, reading, source, left, size);
      const [chunk, rest]: Split = split(left, boundary, reading.descending);
      yield { ids: callIds(db, reading, source, chunk), read: size };
      left = rest;
      size = Math.min(size * 2, sizes.largest);
    }
  }
}

type Split = readonly [chunk: KeyRange, rest?: KeyRange];

/**
 * Splits a range at the last call of the chunk or, if it is read in descending order, at the first call of the rest: the limits
 * of a range are exclusive, and there is a first text after each id, but no last one before it.
 */
function split(range: KeyRange, boundary: Position | undefined, descending: boolean): Split {
  if (!boundary) return [range];
  const { key, id } = boundary;
  const afterId = `${id}${AFTER}`;
  if (range.part === 'NULL')
    return descending
      ? [
          { ...range, low: id },
          { ...range, high: afterId },
        ]
      : [
          { ...range, high: afterId },
          { ...range, low: id },
        ];
  const [at, after] = [
    { key: key!, id },
    { key: key!, id: afterId },
  ];
  return descending
    ? [
        { ...range, low: at },
        { ...range, high: after },
      ]
    : [
        { ...range, high: after },
        { ...range, low: at },
      ];
}

/** Reads the calls that meet the condition by the index of one part of it, and sorts them. */
export function sortCalls(db: Db, reading: Reading, source: CallSource): readonly CallId[] {
  const { from, isFound } = lookup(source);
  const where = and(isFound, reading.where);
  const ids: CallId[] = [];
  for (const range of reading.ranges) {
    const limit = reading.limit === undefined ? undefined : reading.limit - ids.length;
    if (limit === 0) break;
    ids.push(...callIds(db, { ...reading, where, limit }, from, range));
  }
  return ids;
}

interface Position {
  readonly key: number | null;
  readonly id: CallId;
}

/** Returns the call at which the first `size` calls of a range end, see `split`. */
function boundaryOf(
  db: Db,
  { field, descending }: Reading,
  source: SQL,
  range: KeyRange,
  size: number,
): Position | undefined {
  return db.get<Position | undefined>(sql`
    select ${COLUMNS[field].key} as key, ${calls.id} as id from ${source}
    where ${isWithin(field, range)} and ${INTERRUPTION_POINT}
    order by ${orderOf(field, descending)} limit 1 offset ${descending ? size : size - 1}`);
}

function callIds(
  db: Db,
  { field, descending, where, limit }: Reading,
  source: SQL,
  range: KeyRange,
): readonly CallId[] {
  const condition = and(isWithin(field, range), where, INTERRUPTION_POINT);
  return db
    .all<Pick<Position, 'id'>>(
      sql`select ${calls.id} as id from ${source} where ${condition} order by ${orderOf(field, descending)} limit ${limit ?? -1}`,
    )
    .map(({ id }) => id);
}

function orderOf(field: CallOrderField, descending: boolean): SQL {
  const direction = descending ? sql`desc` : sql`asc`;
  return sql`${COLUMNS[field].key} ${direction}, ${calls.id} ${direction}`;
}

function isWithin(field: CallOrderField, range: KeyRange): SQL | undefined {
  const { key } = COLUMNS[field];
  if (range.part === 'NULL') {
    return and(
      sql`${key} is null`,
      range.low === undefined ? undefined : sql`${calls.id} > ${range.low}`,
      range.high === undefined ? undefined : sql`${calls.id} < ${range.high}`,
    );
  }
  const { low, high } = range;
  return and(
    low ? sql`(${key}, ${calls.id}) > (${low.key}, ${low.id})` : sql`${key} is not null`,
    high && sql`(${key}, ${calls.id}) < (${high.key}, ${high.id})`,
  );
}
