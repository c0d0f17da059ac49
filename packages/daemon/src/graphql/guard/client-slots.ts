/** How much each client holds at once, up to a bound. */

/** What a client gives back; giving back twice is giving back once. */
export type Release = () => void;

export class ClientSlots {
  readonly #bound: number;
  readonly #held = new Map<string, number>();

  constructor(bound: number) {
    this.#bound = bound;
  }

  /** One more for this client; nothing when it has as many as it may. */
  take(client: string): Release | undefined {
    const held = this.#held.get(client) ?? 0;
    if (held >= this.#bound) return undefined;
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

  /** How many clients hold something. */
  get clients(): number {
    return this.#held.size;
  }
}
