/** What the daemon provides to one instance of a plugin in a thread, besides its host. */
import type { FaultError } from '@sidetone/core';
import type { RequestFailures } from '../provider/request-failures.ts';
import type { RecentRequests } from '../requests/recent-requests.ts';
import type { ExceptionListener } from '../supervision/lease.ts';

export interface InstanceServices {
  readonly onException: ExceptionListener;
  readonly onRequestFailed: ExceptionListener;
  /** The instance can no longer work. */
  readonly onLost: (fault: FaultError) => void;
  /** The plugin did not return to its event loop for so long; `isOver` if it has by now. */
  readonly onBlocked: (blockedMs: number, isOver: boolean) => void;
  readonly requests: Pick<RequestFailures, 'attribute'>;
  readonly recentRequests: Pick<RecentRequests, 'begin'>;
  /** Holds the thread until the end of the instance. */
  readonly hold: (release: () => void) => unknown;
}
