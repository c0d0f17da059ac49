/** Provides the live calls and their attention to all pages. */
import { createContext, useContext, useMemo, type ReactNode } from 'react';
import { createSettingsStore, type SettingsStore } from '../attention/settings.ts';
import { useAlerts } from '../attention/use-alerts.ts';
import { useHasScope, useSession } from '../session/session-context.ts';
import { createBoardStore, type BoardStore } from './board-store.ts';

interface Floor {
  readonly store: BoardStore;
  readonly settings: SettingsStore;
}

const FloorContext = createContext<Floor | undefined>(undefined);

/** @throws {Error} outside of `FloorProvider`. */
export function useFloor(): Floor {
  const floor = useContext(FloorContext);
  if (!floor) throw new Error('useFloor: expected a FloorProvider');
  return floor;
}

export function FloorProvider({ children }: { readonly children: ReactNode }) {
  const { socket } = useSession().api;
  const canListen = useHasScope('LISTEN');
  const canRead = useHasScope('READ');
  const settings = useMemo(() => createSettingsStore(), []);
  const store = useMemo(
    () => createBoardStore({ socket, settings, canListen }),
    [socket, settings, canListen],
  );
  useAlerts(store, settings, canRead);
  const floor = useMemo(() => ({ store, settings }), [store, settings]);
  return <FloorContext value={floor}>{children}</FloorContext>;
}
