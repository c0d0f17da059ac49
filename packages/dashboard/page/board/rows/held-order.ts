/**
 * The order of the rows while the user aims at one: rows keep their places, calls that end keep their row, and new calls are
 * only counted. Pure.
 */
import type { BoardCall } from '../board-state.ts';

export interface HeldRows {
  readonly rows: readonly BoardCall[];
  /** The number of calls that are not shown because the order is held. */
  readonly newCount: number;
}

/**
 * @param shown the rows on the page
 * @param wanted the rows in their current order
 * @param calls all calls of the board
 */
export function holdOrder(
  shown: readonly BoardCall[],
  wanted: readonly BoardCall[],
  calls: ReadonlyMap<string, BoardCall>,
): HeldRows {
  const ids = new Set(shown.map(({ id }) => id));
  return {
    // A call that has left the board stays as it was last, that is as ended.
    rows: shown.map((call) => calls.get(call.id) ?? call),
    newCount: wanted.filter(({ id }) => !ids.has(id)).length,
  };
}

export interface HeldOrder {
  /** Returns the rows to show. Called with each change of the calls. */
  next(wanted: readonly BoardCall[], calls: ReadonlyMap<string, BoardCall>, isHeld: boolean): HeldRows;
  /** Shows the current order once, also while it is held. */
  release(): void;
}

export function createHeldOrder(): HeldOrder {
  let shown: readonly BoardCall[] | undefined;
  return {
    next(wanted, calls, isHeld) {
      const held = isHeld && shown ? holdOrder(shown, wanted, calls) : { rows: wanted, newCount: 0 };
      shown = held.rows;
      return held;
    },
    release() {
      shown = undefined;
    },
  };
}
