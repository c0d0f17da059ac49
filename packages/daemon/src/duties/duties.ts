/** Work that one node does for all nodes of a cluster. */
import type { NowOrLater } from '../now-or-later.ts';

/** Each duty, and why one node does it for all. What is not listed here, every node does for its own calls and its own files. */
export const DUTIES = {
  retention: 'removes data of any call, and stores how far it got once',
  expiry: 'deletes old entries of the audit log, settled commands and the memory of erased calls',
  filling: 'fills the indexes of all stored calls in steps',
  owners: 'deletes the rows of calls whose owners have left',
  takeover: 'claims the calls of nodes that have left, which are those of no other node',
} as const satisfies Record<string, string>;

export type Duty = keyof typeof DUTIES;
export const DUTY_NAMES = Object.keys(DUTIES) as readonly Duty[];

/** What `run` returns if another node has the duty. */
export const ELSEWHERE = Symbol('another node has the duty');

export interface Duties {
  /** Runs work, except if another node has the duty. The duty stays here afterwards. Rejects with what the work throws, or a fault of kind store. */
  run<Result>(duty: Duty, work: () => NowOrLater<Result>): NowOrLater<Result | typeof ELSEWHERE>;
  /** Lets other nodes have a duty, because nothing is left to do here. */
  giveUp(duty: Duty): NowOrLater<void>;
}

/** Without a cluster, this daemon has every duty. */
export const EVERY_DUTY: Duties = { run: (_duty, work) => work(), giveUp: () => undefined };
