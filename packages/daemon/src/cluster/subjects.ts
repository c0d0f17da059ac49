/** The subjects of a cluster in NATS. Those of two clusters differ in their first part. */

/** A start of a node: requests for an earlier start reach no later one. */
export interface NodeAddress {
  readonly node: string;
  readonly epoch: number;
}

export interface Subjects {
  /** The beginning of the subjects on which the client of NATS receives responses. */
  readonly inbox: string;
  /** Requests to a node. */
  requests(address: NodeAddress): string;
  /** The beginning of the subjects of replies to a process. */
  replies(instance: string): string;
  /** Announcements of committed positions. */
  readonly positions: string;
  /** Announcements of erased calls. */
  readonly erasures: string;
  /** Demand for live data of a kind and call; of all of them without arguments. */
  demand(kind?: string, call?: string): string;
  /** Live data of a kind, a call and a process; of all calls or processes without arguments. */
  live(kind: string, call?: string, instance?: string): string;
}

/** @param name the name of the cluster */
export const subjectsOf = (name: string): Subjects => ({
  inbox: `${name}.inbox`,
  requests: ({ node, epoch }) => `${name}.request.${node}.${epoch}`,
  replies: (instance) => `${name}.reply.${instance}`,
  positions: `${name}.position`,
  erasures: `${name}.erased`,
  demand: (kind = '*', call = '*') => `${name}.demand.${kind}.${call}`,
  live: (kind, call = '*', instance = '*') => `${name}.live.${kind}.${call}.${instance}`,
});
