/** Keyset paging of history lists. */

/** A place in a sorted list: the sort key, null where a row has none, and the id that breaks ties. */
export interface KeysetPosition {
  readonly key: number | null;
  readonly id: string;
}

/** Which part of a list is asked for: `limit` rows behind `after` or, backward, before `before`. */
export interface PageRequest {
  readonly limit: number;
  readonly backward: boolean;
  readonly after?: KeysetPosition;
  readonly before?: KeysetPosition;
}

/** Rows in list order, and whether there are more beyond the end that was read towards. */
export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly more: boolean;
}
