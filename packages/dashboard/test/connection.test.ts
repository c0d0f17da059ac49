import { expect, test } from 'vitest';
import { nextState, type ConnectionEvent, type ConnectionState } from '../page/api/connection.ts';

/** The state after a sequence of events, one per second. */
function after(...events: ConnectionEvent[]): ConnectionState {
  const initial: ConnectionState = { status: 'connecting', since: 0 };
  return events.reduce((state, event, i) => nextState(state, event, (i + 1) * 1000), initial);
}

test.each<[ConnectionEvent[], string, number]>([
  [[], 'connecting', 0],
  [['connected'], 'live', 1000],
  [['connected', 'closed'], 'reconnecting', 2000],
  [['connected', 'closed', 'closed', 'closed'], 'reconnecting', 2000],
  [['connected', 'closed', 'network-lost'], 'offline', 2000],
  [['connected', 'closed', 'network-lost', 'network-back'], 'reconnecting', 2000],
  [['connected', 'closed', 'connected'], 'live', 3000],
  [['closed', 'connected'], 'live', 2000],
  [['refused'], 'refused', 1000],
  [['refused', 'closed', 'network-lost'], 'refused', 1000],
  [['connected', 'network-lost'], 'live', 1000],
])('after %j, the status is %s since %d', (events, status, since) => {
  expect(after(...events)).toEqual({ status, since });
});
