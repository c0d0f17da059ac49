/** What taking over calls needs of the store and of the view of the other nodes. */
import type { CallId, Command } from '@sidetone/core';

/** A start of a node. */
export interface NodeStart {
  readonly node: string;
  readonly epoch: number;
}

/** A node that may write, as the database knows it. */
export interface StoredMember extends NodeStart {
  /** The instant of its last heartbeat, by the clock of the database. */
  readonly seenAt: number;
}

/** `expired`: it may be paused, and must be excluded. `released`: it stopped in order. `replaced`: it has started again. */
export type NodeEvent =
  | { readonly type: 'joined' | 'changed'; readonly peer: NodeStart }
  | {
      readonly type: 'left';
      readonly peer: NodeStart;
      readonly reason: 'expired' | 'released' | 'replaced';
    };

/** The other nodes. */
export interface NodeView {
  readonly peers: readonly NodeStart[];
  /** Whether the view is current. */
  readonly isCurrent: boolean;
  /** Returns a function that unsubscribes. */
  onPeer(listener: (event: NodeEvent) => void): () => void;
}

/** What nodes that have left leave in the store. All methods reject with a fault of kind store. */
export interface LeftCalls {
  /** Excludes a node: after that, nothing that it sends is stored. Returns whether it was a member until now. */
  exclude(epoch: number): Promise<boolean>;
  /** Returns the other members whose last heartbeat is older. */
  silentMembers(ms: number): Promise<readonly StoredMember[]>;
  /** Returns calls that no member owns and that are live, or have something open, by their ids. */
  calls(after: CallId | undefined, limit: number): Promise<readonly CallId[]>;
  /** Returns calls that no node owns and have something open, which belongs to no running node. Call it while no other runs. */
  expectUnowned(): Promise<readonly CallId[]>;
  /** Returns commands without a call and without an answer that were requested so long ago. */
  openCommands(ms: number): Promise<readonly Command[]>;
}
