/** The state of the WebSocket: whether the data on the page is live. */

export type ConnectionStatus = 'connecting' | 'live' | 'reconnecting' | 'offline' | 'refused';

export interface ConnectionState {
  readonly status: ConnectionStatus;
  /** When the connection was lost or the status was entered, epoch ms. */
  readonly since: number;
}

export interface Connection {
  readonly state: () => ConnectionState;
  readonly subscribe: (listener: () => void) => () => void;
}

/** Events of the socket and of the network. */
export type ConnectionEvent = 'connected' | 'closed' | 'refused' | 'network-lost' | 'network-back';

/** Pure. After a disconnect, `since` stays at the moment of the disconnect until the connection is live again. */
export function nextState(state: ConnectionState, event: ConnectionEvent, now: number): ConnectionState {
  const next = NEXT_STATUS[event](state.status);
  return next === state.status
    ? state
    : { status: next, since: isDisconnected(state) && next !== 'live' ? state.since : now };
}

const isDisconnected = ({ status }: ConnectionState): boolean =>
  status === 'reconnecting' || status === 'offline';

const NEXT_STATUS = {
  connected: () => 'live',
  closed: (status) => (status === 'live' ? 'reconnecting' : status),
  refused: () => 'refused',
  'network-lost': (status) => (status === 'live' || status === 'refused' ? status : 'offline'),
  'network-back': (status) => (status === 'offline' ? 'reconnecting' : status),
} as const satisfies Record<ConnectionEvent, (status: ConnectionStatus) => ConnectionStatus>;

/** Calls the listener each time the connection becomes live. Returns a function that stops this. */
export function onLive({ state, subscribe }: Connection, listener: () => void): () => void {
  let previous = state().status;
  return subscribe(() => {
    const { status } = state();
    const isLive = status === 'live' && previous !== 'live';
    previous = status;
    if (isLive) listener();
  });
}
