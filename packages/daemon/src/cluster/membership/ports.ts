/** Where leases are stored. */

export interface StoredLease {
  readonly text: string;
  readonly revision: number;
}

export interface LeaseListener {
  /** Receives each value, those that are stored at first. */
  stored(node: string, lease: StoredLease): void;
  /** A node has deleted its value. Not called for values that expire. */
  deleted(node: string): void;
  /** The watch has ended by itself. */
  ended(): void;
}

/** Methods reject if the servers do not answer. */
export interface LeaseStore {
  /** Creates what is missing on the servers: they may have lost their state. */
  open(): Promise<void>;
  /** Stores a value if the node has none. Returns its revision; undefined if the node has a value. */
  create(node: string, text: string): Promise<number | undefined>;
  /** Replaces a value. Returns the new revision; undefined if the value has another revision, or is not there. */
  update(node: string, text: string, revision: number): Promise<number | undefined>;
  get(node: string): Promise<StoredLease | undefined>;
  /** Deletes a value of this revision. */
  delete(node: string, revision: number): Promise<void>;
  /** Returns a function that ends the watch. */
  watch(listener: LeaseListener): Promise<() => void>;
}
