/** Keyset paging of history lists. */

/** A position in a sorted list: the sort key, null if the row has none, and the id as a tie-breaker. */
export interface KeysetPosition {
  readonly key: number | null;
  readonly id: string;
}

/** Selects `limit` rows after `after` or, backward, before `before`. */
export interface PageRequest {
  readonly limit: number;
  readonly backward: boolean;
  readonly after?: KeysetPosition;
  readonly before?: KeysetPosition;
}

/** Rows in list order, and whether there are more in the direction of reading. */
export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly more: boolean;
}
