/** Provides the moments at which the daemon is reachable again. */
import { createContext } from 'react';

/** Calls the listener each time. Returns a function that stops this. */
export type OnReconnect = (listener: () => void) => () => void;

export const ReconnectContext = createContext<OnReconnect>(() => () => undefined);
