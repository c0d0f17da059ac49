/** Whether what the page shows is live: the state of the socket, as something that components subscribe to. */

export const CONNECTION_STATUSES = ['connecting', 'live', 'reconnecting', 'offline', 'refused'] as const;
export type ConnectionStatus = (typeof CONNECTION_STATUSES)[number];

export interface ConnectionState {
  readonly status: ConnectionStatus;
  /** When it became so, epoch ms. */
  readonly since: number;
}

export interface Link {
  readonly state: () => ConnectionState;
  readonly subscribe: (listener: () => void) => () => void;
}

/** What can happen to a socket, or to the network below it. */
export type ConnectionEvent = 'connected' | 'closed' | 'refused' | 'network-lost' | 'network-back';

/** Pure. A link that was live and is not has been cut *since then*, however often it was tried again. */
export function step(state: ConnectionState, event: ConnectionEvent, now: number): ConnectionState {
  const next = STEPS[event](state.status);
  return next === state.status
    ? state
    : { status: next, since: isCut(state) && next !== 'live' ? state.since : now };
}

const isCut = ({ status }: ConnectionState): boolean => status === 'reconnecting' || status === 'offline';

const STEPS = {
  connected: () => 'live',
  closed: (status) => (status === 'live' ? 'reconnecting' : status),
  refused: () => 'refused',
  'network-lost': (status) => (status === 'live' || status === 'refused' ? status : 'offline'),
  'network-back': (status) => (status === 'offline' ? 'reconnecting' : status),
} as const satisfies Record<ConnectionEvent, (status: ConnectionStatus) => ConnectionStatus>;
