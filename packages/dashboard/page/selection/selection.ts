/** The calls that are selected on the board. Pure. */

export interface Selection {
  readonly ids: ReadonlySet<string>;
  /** The call that was selected last, where a range starts. */
  readonly anchor: string | undefined;
}

export const NO_SELECTION: Selection = { ids: new Set(), anchor: undefined };

/** Selects a call, or removes it from the selection. */
export function toggle({ ids }: Selection, id: string): Selection {
  const next = new Set(ids);
  if (!next.delete(id)) next.add(id);
  return { ids: next, anchor: id };
}

/** Selects all rows from the anchor to a call. Without an anchor, only the call. */
export function selectRange({ ids, anchor }: Selection, id: string, rows: readonly string[]): Selection {
  const [from, to] = [rows.indexOf(anchor ?? id), rows.indexOf(id)].toSorted((a, b) => a - b) as [
    number,
    number,
  ];
  const range = from < 0 ? [id] : rows.slice(from, to + 1);
  return { ids: new Set([...ids, ...range]), anchor: anchor !== undefined && from >= 0 ? anchor : id };
}

/** Selects all rows, or none if all are selected. */
export function toggleAll({ ids }: Selection, rows: readonly string[]): Selection {
  const isAll = rows.length > 0 && rows.every((id) => ids.has(id));
  return isAll ? NO_SELECTION : { ids: new Set(rows), anchor: rows[0] };
}

/** Removes calls that are not live any more. Returns the same object if there are none. */
export function keepLive(selection: Selection, isLive: (id: string) => boolean): Selection {
  const ids = [...selection.ids].filter(isLive);
  if (ids.length === selection.ids.size) return selection;
  return {
    ids: new Set(ids),
    anchor: selection.anchor !== undefined && isLive(selection.anchor) ? selection.anchor : undefined,
  };
}
