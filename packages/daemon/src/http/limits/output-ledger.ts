/**
 * Accounts for bytes that were produced and that clients have not read yet: per connection, per client and in total,
 * whatever the transport. Above a limit a connection is closed; which one never depends on who happened to write last,
 * but on who holds the most. Pure: it reads no clock and knows no sockets.
 */

export interface OutputLimits {
  readonly unsentBytesPerConnection: number;
  readonly unsentBytesPerClient: number;
  readonly unsentBytesTotal: number;
}

/** Why a connection was closed: the limit that it exceeded, or no progress within the write timeout. */
export type CutReason = 'connection' | 'client' | 'total' | 'stalled';

/** A connection, as the ledger sees it. */
export interface Output {
  /** Returns the bytes in memory that the operating system has not accepted. */
  unsent(): number;
  /** Returns the bytes that the operating system has accepted so far. Any change is progress. */
  accepted(): number;
  /** Closes the connection and discards its unsent bytes. */
  cut(reason: CutReason, unsent: number, client: string): void;
}

export interface Account {
  /** Updates the account after a write or when a buffer was emptied. May close this or another connection. */
  update(): void;
  /** Counts the connection for another client from now on. */
  assign(client: string): void;
  close(): void;
}

/** How long a connection with unsent bytes may accept none of them, ms. */
export const WRITE_TIMEOUT_MS = 30_000;

interface Entry {
  readonly output: Output;
  client: string;
  unsent: number;
  accepted: number;
  /** The time of the last progress, or undefined until the next sweep. */
  progressAt: number | undefined;
  isOpen: boolean;
}

export class OutputLedger {
  readonly #limits: OutputLimits;
  /** The connections with unsent bytes. */
  readonly #waiting = new Set<Entry>();
  readonly #clients = new Map<string, number>();
  readonly #cuts: Record<CutReason, number> = { connection: 0, client: 0, total: 0, stalled: 0 };
  #total = 0;
  #peak = 0;

  constructor(limits: OutputLimits) {
    this.#limits = limits;
  }

  /** The unsent bytes of all connections at their last updates. */
  get unsent(): number {
    return this.#total;
  }

  /** The maximum of `unsent` since the start. */
  get peak(): number {
    return this.#peak;
  }

  /** The number of connections that were closed, by reason. */
  get cuts(): Readonly<Record<CutReason, number>> {
    return this.#cuts;
  }

  unsentOf(client: string): number {
    return this.#clients.get(client) ?? 0;
  }

  open(output: Output, client: string): Account {
    const entry: Entry = { output, client, unsent: 0, accepted: 0, progressAt: undefined, isOpen: true };
    return {
      update: () => this.#update(entry),
      assign: (other) => {
        if (other === entry.client) return;
        const { unsent } = entry;
        this.#set(entry, 0);
        entry.client = other;
        this.#set(entry, unsent);
      },
      close: () => this.#close(entry),
    };
  }

  /** Reads the state of all connections, and closes those without progress. `now` is a monotonic time, ms. */
  sweep(now: number): void {
    for (const entry of this.#waiting) {
      this.#refresh(entry);
      if (entry.unsent === 0) continue;
      const accepted = entry.output.accepted();
      if (entry.progressAt === undefined || accepted !== entry.accepted) {
        entry.accepted = accepted;
        entry.progressAt = now;
      } else if (now - entry.progressAt >= WRITE_TIMEOUT_MS) this.#cut(entry, 'stalled');
    }
  }

  #update(entry: Entry): void {
    if (!entry.isOpen) return;
    this.#refresh(entry);
    if (entry.unsent === 0) return;
    const { unsentBytesPerConnection, unsentBytesPerClient, unsentBytesTotal } = this.#limits;
    if (entry.unsent > unsentBytesPerConnection) this.#cut(entry, 'connection');
    const { client } = entry;
    if (this.unsentOf(client) > unsentBytesPerClient) {
      this.#reduce('client', () => this.unsentOf(client) > unsentBytesPerClient, client);
    }
    if (this.#total > unsentBytesTotal) this.#reduce('total', () => this.#total > unsentBytesTotal);
    this.#peak = Math.max(this.#peak, this.#total);
  }

  /** Closes the connections with the most unsent bytes until the limit is met. */
  #reduce(reason: CutReason, isExceeded: () => boolean, client?: string): void {
    const entries = [...this.#waiting].filter((entry) => client === undefined || entry.client === client);
    // What was counted may have been sent since.
    for (const entry of entries) this.#refresh(entry);
    entries.sort((a, b) => b.unsent - a.unsent);
    for (const entry of entries) {
      if (!isExceeded()) return;
      this.#cut(entry, reason);
    }
  }

  #cut(entry: Entry, reason: CutReason): void {
    const { unsent, client, output } = entry;
    this.#cuts[reason]++;
    this.#close(entry);
    output.cut(reason, unsent, client);
  }

  #close(entry: Entry): void {
    this.#set(entry, 0);
    entry.isOpen = false;
  }

  #refresh(entry: Entry): void {
    if (entry.isOpen) this.#set(entry, entry.output.unsent());
  }

  #set(entry: Entry, unsent: number): void {
    const change = unsent - entry.unsent;
    entry.unsent = unsent;
    if (unsent > 0) this.#waiting.add(entry);
    else if (this.#waiting.delete(entry)) entry.progressAt = undefined;
    if (change === 0) return;
    this.#total += change;
    const ofClient = this.unsentOf(entry.client) + change;
    if (ofClient > 0) this.#clients.set(entry.client, ofClient);
    else this.#clients.delete(entry.client);
  }
}
