/** The parts by which this node follows the others. */
import type { ClusterCalls } from './cluster-calls.ts';
import type { LogFollower } from './log-follower.ts';

export interface Following {
  readonly follower: LogFollower;
  readonly calls: ClusterCalls;
}
