/** What following the log of a cluster needs of the other nodes. */

/** Announcements of committed positions, which can be lost. */
export interface PositionAnnouncements {
  announce(position: number): void;
  /** Calls the listener with higher positions. Returns a function that unsubscribes. */
  onHigher(listener: (position: number) => void): () => void;
}
