/** The selection of calls, and the actions on them. */
import { useEffect, useMemo, useState } from 'react';
import { useListening } from '../listening/listening-context.tsx';
import type { BulkKind } from '../selection/bulk-kinds.ts';
import { keepLive, NO_SELECTION, selectRange, toggle, toggleAll } from '../selection/selection.ts';
import { useHasScope } from '../session/session-context.ts';
import { partiesOf } from '../ui/parties.ts';
import type { BoardActions } from './board-actions.ts';
import type { BoardStore } from './board-store.ts';

/** The dialog of an action that is open, with the names of its calls. */
export interface OpenAction {
  readonly kind: BulkKind;
  readonly calls: ReadonlyMap<string, string>;
}

export function useBoardActions(store: BoardStore, rows: readonly string[]) {
  const listening = useListening();
  const [canListen, canControl] = [useHasScope('LISTEN'), useHasScope('CONTROL')];
  const [selection, setSelection] = useState(NO_SELECTION);
  const [openAction, setOpenAction] = useState<OpenAction>();
  const [rowsRef] = useState(() => ({ current: rows }));
  useEffect(() => {
    rowsRef.current = rows;
    setSelection((known) => keepLive(known, (id) => store.state().calls.get(id)?.isLive === true));
  }, [rows, rowsRef, store]);

  const actions = useMemo((): BoardActions => {
    const nameOf = (id: string): string => {
      const call = store.state().calls.get(id);
      return call ? partiesOf(call).customer : id;
    };
    return {
      canListen,
      canControl,
      listen: (callId) => void listening.start({ callId, name: nameOf(callId) }),
      open: (kind, callIds) => setOpenAction({ kind, calls: new Map(callIds.map((id) => [id, nameOf(id)])) }),
      select: (id, isRange) =>
        setSelection((known) => (isRange ? selectRange(known, id, rowsRef.current) : toggle(known, id))),
    };
  }, [store, listening, canListen, canControl, rowsRef]);

  return {
    actions,
    selected: selection.ids,
    openAction,
    closeAction: () => setOpenAction(undefined),
    clear: () => setSelection(NO_SELECTION),
    toggleAll: () => setSelection((known) => toggleAll(known, rowsRef.current)),
  };
}
