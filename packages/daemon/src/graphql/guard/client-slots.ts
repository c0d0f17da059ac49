/** Counts what each client holds at once, up to a limit. */

/** Releases a slot. Calling it again has no effect. */
export type Release = () => void;

export class ClientSlots {
  readonly #limit: number;
  readonly #held = new Map<string, number>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Acquires a slot for a client. Returns undefined if the client has reached the limit. */
  take(client: string): Release | undefined {
    const held = this.#held.get(client) ?? 0;
    if (held >= this.#limit) return undefined;
    this.#held.set(client, held + 1);
    let isHeld = true;
    return () => {
      if (isHeld) this.#release(client);
      isHeld = false;
    };
  }

  #release(client: string): void {
    const held = this.#held.get(client) ?? 0;
    if (held > 1) this.#held.set(client, held - 1);
    else this.#held.delete(client);
  }

  /** The number of clients that hold a slot. */
  get clients(): number {
    return this.#held.size;
  }
}
